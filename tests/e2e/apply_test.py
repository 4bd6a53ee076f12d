"""`apply` under KubeRay's own operator: what it says of a change is what the operator does with it."""

import json

import cluster
import kuberay
import pytest
import yaml


@pytest.fixture(scope="module")
def ns():
    with kuberay.operator(), cluster.namespace("apply") as name:
        yield name


def apply(ns, path, *arguments):
    return cluster.run("kubectl", "ray", "apply", "-n", ns, "-f", str(path), *arguments)


def head(ns):
    pods = cluster.kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/cluster=demo,ray.io/node-type=head")["items"]
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]


def effects(ns, path):
    done = apply(ns, path, "--dry-run=server", "-o", "json")
    assert done.returncode == 0, done.stderr
    return {change["field"]: change["effect"] for change in json.loads(done.stdout)["objects"][0]["changes"]}


def test_a_change_does_what_the_plan_says(ns, tmp_path):
    """Only pods are looked at, not Ray in them: they may fail to start."""
    spec = kuberay.head_only(container={"command": ["sleep", "infinity"], "args": []})
    spec["headGroupSpec"]["template"]["metadata"] = {"annotations": {"ray.io/overwrite-container-cmd": "true"}}
    ray_cluster = {"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "demo"}, "spec": spec}
    path = tmp_path / "demo.yaml"

    def write():
        path.write_text(yaml.safe_dump(ray_cluster, sort_keys=False))

    write()
    done = apply(ns, path)
    assert (done.returncode, done.stdout) == (0, "raycluster.ray.io/demo created\n"), done.stderr
    first = kuberay.wait_until(lambda: head(ns), lambda pods: len(pods) == 1)[0]["metadata"]["uid"]

    spec["headGroupSpec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "A", "value": "1"}]
    write()
    assert list(effects(ns, path).values()) == ["new pods only"]
    assert apply(ns, path).returncode == 0
    generation = cluster.kubectl_json("get", "raycluster", "demo", "-n", ns)["metadata"]["generation"]
    kuberay.wait_until(lambda: cluster.kubectl_json("get", "raycluster", "demo", "-n", ns).get("status", {}).get(
        "observedGeneration"), lambda seen: seen == generation)
    assert [pod["metadata"]["uid"] for pod in head(ns)] == [first]

    spec["upgradeStrategy"] = {"type": "Recreate"}
    spec["headGroupSpec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "A", "value": "2"}]
    write()
    assert "recreates all pods" in effects(ns, path).values()
    asked = apply(ns, path)
    assert asked.returncode != 0 and "Apply it?" in asked.stderr
    assert apply(ns, path, "-y").returncode == 0
    kuberay.wait_until(lambda: [pod["metadata"]["uid"] for pod in head(ns)], lambda uids: uids and first not in uids)


def test_what_the_operator_refuses_is_refused_first(ns, tmp_path):
    """The same object, sent all the same, gets the operator's event."""
    spec = kuberay.head_only()
    spec["headGroupSpec"]["resources"] = {"CPU": "1"}  # beside rayStartParams.num-cpus
    path = tmp_path / "refused.yaml"
    path.write_text(yaml.safe_dump({"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "refused"},
                                    "spec": spec}))
    done = apply(ns, path)
    assert done.returncode == 2, done
    assert "headGroupSpec.resources is set beside rayStartParams.num-cpus" in done.stderr
    assert apply(ns, path, "--ignore-rules").returncode == 0
    kuberay.wait_until(
        lambda: cluster.kubectl_json("get", "events.events.k8s.io", "-n", ns, "--field-selector", "regarding.name=refused")["items"]
        + cluster.kubectl_json("get", "events", "-n", ns, "--field-selector", "involvedObject.name=refused")["items"],
        lambda events: any(event["reason"] == "InvalidRayClusterSpec" for event in events))
