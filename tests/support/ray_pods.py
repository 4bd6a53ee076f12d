"""Pods that look like a Ray cluster's and start at once: for what needs pods, but no Ray."""

import json
import subprocess
import time
import urllib.request

import cluster

HEAD = (
    "mkdir -p /tmp/ray/session_1/logs/old && ln -sfn session_1 /tmp/ray/session_latest && cd /tmp/ray/session_1/logs "
    "&& echo one > raylet.out && head -c 300000 /dev/zero > old/big && ln -s /etc/passwd link "
    "&& mkdir -p /tmp/www && cd /tmp/www && echo from-the-dashboard > index.html "
    "&& (python3 -m http.server 8265 >/dev/null 2>&1 &) ; echo head is up; touch /tmp/up; while :; do sleep 1; done"
)
WORKER = "for i in 1 2 3; do echo worker line $i; done; touch /tmp/up; while :; do sleep 1; done"


def _pod(name: str, node_type: str, script: str) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"ray.io/cluster": "demo", "ray.io/node-type": node_type}},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "containers": [{
                "name": "ray",
                "image": cluster.IMAGE,
                "imagePullPolicy": "Never",
                "command": ["bash", "-c", script],
                "resources": {"requests": {"cpu": "20m"}},
                # Ready is not only begun: its lines and files are there.
                "readinessProbe": {"exec": {"command": ["test", "-e", "/tmp/up"]}, "periodSeconds": 1},
            }],
        },
    }


def head(name: str) -> dict:
    return _pod(name, "head", HEAD)


def worker(name: str) -> dict:
    return _pod(name, "worker", WORKER)


def create(namespace: str, *pods: dict) -> None:
    """Creates them and waits until they run."""
    done = subprocess.run(["kubectl", "create", "-n", namespace, "-f", "-"], env=cluster.environment(),
                          input=json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}), text=True,
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    names = ["pod/" + pod["metadata"]["name"] for pod in pods]
    cluster.kubectl("wait", "-n", namespace, "--for=condition=Ready", "--timeout=240s", *names, timeout=250)


def create_head_deployment(namespace: str, program: str, probe: str) -> None:
    """Makes cluster `demo`, without an operator, as the plugin would find it: its head runs `program` in place of Ray and is ready
    once `probe` ends well. Both are Python; tests/support's fake_dashboard is in /support."""
    labels = {"ray.io/cluster": "demo", "ray.io/node-type": "head", "ray.io/group": "headgroup",
              "app.kubernetes.io/managed-by": "kubectl-ray"}
    container = {
        "name": "ray-head", "image": cluster.IMAGE, "imagePullPolicy": "Never", "command": ["python3", "-c", program],
        "resources": {"requests": {"cpu": "20m"}}, "volumeMounts": [{"name": "support", "mountPath": "/support"}],
        "readinessProbe": {"exec": {"command": ["python3", "-c", probe]}, "periodSeconds": 1},
    }
    deployment = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "demo-head", "labels": labels},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
            "terminationGracePeriodSeconds": 0, "containers": [container],
            "volumes": [{"name": "support", "configMap": {"name": "support"}}]}}},
    }
    cluster.kubectl("create", "configmap", "support", "-n", namespace,
                    f"--from-file={cluster.ROOT / 'tests/support/fake_dashboard.py'}")
    done = cluster.run("kubectl", "create", "-n", namespace, "-f", "-", input=json.dumps(deployment))
    assert done.returncode == 0, done.stderr


def dashboard(port: int, deadline: float = 60) -> str:
    """What a head's dashboard answers on a forwarded port, once it is up."""
    end = time.monotonic() + deadline
    while True:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read().decode().strip()
        except OSError:
            assert time.monotonic() < end
