"""Why what waits for resources still waits, with a real autoscaler, KubeRay's operator, scheduler, quota, Pod Security and kubelet: one
cluster, whose groups of workers differ in what stands between them and a node."""

import json

import cluster
import kuberay
import pytest
from cluster_life import ray

# One task, actor or placement group for each resource, and for `joins` two tasks, of which its only node holds one. The driver
# does not end, so that they stay.
DEMANDS = """
import time, ray
from ray.autoscaler.sdk import request_resources

ray.init()

@ray.remote(num_cpus=0)
def work():
    time.sleep(3600)

request_resources(bundles=[{"nowhere": 1}])
group = ray.util.placement_group([{"no-image": 1}])
print(ray.get([work.options(resources=asked).remote() for asked in
               ({"joins": 1}, {"joins": 1}, {"joins": 2}, {"too-much": 1}, {"refused": 1})]))
"""
GO = "/tmp/go"


def group(name, pod=None, **container):
    """A group of workers with a resource of its own name. What they end with does not matter: they end at once."""
    return {"groupName": name, "replicas": 0, "minReplicas": 0, "maxReplicas": 1,
            "rayStartParams": {"num-cpus": "0", "resources": f"'{json.dumps({name: 1})}'"},
            "template": {"spec": {"terminationGracePeriodSeconds": 1, **(pod or {}), "containers": [{
                "name": "ray-worker", "image": cluster.IMAGE, "imagePullPolicy": "Never", "resources": kuberay.TINY, **container}]}}}


def much(memory):
    return {"requests": {"cpu": "200m", "memory": memory}, "limits": {"memory": memory}}


GROUPS = [
    # KubeRay runs a command of the user's before `ray start`, as words of a shell.
    group("joins", command=[f"until [ -e {GO} ]; do sleep 0.2; done"]),
    group("nowhere", pod={"nodeSelector": {"no": "such-node"}}),
    # Port 1 of the node's loopback: no registry listens there.
    group("no-image", image="127.0.0.1:1/no/such:image", imagePullPolicy="IfNotPresent"),
    # KubeRay makes no pods after the first one that is refused: these two are the last.
    group("too-much", resources=much("9000Gi")),
    group("refused", pod={"hostNetwork": True}),
]


@pytest.fixture(scope="module")
def ns():
    with kuberay.operator(), cluster.namespace("causes") as name:
        cluster.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=baseline")
        cluster.kubectl("create", "quota", "small", "-n", name, "--hard=requests.memory=900Gi")
        spec = kuberay.head_only(terminationGracePeriodSeconds=1)
        spec["headGroupSpec"]["rayStartParams"]["num-cpus"] = "0"
        spec.update(enableInTreeAutoscaling=True, workerGroupSpecs=GROUPS, autoscalerOptions={
            "version": "v2", "imagePullPolicy": "Never", "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}}})
        kuberay.apply(name, {"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "causes"}, "spec": spec})
        kuberay.wait_until(lambda: head_is_ready(name), bool)
        yield name
        # The operator has to be there until its objects are gone.
        assert ray(name, "delete", "causes", "--yes", "--wait").returncode == 0


def head_is_ready(ns):
    pods = cluster.kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=head")["items"]
    return any(condition["type"] == "Ready" and condition["status"] == "True"
               for pod in pods for condition in pod["status"].get("conditions", []))


def by_resource(demands):
    """All demands here ask for one resource."""
    return {next(iter(demand["bundles"][0]["resources"].items())): demand for demand in demands}


def wait_until_it_says(ns, expected):
    """Both commands, in JSON and as text; `expected` is each demand's cause, and how the sentence about it begins."""
    def is_right(demands):
        found = by_resource(demands)
        return set(found) == set(expected) and all(
            found[key]["cause"] == cause and found[key]["why"].startswith(why) for key, (cause, why) in expected.items())

    def asked(command):
        done = ray(ns, command, "causes", "-o", "json")
        assert done.stdout, done
        return json.loads(done.stdout)

    kuberay.wait_until(lambda: asked("autoscaler")["demands"], is_right)
    kuberay.wait_until(lambda: asked("status")["ray"]["waiting"], is_right)
    view = asked("autoscaler")
    assert (view["autoscaler"], view["version"], view["source"]) == (True, "v2", "GCS"), view
    shown, status = (ray(ns, command, "causes").stdout for command in ("autoscaler", "status"))
    for cause, why in expected.values():
        assert f"\n  {cause}: {why}" in shown, shown
        assert any(line.startswith("  waiting for resources: ") and f": {why}" in line for line in status.splitlines()), status
    return by_resource(view["demands"])


def test_each_planted_cause_is_the_reason_until_it_is_gone(ns):
    done = ray(ns, "job", "submit", "--cluster", "causes", "--no-wait", "--", "python", "-c", DEMANDS)
    assert done.returncode == 0, done.stderr
    quota = "pods are refused: exceeded quota: small, requested: requests.memory=9000Gi"
    expected = {
        ("joins", 2): ("Infeasible", "no group has nodes that could hold it; nearest is joins, which lacks joins: 2 (it has 1)"),
        ("joins", 1): ("Joining", "group joins: 1 of 1 pod on the way: runs, and Ray in it is not ready"),
        ("nowhere", 1): ("PodUnscheduled", "group nowhere: 1 of 1 pod on the way: cannot be scheduled: 0/1 nodes are available: 1 node(s) didn't match"),
        ("no-image", 1): ("Image", 'group no-image: 1 of 1 pod on the way: image "127.0.0.1:1/no/such:image" cannot be pulled: '),
        ("too-much", 1): ("PodNotMade", f"group too-much: 1 of 1 pod is not made: {quota}"),
        ("refused", 1): ("PodNotMade", f"group refused: 1 of 1 pod is not made, since KubeRay stops at group too-much: {quota}"),
    }
    demands = wait_until_it_says(ns, expected)
    assert {key[0]: demand["by"] for key, demand in demands.items()} == {
        "joins": "TasksAndActors", "too-much": "TasksAndActors", "refused": "TasksAndActors", "nowhere": "RequestResources", "no-image": "PlacementGroup"}
    assert {key: demand["groups"] for key, demand in demands.items()} == {key: [] if key[1] == 2 else [key[0]] for key in expected}

    # The pod that waits may start Ray, and has one of the two tasks. A quota less is a pod more, for which no node has the memory.
    joining = cluster.kubectl("get", "pods", "-n", ns, "-l", "ray.io/group=joins", "-o", "name").strip()
    cluster.kubectl("exec", "-n", ns, joining, "-c", "ray-worker", "--", "touch", GO)
    cluster.kubectl("delete", "quota", "small", "-n", ns)
    # After refusals KubeRay tries again later and later, unless the RayCluster changes.
    cluster.kubectl("annotate", "raycluster", "causes", "-n", ns, "try=again")
    wait_until_it_says(ns, {**expected,
        ("joins", 1): ("MaxReplicas", "group joins: it has its maxReplicas of 1, and all are ready"),
        ("too-much", 1): ("PodUnscheduled", "group too-much: 1 of 1 pod on the way: cannot be scheduled: 0/1 nodes are available: 1 Insufficient memory"),
        ("refused", 1): ("PodNotMade", 'group refused: 1 of 1 pod is not made: pods are refused: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)'),
    })
