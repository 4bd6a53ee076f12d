"""The locked-down site that users write about: every port moved, head and workers on labelled nodes, and network policies that
are enforced."""

import contextlib

import cluster
import kuberay
import ray_pods
from cluster_life import SMALL, ray
from enforced_policies import enforced

PORTS = "gcs: 6380\nclient: 10002\ndashboard: 8266\nserve: 8001\nmetrics: 8081\nworkers: 8301-8600\n"
# A task on each node: its driver and the workers connect to each other both ways.
NODES = """
import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On
ray.init()
here = ray.remote(num_cpus=0)(lambda: ray.get_runtime_context().get_node_id())
nodes = [node["NodeID"] for node in ray.nodes()]
ran = ray.get([here.options(scheduling_strategy=On(node, soft=False)).remote() for node in nodes], timeout=100)
print("ran on all", sorted(ran) == sorted(nodes), len(nodes))
print("ports", sorted({(node["NodeManagerPort"], node["ObjectManagerPort"]) for node in ray.nodes()}))
"""
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"


@contextlib.contextmanager
def labelled_node(*labels):
    node = cluster.kubectl_json("get", "nodes")["items"][0]["metadata"]["name"]
    cluster.kubectl("label", "node", node, *(f"{label}=yes" for label in labels))
    try:
        yield
    finally:
        cluster.kubectl("label", "node", node, *(f"{label}-" for label in labels))


def client(name, **labels):
    pod = ray_pods.worker(name)
    pod["metadata"]["labels"] = labels
    return pod


def connects(ns, pod, host, port):
    return cluster.run("kubectl", "exec", "-n", ns, pod, "--", "python3", "-c", CONNECT, host, str(port)).returncode == 0


def ok(done):
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_moved_ports_on_labelled_nodes_under_policies(tmp_path):
    (tmp_path / "ports.yaml").write_text(PORTS)
    with labelled_node("site/head", "site/worker"), cluster.namespace("site") as ns:
        ok(ray(ns, "create", "cluster", "site", "--without-operator", *SMALL, "--ports", str(tmp_path / "ports.yaml"),
               "--head-node-selectors", "site/head=yes", "--worker-node-selectors", "site/worker=yes",
               "--network-policy", "--allow-from", "label=app=notebook", "--wait"))
        service = cluster.kubectl_json("get", "service", "site-head-svc", "-n", ns)
        named = {port["name"]: port["port"] for port in service["spec"]["ports"]}
        assert {"gcs-server": 6380, "client": 10002, "dashboard": 8266, "serve": 8001, "metrics": 8081}.items() <= named.items()
        ray_pods.create(ns, client("notebook", app="notebook"), client("stranger", app="other"))
        pods = {pod["metadata"]["labels"].get("ray.io/node-type"): pod for pod in cluster.kubectl_json("get", "pods", "-n", ns)["items"]}
        head, worker = pods["head"]["status"]["podIP"], pods["worker"]["metadata"]["name"]

        assert connects(ns, "stranger", head, 8266)  # nothing enforces the policies yet
        with enforced(ns):
            said = ok(ray(ns, "job", "submit", "--ray-cluster", "site", "--", "python", "-c", NODES))
            assert "ran on all True 2" in said and "ports [(7001, 7002)]" in said, said
            ok(ray(ns, "status", "site"))
            reached = {(who, port): connects(ns, who, head, port)
                       for who, port in [("notebook", 8266), ("notebook", 6380), ("stranger", 8266), ("stranger", 6380),
                                         ("stranger", 8081), (worker, 6380), (worker, 8266)]}
            assert reached == {("notebook", 8266): True, ("notebook", 6380): False, ("stranger", 8266): False,
                               ("stranger", 6380): False, ("stranger", 8081): True, (worker, 6380): True, (worker, 8266): True}

        ok(ray(ns, "create", "networkpolicy", "site", "--allow-from", "label=app=other"))  # takes the place of what was given before
        with enforced(ns):
            assert connects(ns, "stranger", head, 8266) and not connects(ns, "notebook", head, 8266)

        ok(ray(ns, "delete", "site", "--yes", "--wait"))
        kuberay.wait_until(lambda: cluster.kubectl_json("get", "networkpolicies", "-n", ns)["items"], lambda left: left == [])
