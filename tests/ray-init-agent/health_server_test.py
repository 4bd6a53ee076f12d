"""/healthz, /readyz and /metrics of `start --health-port`, by raw sockets: a kubelet's, a slow one's, a hostile one's."""
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import agent
import pytest
from free_ports import free_ports

RAY = "#!/bin/sh\ntrap 'exit 0' TERM\necho up\nwhile :; do sleep 0.05; done\n"


def server_at(host, handler):
    class Server(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def server_bind(self):
            if ":" in host:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # as asyncio, and so Ray, does
            super().server_bind()
    return Server((host, 0), handler)


class Dashboard:
    """A raylet's and a GCS's answer on a port each, as the tests want it; `gate` holds it back."""

    def __init__(self, dashboard_host="127.0.0.1"):
        self.status, self.body = 200, b"success"
        self.gate = threading.Event()
        self.gate.set()
        state = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                state.gate.wait(10)
                # Ray up to 2.51 reads headers["User-Agent"] in every handler, and answers 500 to a request without one.
                self.send_response(state.status if "User-Agent" in self.headers else 500)
                self.end_headers()
                self.wfile.write(state.body)

            def log_message(self, *unused):
                pass

        self.servers = [server_at(host, Handler) for host in ("127.0.0.1", dashboard_host)]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.ports = [server.server_address[1] for server in self.servers]

    def close(self):
        self.gate.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()


@pytest.fixture
def dashboard():
    served = Dashboard()
    yield served
    served.close()


class Started:
    def __init__(self, folder, dashboard, *flags, node_type="head"):
        (folder / "ray").write_text(RAY)
        (folder / "ray").chmod(0o755)
        self.port, = free_ports(1)
        params = dict(zip(("dashboard-agent-listen-port", "dashboard-port"), map(str, dashboard.ports)))
        if node_type == "worker":
            del params["dashboard-port"]
        self.process = agent.start("start", "--preflight=false", "--logs=off", "--wait=false", "--watchdog=false",
                                   "--drain=false", *flags, PATH=f"{folder}:/usr/bin:/bin",
                                   RAY_INIT_AGENT_NODE_TYPE=node_type, RAY_INIT_AGENT_ADDRESS="127.0.0.1:6379",
                                   RAY_INIT_AGENT_HEALTH_PORT=str(self.port), RAY_START_PARAMS=json.dumps(params))
        assert self.process.stdout.readline() == "up\n", self.process.stderr.read()
        deadline = time.monotonic() + 10
        while True:  # Ray is up before the port is
            try:
                self.connect().close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline and self.process.poll() is None

    def connect(self, host="127.0.0.1"):
        return socket.create_connection((host, self.port), timeout=15)

    def ask(self, request, host="127.0.0.1"):
        """What comes back until the other side closes."""
        with self.connect(host) as one:
            one.sendall(request)
            return everything(one)

    def get(self, path):
        return self.ask(b"GET %s HTTP/1.1\r\nHost: pod\r\n\r\n" % path.encode())

    def end(self):
        self.process.terminate()
        code = self.process.wait(30)
        self.process.communicate()
        return code


def everything(one):
    data = b""
    while piece := one.recv(65536):
        data += piece
    return data


def status(answer):
    return int(answer.split(b" ", 2)[1])


@pytest.fixture
def ray(tmp_path, dashboard):
    started = Started(tmp_path, dashboard)
    yield started
    assert started.end() == 0


def test_healthz_whole(ray):
    assert ray.get("/healthz") == (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                   b"Content-Length: 3\r\nConnection: close\r\n\r\nok\n")


@pytest.mark.parametrize("code, body, answer", [
    (200, b"success", (200, b"raylet: ok\ngcs: ok\n")),
    (200, b"no", (503, b'raylet: HTTP 200: "no"\ngcs: HTTP 200: "no"\n')),
    (503, b"\x1b[31m", (503, b'raylet: HTTP 503: "\\x1b[31m"\ngcs: HTTP 503: "\\x1b[31m"\n')),
])
def test_readyz_is_what_raylet_and_gcs_say(ray, dashboard, code, body, answer):
    dashboard.status, dashboard.body = code, body
    got = ray.get("/readyz")
    assert (status(got), got.split(b"\r\n\r\n", 1)[1]) == answer


# Ray continues without a dashboard that did not come up; a head that waited for it was once only "not ready".
@pytest.mark.parametrize("raylet, report", [
    (True, "raylet: ok\ndashboard: connection refused; Ray went on without it: dashboard.log and dashboard.err say why\n"),
    (False, "raylet: connection refused\ndashboard: connection refused\n"),
])
def test_a_dashboard_that_does_not_answer_is_named(dashboard, raylet, report):
    nobody_on = free_ports(2)
    params = {"dashboard-agent-listen-port": str(dashboard.ports[0] if raylet else nobody_on[0]), "dashboard-port": str(nobody_on[1])}
    done = agent.run("health", RAY_INIT_AGENT_NODE_TYPE="head", RAY_START_PARAMS=json.dumps(params))
    assert (done.returncode, done.stdout) == (1, report)


@pytest.mark.parametrize("listens_on, given", [("::", "::"), ("127.0.0.5", "127.0.0.5"), ("::1", "::1"), ("::1", "localhost"),
                                               ("0.0.0.0", "0.0.0.0"), ("127.0.0.1", "localhost")])
def test_a_dashboard_is_asked_at_the_host_it_was_given(listens_on, given):
    served = Dashboard(listens_on)
    params = {"dashboard-agent-listen-port": str(served.ports[0]), "dashboard-port": str(served.ports[1]), "dashboard-host": given}
    done = agent.run("health", RAY_INIT_AGENT_NODE_TYPE="head", RAY_START_PARAMS=json.dumps(params))
    served.close()
    assert (done.returncode, done.stdout) == (0, "raylet: ok\ngcs: ok\n")


def test_a_worker_is_asked_for_its_raylet_alone(tmp_path, dashboard):
    started = Started(tmp_path, dashboard, node_type="worker")
    assert started.get("/readyz").endswith(b"\r\n\r\nraylet: ok\n")
    assert started.end() == 0


@pytest.mark.parametrize("request_bytes, code", [
    (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    (b"GET /healthz?verbose=1 HTTP/1.1\r\n\r\n", 200),
    (b"GET / HTTP/1.1\r\n\r\n", 404),
    (b"GET /healthz/.. HTTP/1.1\r\n\r\n", 404),
    (b"POST /healthz HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 405),
    (b"DELETE /readyz HTTP/1.1\r\n\r\n", 405),
    (b"POST /metrics HTTP/1.1\r\n\r\n", 405),
    (b"GET /metrics?name[]=up HTTP/1.0\r\n\r\n", 200),
    (b"GET /metricsz HTTP/1.1\r\n\r\n", 404),
    (b"\r\n\r\n", 400),
    (b"GET\r\n\r\n", 400),
    (b"GET  HTTP/1.1\r\n\r\n", 400),
    (b" /healthz HTTP/1.1\r\n\r\n", 400),
    (b"GET /healthz\r\n\r\n", 400),
    (b"GET /healthz HTTP/2.0\r\n\r\n", 400),
    (b"GET http://x/healthz HTTP/1.1\r\n\r\n", 400),
    (b"GET /healthz\0 HTTP/1.1\r\n\r\n", 400),
    (b"\xff\xfe\x00\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 4000 + b"\r\n\r\n", 200),
    (b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 4096 + b"\r\n\r\n", 431),
    (b"x" * 4096, 431),
    (b"x" * 500_000, 431),
], ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else value)
def test_requests(ray, request_bytes, code):
    assert status(ray.ask(request_bytes)) == code


def test_head_has_no_body(ray):
    answer = ray.ask(b"HEAD /healthz HTTP/1.1\r\n\r\n")
    assert status(answer) == 200 and answer.endswith(b"Content-Length: 3\r\nConnection: close\r\n\r\n")
    answer = ray.ask(b"HEAD /metrics HTTP/1.1\r\n\r\n")
    assert status(answer) == 200 and re.search(rb"Content-Length: \d{4}\r\nConnection: close\r\n\r\n$", answer)


def test_a_request_byte_by_byte(ray):
    with ray.connect() as one:
        for byte in b"GET /healthz HTTP/1.1\r\n\r\n":
            one.sendall(bytes([byte]))
        assert status(everything(one)) == 200


def test_ipv6(ray):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert status(ray.ask(b"GET /healthz HTTP/1.1\r\n\r\n", host="::1")) == 200


def test_a_slow_one_is_closed_and_hinders_nobody(ray):
    with ray.connect() as slow:
        slow.sendall(b"GET /hea")
        assert status(ray.get("/healthz")) == 200
        assert everything(slow) == b""  # after 5 s


def test_hundreds_that_say_nothing_hinder_nobody(ray):
    idle = [ray.connect() for _ in range(300)]
    begin = time.monotonic()
    assert status(ray.get("/healthz")) == 200
    assert time.monotonic() - begin < 4  # not only once they were timed out
    open_files = len(os.listdir(f"/proc/{ray.process.pid}/fd"))
    assert open_files < 100
    for one in idle:
        one.close()


FLOOD = """
import collections, itertools, socket, sys
host, port, request = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode().decode("unicode_escape").encode()
held = collections.deque(maxlen=200)
for number in itertools.count():
    one = socket.socket()
    one.bind((host, 0))
    try:
        one.connect(("127.0.0.1", port))
        one.sendall(request)
    except OSError:
        pass
    held.append(one)
    if number == 200:
        print("flooding", flush=True)
"""


# One program of anybody in the pod network made six of six probes fail: 64 new connections pushed out whoever waited.
@pytest.mark.parametrize("source, request_text", [("127.0.0.1", ""), ("127.0.0.1", "GET /rea"), ("127.0.0.9", ""),
                                                  ("127.0.0.9", r"GET /readyz HTTP/1.1\r\n\r\n")])
def test_a_flood_starves_nobody(ray, dashboard, source, request_text):
    flood = subprocess.Popen([sys.executable, "-c", FLOOD, source, str(ray.port), request_text], stdout=subprocess.PIPE)
    try:
        assert flood.stdout.readline() == b"flooding\n"
        for path in ["/healthz", "/readyz", "/metrics"] * 4:
            dashboard.gate.clear()
            threading.Timer(0.3, dashboard.gate.set).start()  # how long a check takes on a busy head
            assert status(ray.get(path)) == 200
    finally:
        flood.kill()
        flood.communicate()


def test_a_huge_body_that_never_ends(ray):
    with ray.connect() as one:
        with pytest.raises(OSError):
            one.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
            for _ in range(1000):
                one.sendall(b"x" * 65536)
    assert status(ray.get("/healthz")) == 200


def test_those_who_leave_before_their_answer(ray, dashboard):
    dashboard.gate.clear()
    for _ in range(20):
        ray.connect().sendall(b"GET /readyz HTTP/1.1\r\n\r\n")
    dashboard.gate.set()
    assert status(ray.get("/readyz")) == 200


def test_a_check_that_hangs_blocks_neither_healthz_nor_signals(tmp_path, dashboard):
    started = Started(tmp_path, dashboard)
    dashboard.gate.clear()
    with started.connect() as one, started.connect() as other:
        for each in (one, other):
            each.sendall(b"GET /readyz HTTP/1.1\r\n\r\n")
        assert status(started.get("/healthz")) == 200
        answers = everything(one), everything(other)
        assert [status(answer) for answer in answers] == [503, 503]  # within the check's own limit
        assert answers[0] == answers[1]
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(30) == 0
    started.process.communicate()


def test_a_port_that_is_taken(tmp_path, dashboard):
    (tmp_path / "ray").write_text(RAY)
    (tmp_path / "ray").chmod(0o755)
    port = dashboard.ports[0]
    result = agent.run("start", f"--health-port={port}", "--preflight=false", "--logs=off",
                       PATH=f"{tmp_path}:/usr/bin:/bin", RAY_INIT_AGENT_NODE_TYPE="head")
    assert result.returncode == 67
    assert re.search(f"cannot serve health on port {port}: address (already )?in use", result.stderr)  # glibc, musl


def test_no_such_port():
    result = agent.run("start", "--health-port=65536", "--dry-run", RAY_INIT_AGENT_NODE_TYPE="head")
    assert result.returncode == 64
    assert '--health-port "65536" is not a port' in result.stderr
