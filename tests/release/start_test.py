"""The released Linux programs start where nothing else is: an empty root, a musl-like root with busybox alone, arm64 under
emulation; names and TLS work there, too."""

import pathlib
import shutil
import subprocess
import sys

import pytest
import dist

SUPPORT = pathlib.Path(__file__).parents[1] / "support"
EMULATOR = pathlib.Path("/usr/bin/qemu-aarch64-static")
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
users: [{name: u, user: {token: t}}]
clusters: [{name: c, cluster: {server: "https://api.release.test:6443", certificate-authority: /ca.pem}}]
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=api.release.test", "-addext", "subjectAltName=DNS:api.release.test",
                    "-keyout", folder / "key.pem", "-out", folder / "ca.pem"], check=True, capture_output=True)
    return folder


@pytest.fixture
def named_root(root, certificate):
    """The same with a name server's address and the certificate; there is no /dev, so TLS asks the kernel for its secrets."""
    (root.path / "etc").mkdir()
    (root.path / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    shutil.copy(certificate / "ca.pem", root.path / "ca.pem")
    return root


@pytest.fixture(params=["amd64", "arm64"])
def root(request, tmp_path):
    """A root with the two programs and nothing else; `root.command` is what runs one of them there."""
    for name, binary in (("kubectl-ray", dist.plugin(f"linux_{request.param}")),
                         ("ray-init-agent", dist.agent(request.param))):
        (tmp_path / name).write_bytes(binary)
        (tmp_path / name).chmod(0o755)
    emulator = []
    if request.param == "arm64":
        shutil.copy(EMULATOR, tmp_path / "emulator")
        emulator = ["/emulator"]
    return Root(tmp_path, emulator)


class Root:
    def __init__(self, path, emulator):
        self.path = path
        self.emulator = emulator

    def command(self, *arguments):
        return ["/usr/sbin/chroot", str(self.path), *self.emulator, *arguments]

    def run(self, *arguments, **keywords):
        return subprocess.run(self.command(*arguments), env={}, capture_output=True, text=True, timeout=120, **keywords)


def test_both_start_in_an_empty_root(root):
    done = root.run("/kubectl-ray", "version", "--client")
    assert done.returncode == 0, done.stderr
    assert "(amd64, arm64)" in done.stdout
    assert root.run("/kubectl-ray", "--help").stdout.startswith("Run Ray on Kubernetes")
    done = root.run("/ray-init-agent", "--help")
    assert done.returncode == 0 and "ray-init-agent" in done.stdout, done.stderr


def test_both_start_from_the_shell_of_busybox(root):
    (root.path / "bin").mkdir()
    shutil.copy("/bin/busybox", root.path / "bin/sh")
    for program in ("/kubectl-ray version --client", "/ray-init-agent --help"):
        line = " ".join([*root.emulator, program])
        done = subprocess.run(["/usr/sbin/chroot", root.path, "/bin/sh", "-c", line + " && echo ended well"], env={}, capture_output=True,
                              text=True, timeout=120)
        assert done.stdout.endswith("ended well\n"), done.stderr


def run_beside_the_api(root, certificate, kubeconfig, *arguments):
    """Runs the plugin there, in a network of its own with a name server and an API server."""
    (root.path / "kubeconfig").write_text(kubeconfig)
    server = [sys.executable, SUPPORT / "named_api.py", certificate / "ca.pem", certificate / "key.pem"]
    command = root.command("/kubectl-ray", *arguments, "--kubeconfig", "/kubeconfig")
    return subprocess.run(["unshare", "--net", *server, *command], capture_output=True, text=True, timeout=120)


def test_names_and_tls_work_in_a_root_without_a_c_library(named_root, certificate):
    done = run_beside_the_api(named_root, certificate, KUBECONFIG, "version")
    assert "Kubernetes version: v1.34.4\n" in done.stdout, done.stderr


def test_a_certificate_of_another_name_is_refused(named_root, certificate):
    other = KUBECONFIG.replace("certificate-authority:", "tls-server-name: other.test, certificate-authority:")
    done = run_beside_the_api(named_root, certificate, other, "get", "cluster")
    assert done.returncode == 1 and "certificate" in done.stderr, done.stderr


def test_an_unknown_name_is_an_error_that_names_it(named_root, certificate):
    done = run_beside_the_api(named_root, certificate, KUBECONFIG.replace("api.release.test", "none.release.test"), "get", "cluster")
    assert done.returncode == 1 and "none.release.test" in done.stderr, done.stderr
