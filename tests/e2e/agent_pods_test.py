"""Pods as KubeRay makes them, under the agent, on the real cluster: start, drain under load, scale down, a head killed."""

import json
import pathlib
import re
import subprocess
import tempfile
import time

import agent
import kuberay_pods
import pytest
from cluster import IMAGE, environment, kubectl, kubectl_json, namespace, run

JOB = """
import collections, ray, time
ray.init(address="auto", log_to_driver=False)
@ray.remote(num_cpus=1, max_retries=0)
def work(number):
    time.sleep(2)
    return ray.get_runtime_context().get_node_id()
tasks = [work.remote(number) for number in range(12)]
ray.wait(tasks, num_returns=2)
print("begun", flush=True)
print(len(ray.get(tasks)), "of 12 tasks done")
"""
HEALTH_PORT = 8081
HOLD = '{"metadata": {"finalizers": ["example.com/hold"]}}'
LET_GO = '{"metadata": {"finalizers": null}}'


@pytest.fixture(scope="module")
def folder():
    """The agent where pods of this one-node cluster can mount it."""
    with tempfile.TemporaryDirectory(prefix="ray-init-agent-") as path:
        pathlib.Path(path).chmod(0o755)
        assert agent.run("install", path).returncode == 0
        yield path


@pytest.fixture(scope="module")
def head_ns(folder):
    with namespace("agent") as name:
        apply(kuberay_pods.head_service(name))
        apply(kuberay_pods.with_agent(kuberay_pods.head_pod(name), folder))
        yield name


@pytest.fixture
def ns(head_ns, folder):
    """Its worker may be from the test before."""
    apply(kuberay_pods.with_agent(kuberay_pods.worker_pod(head_ns), folder, HEALTH_PORT))
    kubectl("wait", "-n", head_ns, "--for=condition=Ready", "pod/head", "pod/worker", "--timeout=120s", timeout=130)
    return head_ns


def apply(manifest):
    done = run("kubectl", "apply", "-f", "-", input=json.dumps(manifest))
    assert done.returncode == 0, done.stderr


def ended(namespace_name, pod, timeout=60):
    """How the pod's container ended; the pod is held by a finalizer."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        status = kubectl_json("get", "pod", pod, "-n", namespace_name)["status"]["containerStatuses"][0]
        if "terminated" in status["state"]:
            return status["state"]["terminated"]
        time.sleep(0.3)
    raise AssertionError(f"{pod} has not ended")


def test_kuberays_own_init_container_waits_with_the_agent(ns):
    """And who asks for the worker's health by HTTP, as its probes did, gets it."""
    assert kubectl("logs", "worker", "-n", ns, "-c", "wait-gcs-ready") == "GCS is ready.\n"
    assert "[raylet]" in kubectl("logs", "worker", "-n", ns, "-c", "ray-worker")
    for path, answer in (("healthz", "ok\n"), ("readyz", "raylet: ok\n")):
        assert kubectl("get", "--raw", f"/api/v1/namespaces/{ns}/pods/worker:{HEALTH_PORT}/proxy/{path}") == answer


def test_a_container_that_is_out_of_memory_says_so(folder):
    container = {"name": "eater", "image": IMAGE, "imagePullPolicy": "Never", "resources": {"limits": {"memory": "64Mi"}},
                 "command": [kuberay_pods.AGENT, "run", "--", "python3", "-c", "x = b'x' * (256 << 20)"],
                 "volumeMounts": [{"name": "agent", "mountPath": "/ray-init-agent"}]}
    with namespace("oom") as name:
        apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "eater", "namespace": name},
               "spec": {"containers": [container], "restartPolicy": "Never",
                        "volumes": [{"name": "agent", "hostPath": {"path": str(folder)}}]}})
        end = ended(name, "eater")
    assert end["exitCode"] == 137
    assert re.fullmatch(r'"python3" died of signal 9 \(Killed\)\nout of memory: the kernel killed 1 process; '
                        r"peak 6[34]\.\d MiB; limit 64\.0 MiB\n", end["message"])


def test_a_worker_under_load_loses_no_task_and_is_completed(ns):
    kubectl("patch", "pod", "worker", "-n", ns, "--type=merge", "-p", HOLD)
    try:
        job = subprocess.Popen(["kubectl", "exec", "-i", "head", "-n", ns, "--", "python3", "-u", "-c", JOB],
                               env=environment(), stdout=subprocess.PIPE, text=True)
        assert job.stdout.readline() == "begun\n"
        log = subprocess.Popen(["kubectl", "logs", "-f", "worker", "-n", ns, "-c", "ray-worker"],
                               env=environment(), stdout=subprocess.PIPE, text=True)
        kubectl("delete", "pod", "worker", "-n", ns, "--wait=false")
        end = ended(ns, "worker")
        assert (end["exitCode"], end["reason"]) == (0, "Completed")
        assert "[ray-init-agent] drain: idle after" in log.communicate(timeout=30)[0]
        assert job.communicate(timeout=90)[0] == "12 of 12 tasks done\n"
        assert job.returncode == 0
    finally:
        kubectl("patch", "pod", "worker", "-n", ns, "--type=merge", "-p", LET_GO)
        kubectl("wait", "-n", ns, "--for=delete", "pod/worker", "--timeout=60s")


def test_a_head_that_is_replaced_has_its_workers_replaced(ns, folder):
    kubectl("delete", "pod", "head", "-n", ns, "--grace-period=1", timeout=60)
    apply(kuberay_pods.with_agent(kuberay_pods.head_pod(ns), folder))
    end = ended(ns, "worker", timeout=90)
    assert end["exitCode"] == 69
    assert "came back as another cluster" in end["message"]
