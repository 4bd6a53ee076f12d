"""Pods that are but objects of a real API server: on a node whose kubelet is a fake that answers what the API server asks one for."""

import contextlib
import json
import pathlib
import tempfile

import certificates
from fake_api import FakeApi, forward_to

NODE = "node-1"
POD_PATH = "/api/v1/namespaces/default/pods"
CLUSTERS = "/apis/ray.io/v1/namespaces/default/rayclusters"


@contextlib.contextmanager
def kubelet(server, ports=None, log=None):
    """A node of `server`. `ports`: {POD: {its port: the local port that stands for it}}; `log`: a route for all containers' logs."""
    with tempfile.TemporaryDirectory() as folder:
        tls = certificates.make(pathlib.Path(folder), "IP:127.0.0.1")
        with FakeApi({f"/portForward/default/{pod}": forwarding(local) for pod, local in (ports or {}).items()}, tls=tls) as fake:
            if log:
                fake.routes = AllLogs(log)
            server.request("POST", "/api/v1/nodes", {"kind": "Node", "apiVersion": "v1", "metadata": {"name": NODE}})
            server.request("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": {
                "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}], "daemonEndpoints": {"kubeletEndpoint": {"Port": fake.port}}}},
                "application/merge-patch+json")
            yield fake


def forwarding(local):
    route = forward_to(local)

    def serve(request):
        request.query = request.query.replace("port=", "ports=")  # the API server's word for it, and a client's
        route(request)

    return serve


class AllLogs(dict):
    def __init__(self, route):
        super().__init__()
        self.route = route

    def get(self, path, default=None):
        return self.route if path.startswith("/containerLogs/") else default


def pod(name, node_type, group):
    container = f"ray-{node_type}"
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "labels": {"ray.io/cluster": "demo", "ray.io/node-type": node_type, "ray.io/group": group,
                                              "ray.io/is-ray-node": "yes", "ray.io/identifier": f"demo-{node_type}",
                                              "app.kubernetes.io/name": "kuberay", "app.kubernetes.io/created-by": "kuberay-operator"}},
        "spec": {"nodeName": NODE, "containers": [{
            "name": container, "image": "ray", "command": ["ray-init-agent", "start"],
            "env": [{"name": f"VARIABLE_{number}", "value": "some value of it"} for number in range(15)],
            "resources": {"limits": {"cpu": "2", "memory": "2Gi"}}}]},
    }


def running(number, container):
    """The status that a kubelet writes."""
    began = "2026-11-21T03:00:00Z"
    return {"status": {
        "phase": "Running", "podIP": f"10.1.{number // 250}.{number % 250 + 1}", "hostIP": "127.0.0.1", "startTime": began,
        "conditions": [{"type": kind, "status": "True", "lastTransitionTime": began}
                       for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")],
        "containerStatuses": [{"name": container, "image": "ray", "imageID": "ray@sha256:0", "containerID": f"containerd://{number}",
                               "restartCount": 0, "ready": True, "started": True, "state": {"running": {"startedAt": began}}}]}}


def create_cluster(server, workers):
    """RayCluster `demo` as KubeRay's operator leaves it, and its pods, all Running: demo-head, demo-worker-0000 and so on."""
    shown = server.ray("create", "cluster", "demo", "--worker-replicas", str(workers), "--dry-run", "-o", "json")
    assert shown.returncode == 0, shown.stderr
    server.request("POST", CLUSTERS, json.loads(shown.stdout)["items"][0])
    counts = {count: workers for count in ("desiredWorkerReplicas", "availableWorkerReplicas", "readyWorkerReplicas", "maxWorkerReplicas")}
    server.request("PATCH", f"{CLUSTERS}/demo/status", {"status": {"state": "ready", **counts, "head": {"podName": "demo-head"}}},
                   "application/merge-patch+json")

    def requests(number):
        name = "demo-head" if number == 0 else f"demo-worker-{number - 1:04}"
        made = pod(name, "worker", "default-group") if number else pod(name, "head", "headgroup")
        return [("POST", POD_PATH, made), ("PATCH", f"{POD_PATH}/{name}/status", running(number, made["spec"]["containers"][0]["name"]))]

    server.send_all([requests(number) for number in range(workers + 1)])
