"""Files of the old years, converted, brought up by KubeRay's real operator: its image and sizes replaced by flags."""

import json
import os
import pathlib

import cluster
import kuberay
import pytest

LEGACY = pathlib.Path(__file__).resolve().parents[1] / "testdata/legacy"
# Of those that are written from scratch, and of those that are edited in place. The RayJob's runtime_env wants packages from outside.
SAMPLES = [
    "launcher/example-full-2021-02.yaml",
    "v1alpha1/ray-1.12.1-complete.yaml",
]
# KUBECTL_RAY_EVERY_SAMPLE=1 has these brought up, too; it takes a minute or two for each.
MORE = [
    "microsoft/ray-cluster.mini.yaml",
    "static/ray-cluster-1.1.0.yaml",
    "helm/values-1.9.2.yaml",
    "launcher/defaults-1.9.2.yaml",
    "launcher/example-full-legacy-2021-02.yaml",
    "launcher/example-minimal-2021-02.yaml",
    "microsoft/ray-cluster.heterogeneous.yaml",
    "pod-types/example-cluster-2021-02.yaml",
    "static/ray-cluster-2021-02.yaml",
    "v1alpha1/kuberay-0.3-autoscaler.yaml",
    "v1alpha1/kuberay-0.3-complete.yaml",
]
# A limit of CPU is set to the size, too, if the file has one: at a tenth of a core no pod is ready within its probes' time.
SIZES = ["--head-cpu", "800m", "--head-memory", "2Gi", "--worker-cpu", "400m", "--worker-memory", "1Gi"]


@pytest.fixture(scope="module")
def operator():
    with kuberay.operator():
        yield


def converted(ns, name, sample):
    done = cluster.run("kubectl-ray", "convert", "-f", str(LEGACY / sample), "--name", name, "--image", cluster.IMAGE, *SIZES, "-o", "json")
    assert done.returncode == 0, done.stderr
    items = json.loads(done.stdout)["items"]
    for item in items:
        item["metadata"]["namespace"] = ns
        for template in templates(item):
            for container in template["spec"]["containers"]:
                container["imagePullPolicy"] = "Never"  # the image is on the node, and nowhere else
    return items


def templates(item):
    """The pods of a RayCluster, at most one of each group: two cores carry no more."""
    if item["kind"] != "RayCluster":
        return []
    if "autoscalerOptions" in item["spec"]:
        item["spec"]["autoscalerOptions"].update(imagePullPolicy="Never", resources={"requests": {"cpu": "50m"}})
    groups = item["spec"].get("workerGroupSpecs", [])
    for group in groups:
        group["replicas"] = min(group["replicas"], 1)
        group["minReplicas"] = min(group["minReplicas"], 1)
    return [group["template"] for group in [item["spec"]["headGroupSpec"], *groups]]


def is_ready(status):
    return status.get("state") == "ready"


@pytest.mark.parametrize("sample", SAMPLES + (MORE if os.environ.get("KUBECTL_RAY_EVERY_SAMPLE") else []))
def test_the_operator_brings_it_up(operator, sample):
    with cluster.namespace("convert") as ns:
        if sample.startswith("microsoft/"):
            code = cluster.run("kubectl", "apply", "-n", ns, "-f", str(LEGACY / "microsoft/config-map-ray-code.yaml"))
            assert code.returncode == 0, code.stderr
        items = converted(ns, "old", sample)
        kuberay.apply(ns, *items)
        kuberay.wait_until(lambda: cluster.kubectl_json("get", "raycluster", "old", "-n", ns).get("status", {}), is_ready, timeout=300)
        # The Service by which old clients knew the head leads to it.
        for service in (item["metadata"]["name"] for item in items if item["kind"] == "Service"):
            slices = cluster.kubectl_json("get", "endpointslices", "-n", ns, "-l", f"kubernetes.io/service-name={service}")["items"]
            assert sum(len(found.get("endpoints") or []) for found in slices) == 1
        cluster.kubectl("delete", "raycluster", "old", "-n", ns, "--wait=true")
