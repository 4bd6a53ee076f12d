"""Serve on a cluster without a RayService: through a port-forward to its head, with its token, as the commands follow each other."""

import base64
import os
import re
import signal
import subprocess

from fake_api import FakeApi, environment, forward_to, pod_list, run, status, write_kubeconfig
from fake_dashboard import FakeDashboard

CORE = "/api/v1/namespaces/default"
TOKEN = [{"name": "RAY_AUTH_MODE", "value": "token"},
         {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": "token", "key": "t"}}}]
HEAD = {
    "metadata": {"name": "head", "namespace": "default", "uid": "u", "resourceVersion": "1",
                 "labels": {"ray.io/cluster": "demo", "ray.io/node-type": "head", "ray.io/group": "headgroup"}},
    "spec": {"nodeName": "n", "containers": [{"name": "ray-head", "env": TOKEN,
                                              "ports": [{"name": "dashboard", "containerPort": 8265},
                                                        {"name": "serve", "containerPort": 8000}]}]},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
               "containerStatuses": [{"name": "ray-head", "restartCount": 0, "started": True, "ready": True, "state": {"running": {}}}]},
}
SERVICE = {"metadata": {"name": "demo-head-svc"}, "spec": {"ports": [
    {"name": "dashboard", "port": 8265, "targetPort": "dashboard"}, {"name": "serve", "port": 8000, "targetPort": "serve"}]}}


def pods(request):
    if "watch=true" not in request.query:
        return request.send(200, pod_list(HEAD))
    request.start_stream()
    return request.handler.rfile.read(1)  # until the other side hangs up


def routes(dashboard):
    """A namespace with a cluster of Deployments, of which this user may see the pods alone."""
    return {CORE + "/pods": pods, CORE + "/pods/head": lambda r: r.send(200, HEAD),
            CORE + "/pods/head/portforward": forward_to({8265: dashboard.port}),
            CORE + "/secrets/token": lambda r: r.send(200, {"data": {"t": base64.b64encode(b"secret").decode()}}),
            CORE + "/services": lambda r: r.send(200, pod_list(SERVICE)),
            "/apis/apps/v1/namespaces/default/deployments": lambda r: r.send(403, status(403)),
            "/apis/apps/v1/namespaces/default/deployments/demo-head": lambda r: r.send(403, status(403)),
            "/apis/ray.io/v1/namespaces/default/rayclusters/demo": lambda r: r.send(403, status(403)),
            "/apis/ray.io/v1": lambda r: r.send(200, {"resources": []})}


def test_applications_come_stay_and_go(tmp_path):
    with FakeDashboard(token="secret") as dashboard, FakeApi(routes(dashboard)) as api:
        config = write_kubeconfig(tmp_path / "config", api.port)

        def ray(*words):
            done = run(config, *words)
            assert done.returncode == 0, done.stderr
            return done.stdout.decode()

        assert ray("create", "service", "fruit", "-c", "demo", "--import-path", "fruit:app", "--route-prefix", "/fruit") == (
            "application/fruit created\n")
        assert ray("create", "service", "math", "-c", "demo", "--import-path", "math:app", "--wait") == (
            'application/math created\napplication/fruit stays as it is\nServe on cluster "demo" serves what was deployed\n')
        assert ray("rollout", "status", "cluster/demo").splitlines()[1:] == [
            '  /  application "math" is RUNNING', '  /fruit  application "fruit" is RUNNING', "  1 of 1 proxies healthy"]
        assert session_lines(config, 2) == [
            "/  application \"math\" is RUNNING", "/fruit  application \"fruit\" is RUNNING"]
        assert ray("delete", "service/math", "-c", "demo", "-y", "--wait") == "Deleted application math\n"
        assert [application["name"] for application in dashboard.serve] == ["fruit"]
        assert ray("delete", "-c", "demo", "--all", "-y").endswith('Serve on cluster "demo" is shut down\n')
        assert dashboard.serve is None


def session_lines(config, count):
    """What `session --routes` prints below its ports, without the address that it listens at."""
    command = [os.environ["KUBECTL_RAY"], "session", "demo", "--routes", "--port", "0:dashboard", "--port", "0:serve"]
    process = subprocess.Popen(command, env=environment(config), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = []
    for line in process.stdout:
        if found := re.fullmatch(r"http://localhost:\d+(/.*)\n", line):
            lines.append(found[1])
        if len(lines) == count:
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert len(lines) == count, err
    return lines
