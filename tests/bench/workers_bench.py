"""`get node -A`, `status` and `top` of one RayCluster with 1,000 workers, beside `kubectl get pods` of the same: real objects in a real API
server, whose kubelet and dashboard are fakes."""

import os
import time

import api_server
import cluster
import object_pods
from bench import Bench, Rival, command, ours, scaled
from fake_dashboard import FakeDashboard

WORKERS = scaled(1_000)


def node(name):
    """What the dashboard has of a node, with each worker process, which is most of it."""
    processes = [{"pid": number, "usedResources": {"CPU": 1}, "objectRefs": ["x" * 200]} for number in range(5)]
    return {"now": time.time(), "cpu": 25.0, "cpus": [2, 1], "mem": [2 << 30, 1 << 30, 50.0, 1 << 30],
            "raylet": {"state": "ALIVE", "nodeId": "ab" * 28, "instanceId": name, "resourcesTotal": {"CPU": 2.0},
                       "storeStats": {"objectStoreBytesAvail": "1000"}, "coreWorkersStats": processes}}


def main():
    plugin, kubectl = os.environ["KUBECTL_RAY"], cluster.part("kubernetes") / "kubectl"
    last = f"demo-worker-{WORKERS - 1:04}"
    with Bench("A cluster of 1,000 workers") as bench, api_server.api_server() as server, FakeDashboard() as dashboard, \
            object_pods.kubelet(server, {"demo-head": {8265: dashboard.port}}):
        server.install_crds()
        object_pods.create_cluster(server, WORKERS)
        dashboard.summary = [node("demo-head"), *(node(f"demo-worker-{number:04}") for number in range(WORKERS))]
        dashboard.cluster_status = (None, f"Resources\n-----\nTotal Usage:\n {WORKERS}.0/{2 * WORKERS}.0 CPU\n 0B/1.00TiB memory\n")
        environment = {**cluster.environment(), "KUBECONFIG": str(server.kubeconfig)}

        def shown(program, *words, what=last):
            return command([program, *words], check=lambda output: what in output, env=environment)

        pods = Rival("kubectl get pods -A", shown(kubectl, "get", "pods", "-A"))
        for words, what in ((["get", "node", "-A"], last), (["status", "demo"], "demo"), (["top", "node"], last),
                            (["top", "cluster"], f"{WORKERS + 1}/{WORKERS + 1}")):
            line = " ".join(["kubectl ray", *words])
            bench.case(f"`{line}`, {WORKERS:,} workers", ours(line, shown(plugin, *words, what=what)), pods)



main()
