"""`get cluster` over 10,000 RayClusters in a real API server, beside `kubectl get` and KubeRay's own plugin: time, CPU,
memory; and over a tenth of them, which takes as much memory.

Run with KUBECTL_RAY set and PYTHONPATH=tests/support. The API server and its etcd are the bench's own, on loopback."""

import concurrent.futures
import json
import os
import statistics

import api_server
import cluster
from measure import measure

CLUSTERS, RUNS = 10_000, 3


def ray_cluster(server):
    """One as `create cluster` makes it."""
    shown = server.ray("create", "cluster", "x", "--dry-run", "-o", "json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)["items"][0]  # the agent's ConfigMap comes after it


def create(server):
    template = ray_cluster(server)
    template["metadata"] = {}

    def one(number):
        body = {**template, "metadata": {"name": f"cluster-{number:05}", "labels": {"part": str(number % 10)}}}
        server.request("POST", "/apis/ray.io/v1/namespaces/default/rayclusters", body)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(CLUSTERS)))


def main():
    plugin = os.environ["KUBECTL_RAY"]
    rivals = {
        "kubectl ray get cluster, 1,000 of them": [plugin, "get", "cluster", "-l", "part=9"],
        "kubectl ray get cluster": [plugin, "get", "cluster"],
        "kubectl ray get cluster -o jsonpath": [plugin, "get", "cluster", "-o", "jsonpath={.items[*].metadata.name}"],
        "kubectl get rayclusters": [str(cluster.part("kubernetes") / "kubectl"), "get", "rayclusters"],
        "KubeRay's kubectl ray get cluster": [str(cluster.part("kuberay-plugin") / "kubectl-ray"), "get", "cluster"],
    }
    with api_server.api_server() as server:
        server.install_crds()
        create(server)
        environment = {**cluster.environment(), "KUBECONFIG": str(server.kubeconfig)}
        for name, command in rivals.items():
            results = [measure(command, env=environment) for _ in range(RUNS)]
            assert all(result.code == 0 and "cluster-09999" in result.output for result in results), results[0].output[:500]
            print(f"{name}: {statistics.median(r.wall_s for r in results):.1f} s, "
                  f"CPU {statistics.median(r.cpu_s for r in results):.1f} s, "
                  f"peak {max(r.peak_kib for r in results) / 1024:.0f} MiB")


main()
