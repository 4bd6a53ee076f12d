"""exec over WebSockets that misbehave."""

import pytest
from fake_api import FakeApi, pod, pod_list, run, status, write_kubeconfig

PODS = "/api/v1/namespaces/default/pods"
SUCCESS = b'\x03{"status":"Success"}'


def run_exec(tmp_path, serve, *flags, input=None):
    routes = {PODS: lambda r: r.send(200, pod_list(pod("head"))), PODS + "/head/exec": serve}
    with FakeApi(routes) as api:
        config = write_kubeconfig(tmp_path / "config", api.port)
        return run(config, "exec", "demo", *flags, "--", "cmd", input=input)


def conversation(*frames):
    """Serves a WebSocket that sends (payload, keyword arguments of frame()) and closes well."""

    def serve(request):
        socket = request.accept_web_socket()
        for payload, how in frames:
            socket.frame(payload, **how)
        socket.close()

    return serve


def test_output_and_exit_code(tmp_path):
    failure = (b'\x03{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"42"}]}}')
    result = run_exec(tmp_path, conversation((b"\x01out", {}), (b"\x02err", {}), (failure, {})))
    assert (result.returncode, result.stdout, result.stderr) == (42, b"out", b"err")


def test_fragments_and_pings_in_between(tmp_path):
    result = run_exec(tmp_path, conversation(
        (b"\x01one ", {"final": False}), (b"ping", {"opcode": 9}), (b"two ", {"opcode": 0, "final": False}),
        (b"", {"opcode": 9}), (b"three", {"opcode": 0}), (b"", {}), (b"\x09other channel", {}), (SUCCESS, {})))
    assert (result.returncode, result.stdout) == (0, b"one two three")


def test_pings_while_much_is_sent_harm_no_frame(tmp_path):
    data = bytes(range(256)) * 40000
    received = bytearray()
    pongs = []

    def serve(request):
        socket = request.accept_web_socket()
        count = 0
        while True:
            opcode, payload = socket.read()
            if opcode == 10:
                pongs.append(payload)
                continue
            if payload == b"\xff\x00":
                break
            assert payload[:1] == b"\x00"
            received.extend(payload[1:])
            count += 1
            if count % 20 == 0:
                socket.frame(b"are you there", opcode=9)
        socket.frame(SUCCESS)
        socket.close()

    result = run_exec(tmp_path, serve, "-i", input=data)
    assert result.returncode == 0, result.stderr
    assert bytes(received) == data
    assert pongs and set(pongs) == {b"are you there"}


@pytest.mark.parametrize("serve, word", [
    (lambda r: r.send(403, status(403, "Forbidden", "no exec for you")), b"no exec for you"),
    (lambda r: r.send(404, status(404, "NotFound", "gone", name="head")), b"not found"),
    (lambda r: r.send(500, "<html>oops</html>"), b"oops"),
    (lambda r: r.send(200, "hello"), b"answered 200"),
    (lambda r: r.drop(), b"cannot reach"),
    (lambda r: (r.accept_web_socket(), r.drop()), b"the connection to the command broke"),
    (conversation((b"\x01x", {"mask": True}), (SUCCESS, {})), b"masked"),
    (conversation((b"\x01x", {"opcode": 3})), b"broke"),
    (conversation((b"\x01x", {"opcode": 0})), b"broke"),
    (conversation((b"x" * 126, {"opcode": 9})), b"broke"),
    (conversation((b"\x01done", {})), b"before the command's end was reported"),
    (conversation((b"\x03rubbish", {})), b"cannot be read"),
    (conversation((b"\x03{}", {})), b"cannot run the command"),
], ids=["403", "404", "500", "200", "dropped", "closed", "masked", "opcode", "continuation", "long ping",
        "no status", "rubbish status", "empty status"])
def test_connections_that_go_wrong(tmp_path, serve, word):
    result = run_exec(tmp_path, serve)
    assert result.returncode == 1
    assert word in result.stderr


def test_a_message_without_end_is_bounded(tmp_path):
    def serve(request):
        socket = request.accept_web_socket()
        for _ in range(40):
            socket.frame(b"\x01" + b"x" * (1 << 20), opcode=2 if _ == 0 else 0, final=False)

    result = run_exec(tmp_path, serve)
    assert result.returncode == 1 and b"too large" in result.stderr
