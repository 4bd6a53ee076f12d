"""`top` with a dashboard behind a port-forward: one request for all nodes, and what it does without an answer."""

import contextlib
import http.server
import json
import os
import signal
import subprocess
import threading
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


def server(pods, dashboard=None):
    def list_pods(request):
        selector = urllib.parse.unquote(request.query)
        request.send(200, pod_list(*[p for p in pods if "ray.io/cluster=" not in selector
                                     or f"ray.io/cluster={p['metadata']['labels']['ray.io/cluster']}" in selector]))

    return FakeApi({PODS: list_pods, PODS + "/head/portforward": forward_to({8265: dashboard.port} if dashboard else {})})


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


def watch_twice(kubeconfig):
    """Two looks of a watch; what it printed on stderr."""
    process = subprocess.Popen([os.environ["KUBECTL_RAY"], "top", "node", "--watch"], env=environment(kubeconfig),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    headers = 0
    while headers < 2:
        line = process.stdout.readline()
        assert line, process.stderr.read()
        headers += line.startswith(b"NAME ")
    process.send_signal(signal.SIGINT)
    assert process.wait(30) in (-signal.SIGINT, 130)
    return process.stderr.read()


def test_a_watch_looks_again_and_for_the_head_once(tmp_path):
    with FakeDashboard() as dashboard:
        dashboard.summary = [node("head")]
        with server([pod("head")], dashboard) as api:
            watch_twice(write_kubeconfig(tmp_path / "config", api.port))
            heads = [request for request in api.requests if "node-type%3Dhead" in request]
    assert len(heads) == 1


def test_a_watch_of_agents_leaves_the_dashboard_alone_and_says_so_once(tmp_path):
    with FakeDashboard() as dashboard, agent() as port:
        with server([pod("head")], dashboard) as api:
            api.routes[f"{PODS}/head/portforward"] = forward_to({8265: dashboard.port, 8080: port})
            said = watch_twice(write_kubeconfig(tmp_path / "config", api.port))
        assert len([request for request in dashboard.requests if "/nodes" in request]) == 1
    assert said.count(b"its agents have now") == 1, said


METRICS = """# TYPE ray_node_mem_used gauge
ray_node_mem_used{ip="10.0.0.1"} 1.073741824e+09
ray_node_mem_total{ip="10.0.0.1"} 2.147483648e+09
ray_node_cpu_utilization{ip="10.0.0.1"} 25.0
ray_node_cpu_count{ip="10.0.0.1"} 2.0
ray_resources{Name="CPU",State="USED"} 1.0
ray_resources{Name="CPU",State="AVAILABLE"} 1.0
"""


@contextlib.contextmanager
def agent(text=METRICS, status=200):
    """What an agent serves for Prometheus; any number of pods may share it."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/metrics" else 404)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield served.server_address[1]
        served.shutdown()


def test_without_a_dashboard_the_agents_are_asked(tmp_path):
    """One agent at a moved port, one of another program, one that nobody is at, and a pod that does not run yet."""
    moved, coming = pod("moved", kind="worker"), pod("coming", kind="worker")
    moved["spec"]["containers"][0]["env"] = [{"name": "KUBERAY_GEN_RAY_START_CMD", "value": "ray start --metrics-export-port=9100"}]
    coming["status"] = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no room"}]}
    pods = [pod("head"), moved, pod("other", kind="worker"), pod("closed", kind="worker"), coming]
    with agent() as port, agent("nginx_up 1\n") as other, server(pods) as api:
        api.routes |= {f"{PODS}/head/portforward": forward_to({8080: port}), f"{PODS}/moved/portforward": forward_to({9100: port}),
                       f"{PODS}/other/portforward": forward_to({8080: other}), f"{PODS}/closed/portforward": forward_to({})}
        kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
        pod_rows = run(kubeconfig, "top", "pod", "-o", "json")
        node_rows = run(kubeconfig, "top", "node", "-o", "name")
        summed = run(kubeconfig, "top", "cluster")
        one = run(kubeconfig, "top", "pod", "moved")
    assert pod_rows.returncode == 0, pod_rows.stderr
    items = {item["name"]: item for item in json.loads(pod_rows.stdout)["items"]}
    for name in ("head", "moved"):
        assert items[name]["cpu"] == {"used": 0.5, "allocated": 1, "capacity": 2, "limit": 2}, items[name]
        assert items[name]["memory"]["used"] == 1 << 30 and items[name]["ageSeconds"] is None and "whyUnknown" not in items[name]
    assert items["other"]["whyUnknown"] == "port 8080 has no numbers of a Ray node"
    assert items["closed"]["whyUnknown"] == "nothing answers on port 8080"
    assert "no room" in items["coming"]["whyUnknown"]
    assert set(node_rows.stdout.split()) == {b"pod/head", b"pod/moved", b"pod/other", b"pod/closed"}, node_rows.stdout
    assert [line.split()[1] for line in summed.stdout.splitlines()] == [b"SAMPLED", b"2/5"], summed.stdout
    assert b'cluster "demo": the numbers are those that its agents have now' in pod_rows.stderr
    assert b'nothing answers on port 8265 of pod "head"' in pod_rows.stderr and b"2 of 4 agents could not be read" in pod_rows.stderr
    assert one.returncode == 0 and b"0.5/2" in one.stdout, one.stderr


def test_a_dashboard_that_refuses_is_as_good_as_none(tmp_path):
    for status in (403, 404, 500):
        with FakeDashboard() as dashboard, agent() as port:
            dashboard.refused_paths = {"/nodes": status}
            with server([pod("head")], dashboard) as api:
                api.routes[f"{PODS}/head/portforward"] = forward_to({8265: dashboard.port, 8080: port})
                done = run(write_kubeconfig(tmp_path / "config", api.port), "top", "node")
        assert done.returncode == 0 and b"0.5/2" in done.stdout and b"its agents have now" in done.stderr, done.stderr


def test_forbidden_ports_are_asked_for_once(tmp_path):
    """Of many agents, at most as many as are asked at a time."""
    def refuse(request):
        request.send(403, {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "pods is forbidden"})

    pods = [pod("head"), *(pod(f"worker-{i}", kind="worker") for i in range(99))]
    with server(pods) as api:
        api.routes |= {f"{PODS}/{p['metadata']['name']}/portforward": refuse for p in pods}
        done = run(write_kubeconfig(tmp_path / "config", api.port), "top", "pod", "-o", "wide")
        asked = {request.split("?")[0] for request in api.requests if "/portforward" in request}
    assert done.returncode == 1 and len(asked) < 60, (done.stderr, len(asked))
    assert done.stdout.count(b"portforward") >= 99, done.stdout
