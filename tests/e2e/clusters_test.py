"""A cluster's life after its creation, on the real cluster without an operator; kuberay_test.py has the same with it."""

import os
import signal
import subprocess

import cluster_life
import pytest
from cluster import environment, kubectl_json, namespace, run
from cluster_life import SMALL, ray

PLUGIN = os.environ["KUBECTL_RAY"]


@pytest.fixture(scope="module")
def ns():
    with namespace("clusters") as name:
        yield name


def test_life_of_a_cluster(ns):
    cluster_life.live(ns)


def test_wait_says_why_a_head_cannot_be_scheduled(ns):
    create = subprocess.Popen([PLUGIN, "create", "cluster", "big", "-n", ns, "--head-cpu", "64", "--worker-replicas", "0", "--wait"],
                              env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        said = []
        for line in create.stderr:  # the scheduler says it in its own time
            said.append(line)
            if "cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu" in line:
                break
        assert create.poll() is None, said
        create.send_signal(signal.SIGINT)
        err = create.stderr.read()
        create.wait(60)
    finally:
        create.kill()
    assert create.returncode == -signal.SIGINT
    assert "stopped waiting for Ray cluster" in err and "kubectl ray delete big" in err
    assert ray(ns, "delete", "big", "-y").returncode == 0


def test_wait_says_why_an_image_cannot_be_pulled(ns):
    done = ray(ns, "create", "cluster", "typo", *SMALL, "--image", "UPPER/case", "--worker-replicas", "0", "--wait")  # ends at once when it is seen
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
