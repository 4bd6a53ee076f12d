"""How the API server is reached, as client-go reaches it: proxies, names, credentials, and answers that are not its own."""

import json
import os
import socket
import subprocess
import sys
import threading

import certificates
import pytest
from fake_api import FakeApi, environment, pod, pod_list, run, status, write_kubeconfig
from fake_dashboard import FakeDashboard
from loopback_server import LoopbackServer, relay
from socks_proxy import SocksProxy

CORE, APPS = "/api/v1/namespaces/default/", "/apis/apps/v1/namespaces/default/"
LISTS = {APPS + "deployments": lambda r: r.send(200, pod_list())}


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("tls"), "DNS:api.only-behind.test,IP:127.0.0.1")


# Kubernetes' own set-up of a bastion: the name is known to the proxy alone (kubernetes/website#31527).
@pytest.mark.parametrize("by", ["kubeconfig", "flag", "environment"])
def test_a_socks5_proxy_is_given_the_name(tmp_path, tls, by):
    with FakeApi(LISTS, tls=tls) as api, SocksProxy(api.port) as proxy:
        url = f"socks5://127.0.0.1:{proxy.port}"
        config = write_kubeconfig(tmp_path / "config", api.port, tls=tls, server="https://api.only-behind.test:6443",
                                  **({"proxy-url": url} if by == "kubeconfig" else {}))
        words = ["get", "cluster", "-o", "name"] + (["--proxy-url", url] if by == "flag" else [])
        variables = environment(config) | ({"HTTPS_PROXY": url} if by == "environment" else {})
        done = subprocess.run([os.environ["KUBECTL_RAY"], *words], env=variables, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert set(proxy.asked) == {(3, b"api.only-behind.test", 6443)}


def test_tls_server_name_is_for_tls_alone(tmp_path, tls):
    seen = []

    def deployments(request):
        seen.append(request.headers["Host"])
        request.send(200, pod_list())

    with FakeApi({APPS + "deployments": deployments}, tls=tls) as api:
        config = write_kubeconfig(tmp_path / "config", api.port, tls=tls,
                                  **{"tls-server-name": "api.only-behind.test"})
        assert run(config, "get", "cluster", "-o", "name").returncode == 0
        assert set(seen) == {f"127.0.0.1:{api.port}"}
        config = write_kubeconfig(tmp_path / "config", api.port, tls=tls, **{"tls-server-name": "another.test"})
        assert run(config, "get", "cluster").returncode == 1


# mbedTLS offers no Ed25519, so that such a server ends the handshake with an alert (RFC 8446, 4.2.3). docs/install.md says so.
def test_a_server_with_an_ed25519_certificate_is_explained(tmp_path):
    certificates.make(tmp_path, "IP:127.0.0.1", server_key=["-newkey", "ed25519", "-nodes"])
    with FakeApi(LISTS) as api, certificates.TlsProxy(api.port, tmp_path) as proxy:
        config = write_kubeconfig(tmp_path / "config", proxy.port, tls=tmp_path)
        done = run(config, "get", "cluster")
    assert done.returncode == 1
    assert b"does not take (Ed25519): docs/install.md says which it takes" in done.stderr, done.stderr


@pytest.mark.parametrize("secure", [True, False])
def test_credentials_go_out_in_tls_alone(tmp_path, tls, secure):
    seen = []

    def deployments(request):
        seen.append(request.headers["Authorization"])
        request.send(401, status(401, "Unauthorized"))

    with FakeApi({APPS + "deployments": deployments}, tls=tls if secure else None) as api:
        config = write_kubeconfig(tmp_path / "config", api.port, {"token": "SECRET"}, tls)
        flags = [] if secure else ["--server", f"127.0.0.1:{api.port}"]
        result = run(config, "get", "cluster", *flags)
    assert result.returncode == 1
    assert set(seen) == ({"Bearer SECRET"} if secure else {None})
    assert (b"No credentials are sent to an http:// server" in result.stderr) != secure


# A sign-in with a second factor takes its time (kubelogin's own bound is 180 s); the request's time begins after it.
def test_the_time_of_a_sign_in_is_not_the_requests(tmp_path, tls):
    credential = json.dumps({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                             "status": {"token": "t"}})
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": sys.executable,
                     "args": ["-c", f"import time; time.sleep(1.5); print({credential!r})"]}}
    with FakeApi(LISTS, tls=tls) as api:
        config = write_kubeconfig(tmp_path / "config", api.port, user, tls)
        result = run(config, "get", "cluster", "--request-timeout", "1s")
    assert result.returncode == 0, result.stderr


