"""The real cluster of tests/cluster, for integration and e2e tests: namespaces of one's own, the plugin, kubectl."""

import contextlib
import functools
import json
import os
import pathlib
import subprocess
import uuid

CACHE = pathlib.Path(
    os.environ.get("KUBECTL_RAY_CACHE")
    or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "kubectl-ray"
)
KUBECONFIG = CACHE / "cluster" / "kubeconfig"
KUBECONFIG_NOBODY = CACHE / "cluster" / "kubeconfig-nobody"
ROOT = pathlib.Path(__file__).resolve().parents[2]
RAY_VERSION = os.environ.get("KUBECTL_RAY_RAY_VERSION") or "2.60.0"
IMAGE = f"localhost/ray:{RAY_VERSION}"

# Two cores carry Kubernetes, Ray's head and its workers.
SMALL = ["--head-cpu", "500m", "--head-memory", "2Gi", "--worker-cpu", "250m", "--worker-memory", "1Gi"]


@functools.cache
def part(name: str) -> pathlib.Path:
    """The folder of a part of tests/cluster/parts, built at its first need."""
    done = subprocess.run([ROOT / "tests/cluster/part", name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return pathlib.Path(done.stdout.strip())


def environment(kubeconfig: pathlib.Path = KUBECONFIG) -> dict[str, str]:
    plugin = pathlib.Path(os.environ["KUBECTL_RAY"])
    kubectl = CACHE / "cluster" / "bin"
    return {
        **os.environ,
        "KUBECONFIG": str(kubeconfig),
        "KUBECTL_RAY_IMAGE": IMAGE,
        "PATH": f"{kubectl}:{plugin.parent}:{os.environ['PATH']}",
    }


def run(*arguments: str, timeout: float = 120, kubeconfig: pathlib.Path = KUBECONFIG, **keywords) -> subprocess.CompletedProcess:
    """Runs a command as a user would type it, with the cluster's kubeconfig; never raises for its exit code."""
    return subprocess.run(
        arguments, env=environment(kubeconfig), timeout=timeout, capture_output=True, text=True, check=False, **keywords
    )


def kubectl(*arguments: str, timeout: float = 120) -> str:
    done = run("kubectl", *arguments, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kubectl_json(*arguments: str) -> dict:
    return json.loads(kubectl(*arguments, "-o", "json"))


@contextlib.contextmanager
def namespace(prefix: str):
    """A namespace of its own, gone with everything in it at the end."""
    name = f"{prefix}-{uuid.uuid4().hex[:6]}"
    kubectl("create", "namespace", name)
    try:
        yield name
    finally:
        # Nothing new comes into it then, and what runs has no time of grace: Ray's pods would take all of theirs, 30 s and more.
        kubectl("delete", "namespace", name, "--wait=false")
        run("kubectl", "delete", "pods", "--all", "-n", name, "--grace-period=1", "--wait=false")
        kubectl("wait", "--for=delete", f"namespace/{name}", "--timeout=180s", timeout=200)
