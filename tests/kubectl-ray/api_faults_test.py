"""Bad days of an API server, seen through the real binary."""

import gzip
import json
import os
import pty
import threading

import pytest
from certificates import make
from fake_api import FakeApi, environment, pod, pod_list, run, status, write_kubeconfig

PODS = "/api/v1/namespaces/default/pods"
LOG = PODS + "/head/log"
LINE = "2026-11-21T03:00:00.1Z hello\n"


def logs(tmp_path, pods, log=None, user=None, arguments=("logs", "demo")):
    """Runs `logs demo` against a server that answers lists by `pods` and the log by `log`; with a user in TLS."""
    tls = make(tmp_path, "IP:127.0.0.1") if user else None
    with FakeApi({PODS: pods, LOG: log or (lambda r: r.send(200, LINE))}, tls=tls) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port, user, tls), *arguments)
    result.requests = api.requests
    return result


def test_a_good_day(tmp_path):
    result = logs(tmp_path, lambda r: r.send(200, pod_list(pod("head"))))
    assert (result.returncode, result.stdout, result.stderr) == (0, b"hello\n", b"")


def test_401_is_tried_once_more_with_a_fresh_token(tmp_path):
    token = tmp_path / "token"
    token.write_text("old")
    seen = []

    def pods(request):
        seen.append(request.headers["Authorization"])
        if seen[-1] == "Bearer old":
            token.write_text("new")
            return request.send(401, status(401, "Unauthorized"))
        request.send(200, pod_list(pod("head")))

    result = logs(tmp_path, pods, user={"tokenFile": str(token)})
    assert result.returncode == 0 and seen == ["Bearer old", "Bearer new"]


def test_401_twice_is_an_error_and_no_loop(tmp_path):
    result = logs(tmp_path, lambda r: r.send(401, status(401, "Unauthorized")), user={"token": "secret-word"})
    assert result.returncode == 1 and len(result.requests) == 2
    assert b"does not accept these credentials" in result.stderr
    assert b"secret-word" not in result.stderr


def test_429_is_tried_again_when_the_server_says(tmp_path):
    answers = [lambda r: r.send(429, status(429), {"Retry-After": "1"}),
               lambda r: r.send(503, status(503), {"Retry-After": "1"}),
               lambda r: r.send(200, pod_list(pod("head")))]
    result = logs(tmp_path, lambda r: answers.pop(0)(r))
    assert result.returncode == 0 and not answers


@pytest.mark.parametrize("answer, code, words", [
    ((403, status(403, "Forbidden", "no")), 1, [b"cannot list pods in namespace \"default\": forbidden: no",
                                               b"kubectl auth can-i list pods -n default"]),
    ((500, status(500, "InternalError", "etcd is away")), 1, [b"etcd is away"]),
    ((503, status(503, "ServiceUnavailable", "starting")), 1, [b"starting"]),
    ((409, status(409, "Conflict", "somebody else was quicker")), 1, [b"somebody else was quicker"]),
    ((429, status(429, "TooManyRequests", "slow down")), 1, [b"slow down"]),
    ((429, status(429, "TooManyRequests", "slow down"), {"Retry-After": "soon"}), 1, [b"slow down"]),
    ((422, status(422, "Invalid", "bad label")), 2, [b"bad label"]),
    ((502, "<html><h1>Bad Gateway</h1></html>"), 1, [b"answered 502: Bad Gateway", b"proxy"]),
    ((200, "<html>sign in</html>"), 1, [b"answered 200: sign in", b"proxy"]),
    ((200, '{"items": ['), 1, [b"cannot be read"]),
    ((200, "[]"), 1, [b"not an object"]),
    ((200, ""), 1, [b"answered 200"]),
    ((200, b"\xff\xfe"), 1, [b"cannot be read"]),
    ((200, "[" * 100000), 1, [b"cannot be read"]),
    ((200, {"items": "x", "metadata": 5}), 1, [b"no Ray nodes found"]),
    ((200, {"items": [5, None, {"metadata": []}]}), 1, []),
    ((302, ""), 1, [b"answered 302"]),
], ids=lambda value: str(value)[:40] if not isinstance(value, int) else None)
def test_answers_that_are_none(tmp_path, answer, code, words):
    result = logs(tmp_path, lambda r: r.send(*answer))
    assert result.returncode == code
    assert result.stdout == b""
    for word in words:
        assert word in result.stderr


def test_a_cut_answer_is_an_error(tmp_path):
    def pods(request):
        request.start_stream()
        request.chunk('{"items": [')
        request.drop()

    result = logs(tmp_path, pods)
    assert result.returncode == 1 and b"cannot reach" in result.stderr


def test_a_compressed_bomb_is_refused(tmp_path):
    bomb = gzip.compress(b" " * (80 << 20))
    result = logs(tmp_path, lambda r: r.send(200, bomb, {"Content-Encoding": "gzip"}))
    assert result.returncode == 1 and b"larger than" in result.stderr


