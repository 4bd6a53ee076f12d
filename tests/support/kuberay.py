"""KubeRay's operator in the real cluster, as a pod of its own release's manifests."""

import contextlib
import json
import subprocess
import time

import cluster

SCRIPT = cluster.ROOT / "tests/cluster/operator"
TINY = {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"memory": "2Gi"}}


@contextlib.contextmanager
def operator():
    """In the cluster while it lasts; one that was there before stays. Whatever it looks after has to be gone at the end."""
    was_there = cluster.run("kubectl", "get", "namespace", "kuberay-operator").returncode == 0
    if not was_there:
        change("install")
    yield
    if not was_there:
        change("remove")


def change(action: str) -> None:
    done = subprocess.run([SCRIPT, action], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


def apply(ns: str, *manifests: dict) -> None:
    done = cluster.run("kubectl", "apply", "--server-side", "-n", ns, "-f", "-",
                       input=json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))
    assert done.returncode == 0, done.stderr


def head_only(**pod_spec) -> dict:
    """The spec of a RayCluster without workers, as a user of KubeRay writes it: nothing of this project is in it."""
    container = {"name": "ray-head", "image": cluster.IMAGE, "imagePullPolicy": "Never", "resources": TINY, **pod_spec.pop("container", {})}
    return {"rayVersion": cluster.RAY_VERSION,
            "headGroupSpec": {"rayStartParams": {"num-cpus": "1"}, "template": {"spec": {"containers": [container], **pod_spec}}}}


def wait_until(read, is_right, timeout: float = 240):
    """What `read` gives, once it is right."""
    end = time.monotonic() + timeout
    while not is_right(value := read()):
        assert time.monotonic() < end, value
        time.sleep(0.5)  # polls a resource's status, as the operator writes it
    return value
