"""A session whose WebSockets misbehave, and whose API server goes away: it says why, and goes on."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess

import pytest
from fake_api import FakeApi, environment, pod, pod_list, run, status, write_kubeconfig

PODS = "/api/v1/namespaces/default/pods"
GREETINGS = [b"\x00\x49\x20", b"\x01\x49\x20"]


class Session:
    """`session demo` for the dashboard alone, as a process."""

    def __init__(self, config, *flags):
        self.process = subprocess.Popen([os.environ["KUBECTL_RAY"], "session", "demo", "--port", "0:dashboard", *flags],
                                        env=environment(config), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://(\S+):(\d+)", line):
                self.host, self.port = found[1], int(found[2])
                return
        raise AssertionError(self.process.communicate())

    def ask(self, address="127.0.0.1"):
        """What a connection is answered, until its end."""
        with socket.create_connection((address, self.port), 60) as connection:
            connection.sendall(b"who?")
            answer = b""
            try:
                while data := connection.recv(4096):
                    answer += data
            except ConnectionResetError:  # an end too, where our words were never read
                pass
            return answer

    def end(self):
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


def routes(forward):
    def pods(request):
        if "watch=true" in request.query:
            request.start_stream()
            return request.handler.rfile.read(1)  # until the other side hangs up
        return request.send(200, pod_list(pod("head")))

    return {PODS: pods, PODS + "/head": lambda r: r.send(200, pod("head")), PODS + "/head/portforward": forward,
            "/api/v1/namespaces/default/services": lambda r: r.send(200, pod_list())}


def forward(*frames):
    """Answers a connection's first words with `frames`, as (payload, keyword arguments of frame())."""

    def serve(request):
        web_socket = request.accept_web_socket("v4.channel.k8s.io")
        for greeting in GREETINGS:
            web_socket.frame(greeting)
        if web_socket.read() is None:
            return  # a connection made ahead
        for payload, how in frames:
            web_socket.frame(payload, **how)

    return serve


well = forward((b"\x00head", {}))


@pytest.mark.parametrize("serve, word", [
    (lambda r: r.send(403, status(403, "Forbidden", "no ports for you")), "no ports for you; A role of yours has to allow"),
    (lambda r: r.send(200, "hello"), "answered 200"),
    (lambda r: r.accept_web_socket(""), "does not speak v4.channel.k8s.io"),
    (forward((b"\x01dial tcp: connection refused", {})), "nothing answers on the head's port 8265"),
    (forward(), ""),
    (forward((b"\x00x", {"mask": True})), ""),
    (forward((b"\x00x", {"opcode": 3})), ""),
], ids=["403", "200", "subprotocol", "refused in the pod", "closed early", "masked", "opcode"])
def test_a_connection_that_fails_ends_alone(tmp_path, serve, word):
    answers = [serve]  # the first connection's; a spare takes one too
    with FakeApi(routes(lambda r: (answers[0] if answers else well)(r))) as api:
        session = Session(write_kubeconfig(tmp_path / "config", api.port))
        assert session.ask() == b""
        answers.clear()
        while (answer := session.ask()) == b"":
            pass  # a spare that was made meanwhile
        assert answer == b"head"
        code, err = session.end()
    assert code == -signal.SIGINT and word in err


def listening(pid, port):
    """The addresses where this process listens on the port; others may have it elsewhere."""
    inodes = set()
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # it may close one meanwhile
            inodes.add(os.readlink(fd).removeprefix("socket:[").removesuffix("]"))
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {socket.inet_ntoa(bytes.fromhex(row[1][:8])[::-1]) for row in rows
            if row[3] == "0A" and row[9] in inodes and int(row[1][9:], 16) == port}


@pytest.mark.parametrize("given, host, addresses, warned", [
    ([], "localhost", ["127.0.0.1"], None),
    (["--address", "0.0.0.0"], "localhost", ["127.0.0.1", "127.0.0.9"], "0.0.0.0"),
    (["--address=127.0.0.8,127.0.0.9"], "127.0.0.8", ["127.0.0.8", "127.0.0.9"], None),
])
def test_the_addresses_of_a_session(tmp_path, given, host, addresses, warned):
    with FakeApi(routes(well)) as api:
        session = Session(write_kubeconfig(tmp_path / "config", api.port), *given)
        assert session.host == host
        for address in addresses:
            while (answer := session.ask(address)) == b"":
                pass  # a spare, of which this API server knows no more than its greeting
            assert answer == b"head"
        if host != "localhost":
            assert listening(session.process.pid, session.port) == set(addresses)
        code, err = session.end()
    assert code == -signal.SIGINT
    assert ("warning: whoever reaches this machine at" in err) == bool(warned)
    assert not warned or f"at {warned} reaches these ports" in err


def test_an_address_that_is_none(tmp_path):
    with FakeApi(routes(well)) as api:
        done = run(write_kubeconfig(tmp_path / "config", api.port), "session", "demo", "--address", "my-host")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b'--address "my-host" is not a valid IP address' in done.stderr


def test_an_api_server_that_restarts(tmp_path):
    with FakeApi(routes(well)) as api:
        session = Session(write_kubeconfig(tmp_path / "config", api.port))
        assert session.ask() == b"head"
    with FakeApi(routes(well), api.port):
        while (answer := session.ask()) == b"":
            pass
        assert answer == b"head"
        assert session.end()[0] == -signal.SIGINT


# A proxy such as nginx cuts what is silent for a minute; kubectl's port-forward pings as well.
def test_a_quiet_connection_pings(tmp_path):
    def serve(request):
        web_socket = request.accept_web_socket("v4.channel.k8s.io")
        for greeting in GREETINGS:
            web_socket.frame(greeting)
        words = b""
        while frame := web_socket.read():
            words += frame[1][1:] if frame[0] == 2 else b""
            if frame[0] == 9 and words:  # one without words is a connection made ahead
                web_socket.frame(b"\x00pinged after " + words)
                return web_socket.close()

    with FakeApi(routes(serve)) as api:
        session = Session(write_kubeconfig(tmp_path / "config", api.port))
        assert session.ask() == b"pinged after who?"
        assert session.end()[0] == -signal.SIGINT
