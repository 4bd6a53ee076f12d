"""What `run` hands to the program: the address, and what signs it in; and whose Ctrl-C is."""

import base64
import os
import pty
import signal
import subprocess

import pytest
from fake_api import FakeApi, environment, pod, pod_list, write_kubeconfig

PROGRAM = os.environ["KUBECTL_RAY"]
PODS = "/api/v1/namespaces/default/pods"
SECRET = "/api/v1/namespaces/default/secrets/ray"
SHOW = ["sh", "-c", 'echo "${RAY_ADDRESS%:*} $RAY_AUTH_MODE $RAY_AUTH_TOKEN"; exit 7']


def head(token):
    one = pod("head")
    if token:
        one["spec"]["containers"][0]["env"] = [
            {"name": "RAY_AUTH_MODE", "value": "token"},
            {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": "ray", "key": "auth_token"}}}]
    return one


@pytest.mark.parametrize("token, own, told", [
    (False, {}, "ray://127.0.0.1  "),
    (True, {}, "ray://127.0.0.1 token s3cr3t"),
    (True, {"RAY_AUTH_TOKEN": "mine"}, "ray://127.0.0.1 token mine"),
    (True, {"RAY_AUTH_TOKEN_PATH": "/mine"}, "ray://127.0.0.1 token "),
    (False, {"RAY_ADDRESS": "elsewhere"}, "ray://127.0.0.1  "),
])
def test_the_program_is_signed_in(tmp_path, token, own, told):
    secret = {"kind": "Secret", "metadata": {"name": "ray"}, "data": {"auth_token": base64.b64encode(b"s3cr3t").decode()}}
    with FakeApi({PODS: lambda r: r.send(200, pod_list(head(token))), SECRET: lambda r: r.send(200, secret)}) as api:
        kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
        done = subprocess.run([PROGRAM, "run", "--cluster", "demo", "--", *SHOW], env={**environment(kubeconfig), **own},
                              capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stdout) == (7, told + "\n"), done.stderr
        assert "s3cr3t" not in done.stderr
        assert ([path for path in api.requests if "secrets" in str(path)] != []) == (token and not own)


# Goes on after SIGINT, as a REPL or a checkpoint's handler does, and then needs the tunnel still.
STUBBORN = r"""
import os, re, signal, socket, sys
caught = []
signal.signal(signal.SIGINT, lambda *_: caught.append(1) or os.write(1, b"caught\n"))
os.write(1, b"ready\n")
sys.stdin.readline()
with socket.create_connection(("127.0.0.1", int(os.environ["RAY_ADDRESS"].rpartition(":")[2])), 60) as connection:
    connection.sendall(b"who?")
    answer = connection.recv(100).decode()
print(len(caught), answer, flush=True)
sys.exit(5)
"""


def client_port(request):
    """The head's port 10001, which says who it is."""
    web_socket = request.accept_web_socket("v4.channel.k8s.io")
    for channel in (b"\x00", b"\x01"):
        web_socket.frame(channel + (10001).to_bytes(2, "little"))
    if web_socket.read() is not None:  # none of a connection made ahead
        web_socket.frame(b"\x00head")


def tunnel():
    def pods(request):
        if "watch=true" in request.query:
            request.start_stream()
            return request.handler.rfile.read(1)  # until the other side hangs up
        return request.send(200, pod_list(pod("head")))

    return FakeApi({PODS: pods, PODS + "/head": lambda r: r.send(200, pod("head")), PODS + "/head/portforward": client_port})


def run(api, tmp_path, *program, **popen):
    kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
    return subprocess.Popen([PROGRAM, "run", "--cluster", "demo", "--", *program], env=environment(kubeconfig), stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **popen)


def test_a_program_that_goes_on_after_sigint_keeps_its_tunnel(tmp_path):
    with tunnel() as api:
        process = run(api, tmp_path, "python3", "-c", STUBBORN)
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)  # to `run` alone: it hands it on
        assert process.stdout.readline() == "caught\n"
        out, err = process.communicate("go\n", timeout=60)
        assert (process.returncode, out) == (5, "1 head\n"), err


def test_ctrl_c_on_a_terminal_reaches_the_program_once(tmp_path):
    with tunnel() as api:
        kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
        child, terminal = pty.fork()
        if child == 0:
            os.execve(PROGRAM, [PROGRAM, "run", "--cluster", "demo", "--", "python3", "-c", STUBBORN], environment(kubeconfig))
        shown = b""

        def read_to(word):
            nonlocal shown
            while word not in shown:
                shown += os.read(terminal, 4096)

        read_to(b"ready")
        os.write(terminal, b"\x03")
        read_to(b"caught")
        os.write(terminal, b"go\n")
        read_to(b"1 head")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5, shown
        os.close(terminal)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_program_that_a_signal_ends_ends_run_alike(tmp_path, number):
    with tunnel() as api:
        process = run(api, tmp_path, "sh", "-c", "echo ready; exec sleep 60")
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(60) == -number


def test_sigpipe_ends_the_program(tmp_path):
    with tunnel() as api:
        process = run(api, tmp_path, "sh", "-c", "kill -PIPE $$; echo survived")
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (128 + signal.SIGPIPE, ""), err
