"""A kube-apiserver and etcd of a test's own on loopback: real validation and storage, no node, no controller."""

import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import time
import urllib.request

from cluster import IMAGE, part
from free_ports import free_ports

TOKEN = "test-only"


class ApiServer:
    def __init__(self, directory: pathlib.Path, port: int):
        self.directory = directory
        self.url = f"https://127.0.0.1:{port}"
        self.kubeconfig = directory / "kubeconfig"
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url, "insecure-skip-tls-verify": True}}],
            "users": [{"name": "test", "user": {"token": TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        }))

    def request(self, method: str, path: str, body=None, content_type: str = "application/json", impersonate: str = ""):
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {
            "Authorization": f"Bearer {TOKEN}", "Content-Type": content_type, **({"Impersonate-User": impersonate} if impersonate else {})}, method=method)
        with urllib.request.urlopen(request, timeout=30, context=ssl._create_unverified_context()) as answer:
            return json.load(answer) if path != "/readyz" else answer.read()

    def send_all(self, batches: list[list[tuple]]):
        """For thousands of objects: the (METHOD, PATH, BODY) of each batch in order, over few connections that stay open."""
        def send(some: list[list[tuple]]):
            connection = http.client.HTTPSConnection(self.url.removeprefix("https://"), timeout=60, context=ssl._create_unverified_context())
            with contextlib.closing(connection):
                for method, path, body in (request for batch in some for request in batch):
                    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
                    connection.request(method, path, json.dumps(body), {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind})
                    answer = connection.getresponse()
                    text = answer.read()
                    assert answer.status < 300, text

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(send, (batches[first::8] for first in range(8))))

    def audit(self, user: str) -> list[dict]:
        """The requests that `user` has made by impersonation until now, in audit.k8s.io/v1's words."""
        events = [json.loads(line) for line in (self.directory / "audit.log").read_text().splitlines()]
        return [event for event in events if event.get("impersonatedUser", {}).get("username") == user]

    def install_crds(self):
        """KubeRay's definitions, of its operator's module."""
        for file in sorted(part("kuberay-crds").glob("*.yaml")):
            name = file.stem.replace("ray.io_", "") + ".ray.io"
            path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
            self.request("PATCH", path + "?fieldManager=test&force=true", file.read_bytes(), "application/apply-patch+yaml")
            wait_for(lambda p=path: any(
                c["type"] == "Established" and c["status"] == "True"
                for c in self.request("GET", p).get("status", {}).get("conditions") or []))

    def ray(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess:
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig), "KUBECTL_RAY_IMAGE": IMAGE}
        return subprocess.run([os.environ["KUBECTL_RAY"], *arguments], env=environment, timeout=timeout,
                              capture_output=True, text=True, check=False)


def wait_for(condition, timeout: float = 120):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.1)  # polls a process that comes up, which sends no event


@contextlib.contextmanager
def running(name: str, command: list[str], log: pathlib.Path):
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


@contextlib.contextmanager
def api_server(*flags: str):
    """`flags` go to kube-apiserver beside those that every test has. It writes down who asked for what: see audit()."""
    with tempfile.TemporaryDirectory(prefix="api-server-") as name, contextlib.ExitStack() as stack:
        directory = pathlib.Path(name)
        subprocess.run(["openssl", "genrsa", "-out", directory / "sa.key", "2048"], check=True, capture_output=True)
        (directory / "tokens.csv").write_text(f'{TOKEN},admin,1,"system:masters"\n')
        (directory / "audit.yaml").write_text(json.dumps({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
            "rules": [{"level": "None", "users": ["system:apiserver"]}, {"level": "Metadata"}]}))
        etcd, peer, port = free_ports(3)
        stack.enter_context(running("etcd", [
            "etcd", f"--data-dir={directory}/etcd", f"--listen-client-urls=http://127.0.0.1:{etcd}",
            f"--advertise-client-urls=http://127.0.0.1:{etcd}", f"--listen-peer-urls=http://127.0.0.1:{peer}",
            "--unsafe-no-fsync",
        ], directory / "etcd.log"))
        process = stack.enter_context(running("kube-apiserver", [
            str(part("kube-apiserver") / "kube-apiserver"), f"--etcd-servers=http://127.0.0.1:{etcd}", f"--secure-port={port}",
            "--bind-address=127.0.0.1", f"--cert-dir={directory}/certs", f"--token-auth-file={directory}/tokens.csv",
            "--service-account-issuer=https://test", f"--service-account-key-file={directory}/sa.key",
            f"--service-account-signing-key-file={directory}/sa.key", "--service-cluster-ip-range=10.0.0.0/24",
            "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount",
            f"--audit-policy-file={directory}/audit.yaml", f"--audit-log-path={directory}/audit.log", *flags,
        ], directory / "apiserver.log"))
        server = ApiServer(directory, port)

        def ready():
            assert process.poll() is None, (directory / "apiserver.log").read_text()[-2000:]
            with contextlib.suppress(OSError):
                return server.request("GET", "/readyz") == b"ok"

        wait_for(ready)
        yield server


@contextlib.contextmanager
def kuberay_api_server(*flags: str):
    """An API server with KubeRay's definitions, and no operator."""
    with api_server(*flags) as server:
        server.install_crds()
        yield server
