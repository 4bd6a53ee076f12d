"""A head pod that is replaced, suspended or deleted while its job is followed, and one whose Ray has given its dashboard up:
what is told of it. The pods have a program in place of Ray, which starts in a second; the rest is the real cluster."""

import subprocess

import cluster
import pytest
import ray_pods
from api_server import wait_for

DASHBOARD = ("import signal, sys; sys.path.insert(0, '/support'); from fake_dashboard import FakeDashboard; "
             "FakeDashboard(b'begun\\n', questions=1 << 30, port=8265); signal.pause()")
RAYLET_ALONE = """
import http.server

class Agent(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/local_raylet_healthz" else 404)
        self.end_headers()
        self.wfile.write(b"success")

http.server.ThreadingHTTPServer(("127.0.0.1", 52365), Agent).serve_forever()
"""
PROBE = "import socket; socket.create_connection(('127.0.0.1', 8265))"


@pytest.fixture
def ns():
    with cluster.namespace("head-pod") as name:
        ray_pods.create_head_deployment(name, DASHBOARD, PROBE)
        cluster.kubectl("rollout", "status", "deployment/demo-head", "-n", name, "--timeout=110s")
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
        out, err = process.communicate(timeout=120)
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


def test_a_dashboard_that_was_given_up_is_told_without_an_event():
    # Kubelets drop events where there are many; this probe says nothing of a dashboard either.
    with cluster.namespace("head-pod") as name:
        ray_pods.create_head_deployment(name, RAYLET_ALONE, "raise SystemExit(1)")
        wait_for(lambda: "Ray went on without it" in cluster.run("kubectl-ray", "status", "demo", "-n", name).stdout)
        done = cluster.run("kubectl-ray", "status", "demo", "-n", name)
    assert done.returncode == 1, done.stderr
    assert "runs Ray but is not ready: nothing answers on its dashboard's port, and Ray went on without it\n" in done.stdout
    assert f"`kubectl ray logs demo -n {name} --node-type head --out-dir DIRECTORY`" in done.stdout
