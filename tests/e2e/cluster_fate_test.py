"""A cluster whose head pod is replaced, that is suspended or deleted while its job is followed: it is noticed at once. The
head is a pod with a dashboard and no Ray, which starts in a second; the rest is the real cluster."""

import json
import subprocess

import cluster
import pytest

DASHBOARD = ("import signal, sys; sys.path.insert(0, '/dashboard'); from fake_dashboard import FakeDashboard; "
             "FakeDashboard(b'begun\\n', questions=1 << 30, port=8265); signal.pause()")
PROBE = "import socket; socket.create_connection(('127.0.0.1', 8265))"
LABELS = {"ray.io/cluster": "demo", "ray.io/node-type": "head", "app.kubernetes.io/managed-by": "kubectl-ray"}
HEAD = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "demo-head", "labels": LABELS},
    "spec": {
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": LABELS},
        "template": {"metadata": {"labels": LABELS}, "spec": {
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "ray", "image": cluster.IMAGE, "imagePullPolicy": "Never", "command": ["python3", "-c", DASHBOARD],
                            "resources": {"requests": {"cpu": "20m"}},
                            "volumeMounts": [{"name": "dashboard", "mountPath": "/dashboard"}],
                            "readinessProbe": {"exec": {"command": ["python3", "-c", PROBE]}, "periodSeconds": 1}}],
            "volumes": [{"name": "dashboard", "configMap": {"name": "dashboard"}}]}},
    },
}


@pytest.fixture
def ns():
    with cluster.namespace("fate") as name:
        cluster.kubectl("create", "configmap", "dashboard", "-n", name,
                        f"--from-file={cluster.ROOT / 'tests/support/fake_dashboard.py'}")
        done = cluster.run("kubectl", "create", "-n", name, "-f", "-", input=json.dumps(HEAD))
        assert done.returncode == 0, done.stderr
        cluster.kubectl("rollout", "status", "deployment/demo-head", "-n", name, "--timeout=60s")
        yield name


def follow_and(ns, *then):
    """What a job's following ends with, where `then` is done once it is running."""
    process = subprocess.Popen(["kubectl-ray", "job", "submit", "--cluster", "demo", "-n", ns, "--submission-id", "j", "--", "x"],
                               env=cluster.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "begun\n"
        done = cluster.run(*then)
        assert done.returncode == 0, done.stderr
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out) == (1, ""), err
    return err


def test_suspended(ns):
    err = follow_and(ns, "kubectl-ray", "suspend", "demo", "-n", ns)
    assert 'error: cannot follow job "j" any longer: Ray cluster "demo" was suspended\n' in err
    assert f"kubectl ray resume demo -n {ns}" in err


def test_deleted(ns):
    err = follow_and(ns, "kubectl-ray", "delete", "demo", "-n", ns, "--yes")
    assert 'error: cannot follow job "j" any longer: Ray cluster "demo" was deleted\n' in err


def test_a_new_head_knows_no_jobs(ns):
    old = cluster.kubectl_json("get", "pods", "-n", ns)["items"][0]["metadata"]["name"]
    err = follow_and(ns, "kubectl", "delete", "pod", "-n", ns, old, "--wait=false")
    assert f'error: cannot follow job "j" any longer: head pod "{old}" was replaced by "demo-head-' in err
    assert "Submit the job again." in err