@pytest.mark.parametrize("chunk, word", [
    (b"ffffffffffffffffff\r\nx", b"cannot reach"),
    (b"zz\r\nx\r\n", b"cannot reach"),
    (b"-5\r\nx\r\n", b"cannot reach"),
    (b"5;" + b"e" * 100_000 + b"\r\n", b"cannot reach"),
    (b"2\r\n{}\r\n0\r\n" + b"Trailer: x\r\n" * 100_000 + b"\r\n", b""),
], ids=["size too large", "size that is none", "negative size", "extension without end", "trailers without end"])
def test_chunks_that_are_wrong(tmp_path, chunk, word):
    def pods(request):
        request.start_stream()
        request.handler.wfile.write(chunk)
        request.drop()

    result = logs(tmp_path, pods)
    assert result.returncode == 1 and word in result.stderr and result.stdout == b""


def test_an_answer_without_end_is_given_up(tmp_path):
    def pods(request):
        request.start_stream()
        while True:  # until the other side hangs up
            request.chunk(b" " * (1 << 20))

    result = logs(tmp_path, pods)
    assert result.returncode == 1 and b"larger than" in result.stderr


def test_an_answer_byte_by_byte_ends_with_the_request_timeout(tmp_path):
    def pods(request):
        request.start_stream()
        while True:
            request.chunk(b" ")
            threading.Event().wait(0.05)

    result = logs(tmp_path, pods, arguments=("logs", "demo", "--request-timeout", "1s"))
    assert result.returncode == 1 and b"cannot reach" in result.stderr


def test_an_answer_in_chunks_of_a_byte_is_read(tmp_path):
    def pods(request):
        request.start_stream()
        for byte in json.dumps(pod_list(pod("head"))).encode():
            request.chunk(bytes([byte]))
        request.end_stream()

    assert logs(tmp_path, pods).stdout == b"hello\n"


def test_a_compressed_answer_is_read(tmp_path):
    body = gzip.compress(json.dumps(pod_list(pod("head"))).encode())
    assert logs(tmp_path, lambda r: r.send(200, body, {"Content-Encoding": "gzip"})).stdout == b"hello\n"


def test_lists_come_page_by_page_and_410_starts_over_without_telling_twice(tmp_path):
    answers = [
        lambda r: r.send(200, pod_list(pod("head"), more="a")),
        lambda r: r.send(410, status(410, "Expired")),
        lambda r: r.send(200, pod_list(pod("head"), more="b")),
        lambda r: r.send(200, pod_list()),
    ]
    result = logs(tmp_path, lambda r: answers.pop(0)(r))
    assert result.stdout == b"hello\n"
    assert ["continue" in request for request in result.requests[:4]] == [False, True, False, True]


def test_a_server_that_refuses_connections(tmp_path):
    with FakeApi({}) as api:
        config = write_kubeconfig(tmp_path / "config", api.port)
    result = run(config, "logs", "demo")
    assert result.returncode == 1
    assert b"connection refused" in result.stderr and b"Is the cluster running" in result.stderr


def test_a_near_name_is_offered(tmp_path):
    def pods(request):
        request.send(200, pod_list() if "demo%3D" in request.query or "%3Ddmo" in request.query
                     else pod_list(pod("head")))

    result = logs(tmp_path, pods, arguments=("logs", "dmo"))
    assert result.returncode == 1 and b'Did you mean "demo"?' in result.stderr


def test_escape_sequences_reach_a_pipe_as_they_are(tmp_path):
    result = logs(tmp_path, lambda r: r.send(200, pod_list(pod("head"))),
                  lambda r: r.send(200, "2026-11-21T03:00:00Z \x1b[31mred\n"))
    assert result.stdout == b"\x1b[31mred\n"


def test_escape_sequences_but_colours_are_shown_on_a_terminal_and_not_obeyed(tmp_path):
    routes = {PODS: lambda r: r.send(200, pod_list(pod("head"))),
              LOG: lambda r: r.send(200, "2026-11-21T03:00:00Z \x1b[31mred\x1b]0;title\x07\n")}
    with FakeApi(routes) as api:
        config = write_kubeconfig(tmp_path / "config", api.port)
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(os.environ["KUBECTL_RAY"], ["kubectl-ray", "logs", "demo"], environment(config))
        shown = b""
        while data := read_terminal(terminal):
            shown += data
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"\x1b[31mred\\x1b]0;title\\x07\x1b[0m" in shown  # a colour is let through, and ends with its line
    assert shown.count(b"\x1b") == 2


def read_terminal(terminal):
    """What comes next, or nothing at the end."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's word for the other side's end
        return b""


def test_exec_plugin_that_prints_rubbish(tmp_path):
    plugin = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "echo", "args": ["rubbish"],
                       "interactiveMode": "Never"}}
    result = logs(tmp_path, lambda r: r.send(200, pod_list()), user=plugin)
    assert result.returncode == 1 and b'cannot get credentials from "echo"' in result.stderr


def test_names_that_kubernetes_refuses_send_nothing(tmp_path):
    for name in ("", "Demo", "a/../b", "x" * 300, "\udcff"):
        result = logs(tmp_path, lambda r: r.send(200, pod_list()), arguments=("logs", "--", name) if not name else
                      ("logs", name))
        assert result.returncode == 2 and not result.requests
