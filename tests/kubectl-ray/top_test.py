"""`top` with a dashboard behind a port-forward: one request for all nodes, and what it does without an answer."""

import json
import os
import signal
import subprocess
import time
import urllib.parse

from fake_api import FakeApi, environment, forward_to, pod_list, run, write_kubeconfig
from fake_dashboard import FakeDashboard

PODS = "/api/v1/namespaces/default/pods"


def pod(name, cluster="demo", kind="head"):
    container = "ray-" + kind
    return {
        "metadata": {"name": name, "namespace": "default", "uid": "u-" + name, "resourceVersion": "1",
                     "labels": {"ray.io/cluster": cluster, "ray.io/node-type": kind, "ray.io/group": kind, "ray.io/is-ray-node": "yes"}},
        "spec": {"nodeName": "n", "containers": [{"name": container, "resources": {"limits": {"cpu": "2", "memory": "2Gi"}}}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
                   "containerStatuses": [{"name": container, "restartCount": 0, "started": True, "ready": True, "state": {"running": {}}}]},
    }


def node(name, cpu=25.0):
    """With what the dashboard has of each worker process, too: most of its answer."""
    workers = [{"pid": i, "usedResources": {"CPU": 1}, "objectRefs": ["x" * 200]} for i in range(5)]
    return {"now": time.time() - 4, "cpu": cpu, "cpus": [2, 1], "mem": [2 << 30, 1 << 30, 50.0, 1 << 30],
            "raylet": {"state": "ALIVE", "nodeId": "ab" * 28, "instanceId": name, "resourcesTotal": {"CPU": 2.0},
                       "storeStats": {"objectStoreBytesAvail": "1000"}, "coreWorkersStats": workers}}


def server(pods, dashboard):
    def list_pods(request):
        selector = urllib.parse.unquote(request.query)
        request.send(200, pod_list(*[p for p in pods if "ray.io/cluster=" not in selector
                                     or f"ray.io/cluster={p['metadata']['labels']['ray.io/cluster']}" in selector]))

    return FakeApi({PODS: list_pods, PODS + "/head/portforward": forward_to({8265: dashboard.port})})


def test_a_thousand_nodes_are_one_request(tmp_path):
    names = ["head", *(f"worker-{i}" for i in range(999))]
    with FakeDashboard() as dashboard:
        dashboard.summary = [node(name, cpu=90 if name == "worker-7" else 25.0) for name in names]
        pods = [pod(name, kind="head" if name == "head" else "worker") for name in names]
        with server(pods, dashboard) as api:
            kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
            done = run(kubeconfig, "top", "pod", "--sort-by", "cpu", "-o", "json")
            summed = run(kubeconfig, "top", "cluster", "demo")
        asked = [request for request in dashboard.requests if "/nodes" in request]
    assert done.returncode == 0, done.stderr
    items = json.loads(done.stdout)["items"]
    assert len(items) == 1000 and items[0]["name"] == "worker-7" and items[0]["cpu"] == {"used": 1.8, "allocated": None, "capacity": 2, "limit": 2}
    assert all(4 <= item["ageSeconds"] < 60 for item in items)
    assert summed.returncode == 0 and b"1000/1000" in summed.stdout and b"501.3/2000" in summed.stdout, summed.stdout + summed.stderr
    assert len(asked) == 2


def test_a_cluster_whose_dashboard_does_not_answer_is_a_warning(tmp_path):
    with FakeDashboard() as dashboard:
        dashboard.summary = [node("head")]
        pods = [pod("head"), pod("lost-head", "lost")]
        with server(pods, dashboard) as api:
            kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
            done = run(kubeconfig, "top", "pod")
            dashboard.summary = None  # 404
            failed = run(kubeconfig, "top", "cluster")
    assert done.returncode == 0, done.stderr
    assert b'warning: what cluster "lost" uses is not known: ' in done.stderr
    rows = [line.split() for line in done.stdout.decode().splitlines()]
    assert [row[:3] for row in rows[1:]] == [["head", "head", "0.5/2"], ["lost-head", "head", "?/2"]]
    assert failed.returncode == 1 and b"error: " in failed.stderr and b"demo" in failed.stdout, failed.stderr


def test_a_watch_looks_again_and_for_the_head_once(tmp_path):
    with FakeDashboard() as dashboard:
        dashboard.summary = [node("head")]
        with server([pod("head")], dashboard) as api:
            kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
            process = subprocess.Popen([os.environ["KUBECTL_RAY"], "top", "node", "--watch"], env=environment(kubeconfig),
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            headers = 0
            while headers < 2:
                line = process.stdout.readline()
                assert line, process.stderr.read()
                headers += line.startswith(b"NAME ")
            process.send_signal(signal.SIGINT)
            assert process.wait(30) in (-signal.SIGINT, 130)
            heads = [request for request in api.requests if "node-type%3Dhead" in request]
    assert len(heads) == 1
