"""exec and session where something lets no WebSocket through: they go by SPDY, as kubectl does."""

import contextlib
import os
import re
import socket
import subprocess

import certificates
import pytest
from fake_api import FakeApi, environment, pod, pod_list, run, status, write_kubeconfig
from websocket_refusing_proxy import WebSocketRefusingProxy

PODS = "/api/v1/namespaces/default/pods"
FAILURE = b'{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"42"}]}}'


def command(request):
    """`cat` with another word on stderr, which ends with 42 at the end of its input."""
    assert request.method == "POST"
    spdy = request.accept_spdy()
    while (frame := spdy.read()) and not frame[2]:
        spdy.data(spdy.stream("stdout"), frame[1])
    spdy.data(spdy.stream("stderr"), b"err")
    spdy.data(spdy.stream("error"), FAILURE)
    spdy.close()


def spdy_only(serve):
    return lambda request: serve(request) if request.method == "POST" else request.send(400, "no upgrade here")


def routes(**streams):
    return {PODS: lambda r: r.send(200, pod_list(pod("head"))), **{f"{PODS}/head/{name}": serve for name, serve in streams.items()}}


def test_a_command_with_much_input(tmp_path):
    data = bytes(range(256)) * 8000
    with FakeApi(routes(exec=command)) as api, WebSocketRefusingProxy(api.port) as proxy:
        result = run(write_kubeconfig(tmp_path / "config", proxy.port), "exec", "demo", "-i", "--", "cat", input=data)
    assert (result.returncode, result.stderr) == (42, b"err")
    assert result.stdout == data
    assert (proxy.refused, proxy.upgraded) == (1, ["SPDY/3.1"])


def test_over_tls_with_a_token(tmp_path):
    certificates.make(tmp_path, "IP:127.0.0.1")
    tokens = []

    def serve(request):
        tokens.append((request.method, request.headers["Authorization"]))
        spdy_only(command)(request)

    with FakeApi(routes(exec=serve), tls=tmp_path) as api:
        config = write_kubeconfig(tmp_path / "config", api.port, user={"token": "secret"}, tls=tmp_path)
        result = run(config, "exec", "demo", "-i", "--", "cat", input=b"in")
    assert (result.returncode, result.stdout, result.stderr) == (42, b"in", b"err")
    assert tokens == [("GET", "Bearer secret"), ("POST", "Bearer secret")]


def drop(request):
    request.accept_spdy().read()
    request.drop()


@pytest.mark.parametrize("serve, code, word", [
    (lambda r: r.send(400, status(400, "BadRequest", "no container of that name")), 2, b"no container of that name"),
    (lambda r: r.send(403, status(403, "Forbidden", "no exec for you")), 1, b"no exec for you"),
    (lambda r: r.send(404, status(404, "NotFound", "gone", name="head")), 1, b"not found"),
    (spdy_only(lambda r: r.send(403, status(403, "Forbidden", "no POST for you"))), 1, b"no POST for you"),
    (spdy_only(drop), 1, b"the connection to the command broke"),
], ids=["400", "403", "404", "SPDY forbidden", "dropped"])
def test_what_spdy_does_not_mend(tmp_path, serve, code, word):
    with FakeApi(routes(exec=serve)) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port), "exec", "demo", "-i", "--", "cat", input=b"in")
    assert result.returncode == code
    assert word in result.stderr


def shout(request):
    """A port whose service answers in capitals once the question has ended."""
    spdy = request.accept_spdy()
    question = b""
    while (frame := spdy.read()) and not frame[2]:
        question += frame[1]
    assert {spdy.streams[spdy.stream(kind)]["port"] for kind in ("error", "data")} == {"8265"}
    spdy.data(spdy.stream("data"), question.upper(), last=True)
    spdy.data(spdy.stream("error"), b"", last=True)


@contextlib.contextmanager
def session(config):
    process = subprocess.Popen([os.environ["KUBECTL_RAY"], "session", "demo", "--port", "0:dashboard"], env=environment(config),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield next(int(found[1]) for line in process.stdout if (found := re.search(r"http://\S+?:(\d+)", line)))
    finally:
        process.terminate()
        process.communicate(timeout=30)


def ask(port, question):
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(question)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer


def test_a_session_passes_half_closes_on(tmp_path):
    def pods(request):
        if "watch=true" in request.query:
            request.start_stream()
            return request.handler.rfile.read(1)  # until the other side hangs up
        return request.send(200, pod_list(pod("head")))

    served = {**routes(portforward=shout), PODS: pods, PODS + "/head": lambda r: r.send(200, pod("head")),
              "/api/v1/namespaces/default/services": lambda r: r.send(200, pod_list())}
    with FakeApi(served) as api, WebSocketRefusingProxy(api.port) as proxy:
        with session(write_kubeconfig(tmp_path / "config", proxy.port)) as port:
            for question in (b"who?", b"again " * 20000):
                assert ask(port, question) == question.upper()
    assert proxy.refused >= 1 and set(proxy.upgraded) == {"SPDY/3.1"}
