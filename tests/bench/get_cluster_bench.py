"""`get cluster` over 10,000 RayClusters in a real API server, beside `kubectl get` and KubeRay's own plugin, and over 1,000 and 50,000 of
them, which should take as much memory. The API server and its etcd are the bench's own, on loopback."""

import json
import os

import api_server
import cluster
from bench import Bench, Rival, command, ours, scaled

PATH = "/apis/ray.io/v1/namespaces/default/rayclusters"
FEW, MANY, MOST = scaled(1_000), scaled(10_000), scaled(50_000)


def ray_cluster(server):
    """One as `create cluster` makes it."""
    shown = server.ray("create", "cluster", "x", "--dry-run", "-o", "json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)["items"][0]  # the agent's ConfigMap comes after it


def create(server, numbers):
    template = ray_cluster(server)

    def request(number):
        part = "few" if number < FEW else "many"
        return "POST", PATH, {**template, "metadata": {"name": f"cluster-{number:05}", "labels": {"part": part}}}

    server.send_all([[request(number)] for number in numbers])


def main():
    plugin, kubectl = os.environ["KUBECTL_RAY"], cluster.part("kubernetes") / "kubectl"
    go_plugin = cluster.part("kuberay-plugin") / "kubectl-ray"
    with Bench("`get cluster`") as bench, api_server.api_server() as server:
        server.install_crds()
        environment = {**cluster.environment(), "KUBECONFIG": str(server.kubeconfig)}

        def listing(program, *words, last):
            name = f"cluster-{last - 1:05}"
            return command([program, *words], check=lambda output: name in output, match="cluster-00000", env=environment)

        def rivals(last):
            return [ours("kubectl ray get cluster", listing(plugin, "get", "cluster", last=last)),
                    Rival("kubectl get rayclusters", listing(kubectl, "get", "rayclusters", last=last)),
                    Rival("KubeRay's kubectl ray get cluster", listing(go_plugin, "get", "cluster", last=last))]

        create(server, range(MANY))
        jsonpath = ["-o", "jsonpath={.items[*].metadata.name}"]
        bench.case(f"{MANY:,} RayClusters", *rivals(MANY),
                   ours("kubectl ray get cluster -o jsonpath", listing(plugin, "get", "cluster", *jsonpath, last=MANY)),
                   Rival("kubectl get rayclusters -o jsonpath", listing(kubectl, "get", "rayclusters", *jsonpath, last=MANY),
                         beside="kubectl ray get cluster -o jsonpath"),
                   ours(f"kubectl ray get cluster -l, {FEW:,} of them", listing(plugin, "get", "cluster", "-l", "part=few", last=FEW)))
        create(server, range(MANY, MOST))
        bench.case(f"{MOST:,} RayClusters", *rivals(MOST)[:2], rounds=2)


main()
