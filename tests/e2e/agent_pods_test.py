"""Pods that KubeRay's operator makes, under the agent: start, drain under load, a head killed, memory."""

import contextlib
import json
import pathlib
import re
import subprocess
import tempfile
import time

import agent
import agent_metrics
import kuberay
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
def demo():
    """A namespace with cluster demo: its worker is asked by HTTP for its health."""
    with kuberay.operator(), namespace("agent") as name:
        made = json.loads(run("kubectl", "ray", "create", "cluster", "demo", "-n", name, "--head-cpu", "1", "--head-memory", "1500Mi",
                              "--head-ray-start-params", "num-cpus=1", "--worker-cpu", "1", "--worker-memory", "1500Mi",
                              "--dry-run", "-o", "json").stdout)
        spec = next(one for one in made["items"] if one["kind"] == "RayCluster")["spec"]
        for group in (spec["headGroupSpec"], spec["workerGroupSpecs"][0]):
            pod = group["template"]["spec"]
            for container in pod["initContainers"] + pod["containers"]:  # the agent's has what Ray's has
                container["resources"]["requests"]["cpu"] = "200m"
        ask_by_http(container_of(spec["workerGroupSpecs"][0]))
        kuberay.apply(name, *made["items"])
        yield name


def container_of(group):
    return group["template"]["spec"]["containers"][0]


def ask_by_http(container):
    def probe(path, period, failures):
        return {"httpGet": {"path": path, "port": HEALTH_PORT}, "periodSeconds": period, "failureThreshold": failures}

    container["env"].append({"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": str(HEALTH_PORT)})
    container |= {"startupProbe": probe("/readyz", 1, 3600), "readinessProbe": probe("/readyz", 5, 10),
                  "livenessProbe": probe("/healthz", 5, 120)}


@pytest.fixture
def ns(demo):
    """Its head and its worker may be from the test before."""
    kuberay.wait_until(lambda: [pod for kind in ("head", "worker") for pod in pods(demo, kind) if is_ready(pod)], lambda ready: len(ready) == 2)
    return demo


def pods(ns, kind):
    return [pod for pod in kubectl_json("get", "pods", "-n", ns, "-l", f"ray.io/node-type={kind}")["items"]
            if "deletionTimestamp" not in pod["metadata"]]


def name_of(ns, kind):
    return pods(ns, kind)[0]["metadata"]["name"]


def is_ready(pod):
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


def ended(namespace_name, pod, timeout=180):
    """How the pod's container ended; the pod is held by a finalizer."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        for status in kubectl_json("get", "pod", pod, "-n", namespace_name)["status"].get("containerStatuses", []):
            if "terminated" in status["state"]:
                return status["state"]["terminated"]
        time.sleep(0.3)
    raise AssertionError(f"{pod} has not ended")


def test_kuberays_own_init_container_waits_with_the_agent(ns):
    """And who asks for the worker's health by HTTP, as its probes did, gets it."""
    worker = name_of(ns, "worker")
    assert kubectl("logs", worker, "-n", ns, "-c", "wait-gcs-ready") == "GCS is ready.\n"
    assert "[raylet]" in kubectl("logs", worker, "-n", ns, "-c", "ray-worker")
    port = f"/api/v1/namespaces/{ns}/pods/{worker}:{HEALTH_PORT}/proxy"
    for path, answer in (("healthz", "ok\n"), ("readyz", "raylet: ok\n")):
        assert kubectl("get", "--raw", f"{port}/{path}") == answer
    metrics = agent_metrics.parse(kubectl("get", "--raw", f"{port}/metrics"))
    assert metrics['probes_total{path="/readyz",result="ok"}'] >= 1
    assert metrics['log_lines_total{source="file"}'] > 0 and metrics["log_files"] > 0
    assert metrics["gcs_wait_tries_total"] >= 1 and metrics["drains_asked_total"] == 0


def test_a_container_that_is_out_of_memory_says_so():
    with namespace("oom") as name, tempfile.TemporaryDirectory(prefix="ray-init-agent-") as folder:
        pathlib.Path(folder).chmod(0o755)
        assert agent.run("install", folder).returncode == 0
        container = {"name": "eater", "image": IMAGE, "imagePullPolicy": "Never", "resources": {"limits": {"memory": "64Mi"}},
                     "command": ["/ray-init-agent/ray-init-agent", "run", "--", "python3", "-c", "x = b'x' * (256 << 20)"],
                     "volumeMounts": [{"name": "agent", "mountPath": "/ray-init-agent"}]}
        kuberay.apply(name, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "eater"}, "spec": {
            "containers": [container], "restartPolicy": "Never", "volumes": [{"name": "agent", "hostPath": {"path": folder}}]}})
        end = ended(name, "eater")
    assert end["exitCode"] == 137
    assert re.fullmatch(r'"python3" died of signal 9 \(Killed\)\nout of memory: the kernel killed 1 process; '
                        r"peak 6[34]\.\d MiB; limit 64\.0 MiB\n", end["message"])


@contextlib.contextmanager
def held(ns, pod):
    """A finalizer keeps it, so that it can be read how it ended."""
    kubectl("patch", "pod", pod, "-n", ns, "--type=merge", "-p", HOLD)
    try:
        yield
    finally:
        kubectl("patch", "pod", pod, "-n", ns, "--type=merge", "-p", LET_GO)
        kubectl("wait", "-n", ns, "--for=delete", f"pod/{pod}", "--timeout=110s")


def test_a_worker_under_load_loses_no_task_and_is_completed(ns):
    head, worker = name_of(ns, "head"), name_of(ns, "worker")
    with held(ns, worker):
        job = subprocess.Popen(["kubectl", "exec", "-i", head, "-n", ns, "--", "python3", "-u", "-c", JOB],
                               env=environment(), stdout=subprocess.PIPE, text=True)
        assert "begun\n" in iter(job.stdout.readline, "")  # Ray prints warnings among its lines
        log = subprocess.Popen(["kubectl", "logs", "-f", worker, "-n", ns, "-c", "ray-worker"],
                               env=environment(), stdout=subprocess.PIPE, text=True)
        kubectl("delete", "pod", worker, "-n", ns, "--wait=false")
        end = ended(ns, worker)
        assert (end["exitCode"], end["reason"]) == (0, "Completed")
        assert "[ray-init-agent] drain: idle after" in log.communicate(timeout=60)[0]
        assert "12 of 12 tasks done" in job.communicate(timeout=180)[0].splitlines()  # a warning of Ray's may come last
        assert job.returncode == 0


def test_a_head_that_is_replaced_has_its_workers_replaced(ns):
    worker = name_of(ns, "worker")
    with held(ns, worker):
        kubectl("delete", "pod", name_of(ns, "head"), "-n", ns, "--grace-period=1")
        end = ended(ns, worker)
        assert end["exitCode"] == 69
        assert "came back as another cluster" in end["message"]
        kubectl("delete", "pod", worker, "-n", ns, "--wait=false", "--ignore-not-found")
