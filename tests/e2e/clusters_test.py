"""A cluster's life after its creation, on the real cluster without an operator."""

import json

import pytest

from cluster import kubectl, kubectl_json, namespace, run

SMALL = ["--head-cpu", "200m", "--head-memory", "1500Mi", "--worker-cpu", "100m", "--worker-memory", "1Gi"]


@pytest.fixture(scope="module")
def ns():
    with namespace("clusters") as name:
        yield name


def ray(ns, *arguments, timeout=240):
    return run("kubectl", "ray", *arguments, "-n", ns, timeout=timeout)


def test_life_of_a_cluster(ns):
    done = ray(ns, "create", "cluster", "life", *SMALL, "--wait")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Created Ray cluster: life", "Ray cluster life is provisioned"]

    done = ray(ns, "status", "life", "-o", "json")
    assert done.returncode == 0, done.stdout
    status = json.loads(done.stdout)
    assert status["well"] and status["ray"]["nodesAlive"] == 2

    assert ray(ns, "scale", "cluster", "life", "-w", "default-group", "-r", "2").returncode == 0
    workers = kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=worker")["items"]
    kubectl("wait", "--for=condition=Ready", "pod", "-n", ns, "-l", "ray.io/cluster=life", "--timeout=120s")
    victim = workers[0]["metadata"]["name"]
    done = ray(ns, "scale", "cluster", "life", "--remove-pod", victim)
    assert done.returncode == 0, done.stderr
    kubectl("wait", "--for=delete", "pod", victim, "-n", ns, "--timeout=120s")
    left = kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=worker")["items"]
    assert len(left) == 1 and left[0]["metadata"]["name"] != victim

    assert ray(ns, "suspend", "life", "--wait").returncode == 0
    assert kubectl_json("get", "pods", "-n", ns)["items"] == []
    done = ray(ns, "status", "life")
    assert done.returncode == 1 and "suspended" in done.stdout.splitlines()[0]
    done = ray(ns, "resume", "life", "--wait")
    assert done.returncode == 0, done.stderr

    done = ray(ns, "delete", "life", "--yes", "--wait")
    assert done.returncode == 0, done.stderr
    assert kubectl_json("get", "deployments,services,pods", "-n", ns)["items"] == []


def test_wait_says_why_a_head_cannot_be_scheduled(ns):
    done = ray(ns, "create", "cluster", "big", "--head-cpu", "64", "--worker-replicas", "0", "--wait", "--timeout", "5s")
    assert done.returncode == 1
    assert "cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu" in done.stderr
    assert "is not ready after 5s" in done.stderr and "kubectl ray delete big" in done.stderr
    assert ray(ns, "delete", "big", "-y").returncode == 0


def test_wait_says_why_an_image_cannot_be_pulled(ns):
    done = ray(ns, "create", "cluster", "typo", *SMALL, "--image", "UPPER/case", "--worker-replicas", "0", "--wait", "--timeout", "15s")
    assert done.returncode == 1
    assert 'image "UPPER/case" cannot be pulled: ' in done.stderr and "must be lowercase" in done.stderr
    assert ray(ns, "delete", "typo", "-y").returncode == 0


def test_a_dry_run_is_all_that_kubectl_needs(ns):
    done = ray(ns, "create", "cluster", "piped", "--head-cpu", "64", "--worker-replicas", "0", "--dry-run")
    assert done.returncode == 0 and "kubectl apply --server-side -f -" in done.stderr
    applied = run("kubectl", "apply", "--server-side", "-n", ns, "-f", "-", "-o", "name", input=done.stdout)
    assert applied.returncode == 0, applied.stderr
    names = ray(ns, "create", "cluster", "piped", "--head-cpu", "64", "--worker-replicas", "0", "--dry-run", "-o", "name").stdout
    assert applied.stdout == names and "configmap/ray-init-agent-amd64-" in names
    head = kubectl_json("get", "deployment", "piped-head", "-n", ns)["spec"]["template"]["spec"]
    mounted = [source["configMap"]["name"] for volume in head["volumes"] for source in volume.get("projected", {}).get("sources", [])]
    assert mounted and all(f"configmap/{name}\n" in names for name in mounted)
    assert ray(ns, "delete", "piped", "-y").returncode == 0