def test_a_sign_in_that_takes_long_names_its_command(tmp_path, tls):
    credential = json.dumps({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1",
                             "status": {"token": "t"}})
    go = tmp_path / "go"
    os.mkfifo(go)
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": sys.executable,
                     "args": ["-c", f"open({str(go)!r}).read(); print({credential!r})", "--client-secret=HIDDEN"]}}
    with FakeApi(LISTS, tls=tls) as api:
        config = write_kubeconfig(tmp_path / "config", api.port, user, tls)
        with subprocess.Popen([os.environ["KUBECTL_RAY"], "get", "cluster"], env=environment(config),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            told = process.stderr.readline()  # after ten seconds
            go.write_text("")
            _, rest = process.communicate(timeout=60)
    assert told == f'note: waiting for the kubeconfig\'s credential plugin "{sys.executable}" to sign in\n'
    assert process.returncode == 0 and "note: " not in rest and "HIDDEN" not in told + rest


def test_an_authority_that_the_tls_library_refuses_is_named(tmp_path, tls):
    certificates.openssl("req", "-x509", *certificates.KEY, "-keyout", "k", "-out", "ca.pem", "-subj", "/CN=x", "-addext",
                         "nameConstraints=critical,permitted;DNS:.test", cwd=tmp_path)
    config = write_kubeconfig(tmp_path / "config", 1, tls=tmp_path)
    result = run(config, "get", "cluster")
    assert result.returncode == 2
    assert b"critical extension nameConstraints" in result.stderr and b"docs/install.md" in result.stderr


def test_a_quiet_exec_pings(tmp_path):
    pinged = threading.Event()

    def serve(request):
        web_socket = request.accept_web_socket()
        while frame := web_socket.read():
            if frame[0] == 9:
                pinged.set()
                web_socket.frame(b'\x03{"status":"Success"}')
                return web_socket.close()

    routes = {CORE + "pods": lambda r: r.send(200, pod_list(pod("head"))), CORE + "pods/head/exec": serve}
    with FakeApi(routes) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port), "exec", "demo", "--", "sleep", "60")
    assert pinged.is_set() and result.returncode == 0, result.stderr


PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


class Gateway(LoopbackServer):
    """Answers each request for a path that ends in `path` with `answer`, and passes all others on to `target`."""

    def __init__(self, target, path, answer):
        super().__init__()
        self.target, self.path, self.answer = target, path, answer

    def serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(65536)
            if not data:
                return
            head += data
        if head.split(b" ")[1].decode().endswith(self.path):
            return client.sendall(self.answer)
        with socket.create_connection(("127.0.0.1", self.target)) as upstream:
            # One request a connection: the next one may be for the other path.
            upstream.sendall(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            relay(client, upstream)


def http_answer(status, body, headers=""):
    return f"HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{headers}\r\n{body}".encode()


def job(*words):
    return subprocess.run([os.environ["KUBECTL_RAY"], "job", *words], capture_output=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin"}, input=b"")


# 2i2c-org/infrastructure#7881, headlamp#4138: an ingress that drops the Upgrade header, or wants to see a session there.
@pytest.mark.parametrize("refusal", [400, 401, 403, 404, 426, 502])
def test_a_log_is_followed_where_no_web_socket_goes_through(refusal):
    with FakeDashboard(b"one\ntwo\n", questions=4) as dashboard, \
            Gateway(dashboard.port, "/logs/tail", http_answer(refusal, PAGE.format("no"))) as gateway:
        done = job("submit", "--address", f"http://127.0.0.1:{gateway.port}", "--", "true")
    assert (done.returncode, done.stdout) == (0, b"one\ntwo\n"), done.stderr
    assert done.stderr.count(b"note: ") == 1 and b"as no WebSocket goes through: cannot follow the log" in done.stderr


# A job that is over at the second question, and one that a WebSocket is there for.
@pytest.mark.parametrize("path, questions", [("/logs/tail", 1), ("/nowhere", 4)])
def test_who_does_not_poll_is_not_told_so(path, questions):
    with FakeDashboard(b"one\n", questions=questions) as dashboard, \
            Gateway(dashboard.port, path, http_answer(400, PAGE.format("no"))) as gateway:
        done = job("submit", "--address", f"http://127.0.0.1:{gateway.port}", "--", "true")
    assert (done.returncode, done.stdout) == (0, b"one\n") and b"note: " not in done.stderr, done.stderr


@pytest.mark.parametrize("status, headers, words", [
    (302, "Location: https://sso.test/login\r\n", [b'it sends us on to "https://sso.test/login"', b"--headers"]),
    (308, "Location: https://other.test/\r\n", [b'it sends us on to "https://other.test/"']),
    (401, "", [b"Sign in (HTTP status 401)", b"--headers"]),
    (403, "", [b"Sign in (HTTP status 403)", b"wants you to sign in"]),
    (413, "", [b"Sign in (HTTP status 413)", b"client_max_body_size"]),
    (502, "", [b"Sign in (HTTP status 502)", b"A gateway in front of the dashboard says so"]),
    (200, "", [b'it is a page, "Sign in"', b"wants you to sign in"]),
])
def test_a_gateways_page_is_told_as_one(status, headers, words):
    with Gateway(1, "/api/jobs/", http_answer(status, PAGE.format("Sign in"), headers)) as gateway:
        done = job("list", "--address", f"http://127.0.0.1:{gateway.port}")
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr, done.stderr
    assert b"html" not in done.stderr and b"This cluster asks for a token" not in done.stderr
