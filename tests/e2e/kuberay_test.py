"""Jobs, services and the autoscaler under KubeRay's own operator, with what its users write: the operator of the tests is built
from its Go module (tests/cluster/operator)."""

import json
import re

import cluster
import cluster_life
import kuberay
import pytest
from cluster_life import SMALL, ray

PRINT = "python -c 'for i in range(5): print(\"line\", i)'"
LINES = [f"line {i}" for i in range(5)]
# The service's program comes from a ConfigMap, since pods reach no place to fetch it from.
SERVE = """
from ray import serve

@serve.deployment(ray_actor_options={"num_cpus": 0.1})
class Answer:
    def __call__(self, request):
        return "forty-two"

app = Answer.bind()
"""
# A Service whose endpoints are there may still be unknown to the name server or to the node's rules.
ASK = """
import time, urllib.request
end = time.monotonic() + 100
while True:
    try:
        print(urllib.request.urlopen("http://answers-serve-svc:8000/").read().decode())
        break
    except OSError:
        assert time.monotonic() < end
        time.sleep(0.5)
"""


@pytest.fixture(scope="module")
def operator():
    with kuberay.operator():
        yield


def test_life_of_a_cluster(operator):
    with cluster.namespace("life") as name:
        cluster_life.live(name)


@pytest.fixture(scope="module")
def ns(operator):
    with cluster.namespace("kuberay") as name:
        done = ray(name, "create", "cluster", "demo", *SMALL, "--worker-replicas", "0", "--wait", timeout=300)
        assert done.returncode == 0, done.stderr
        yield name


def ray_job(name, **spec):
    return {"apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"name": name}, "spec": spec}


def state(ns, name):
    return cluster.kubectl_json("get", "rayjob", name, "-n", ns).get("status", {}).get("jobDeploymentStatus")


def wait_for_state(ns, name, *states):
    return kuberay.wait_until(lambda: state(ns, name), lambda now: now in states)


MODES = {
    "k8s": {"submissionMode": "K8sJobMode", "clusterSelector": {"ray.io/cluster": "demo"}},
    "http": {"submissionMode": "HTTPMode", "clusterSelector": {"ray.io/cluster": "demo"}},
    "sidecar": {"submissionMode": "SidecarMode", "rayClusterSpec": kuberay.head_only()},
}


@pytest.mark.parametrize("name", MODES)
def test_a_job_that_kuberay_submits_is_followed_to_its_end(ns, name):
    kuberay.apply(ns, ray_job(name, entrypoint=PRINT, **MODES[name]))
    wait_for_state(ns, name, "Running", "Complete")
    done = ray(ns, "job", "logs", "-f", f"rayjob/{name}")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line in LINES] == LINES
    assert wait_for_state(ns, name, "Complete", "Failed") == "Complete"
    assert ray(ns, "job", "watch", f"rayjob/{name}").returncode == 0
    assert f"'rayjob/{name}': SUCCEEDED" in ray(ns, "job", "status", f"rayjob/{name}").stdout
    done = ray(ns, "delete", f"rayjob/{name}", "--yes", "--wait")
    assert done.returncode == 0, done.stderr
    # The operator deletes only the cluster that it made; --wait once waited for the end of demo, too.
    assert done.stdout == f"Deleted rayjob {name}{'' if 'clusterSelector' in MODES[name] else ' with 1 head pod, 0 worker pods'}\n"
    assert cluster.kubectl("get", "raycluster", "demo", "-n", ns, "-o", "jsonpath={.status.state}") == "ready"


def test_a_job_that_fails_ends_so(ns):
    kuberay.apply(ns, ray_job("fails", entrypoint="python -c 'raise SystemExit(3)'", **MODES["http"]))
    done = ray(ns, "job", "watch", "rayjob/fails")
    assert done.returncode == 10, done.stderr
    wait_for_state(ns, "fails", "Failed")


def test_a_job_in_a_cluster_of_its_own(ns):
    """InteractiveMode: the plugin submits it, the operator makes the cluster, and takes it away when it is over."""
    done = ray(ns, "job", "submit", "--name", "own", *SMALL, "--worker-replicas", "0", "--image", cluster.IMAGE,
               "--ttl-seconds-after-finished", "1", "--working-dir", str(cluster.ROOT / "examples/pi"), "--", "python", "pi.py")
    assert done.returncode == 0, done.stderr
    assert "pi is about 3.1" in done.stdout
    assert state(ns, "own") == "Complete"
    made = re.search(r"Checking Cluster Status for cluster (own-\w+)", done.stderr)[1]
    cluster.kubectl("wait", "--for=delete", f"raycluster/{made}", "-n", ns, "--timeout=180s", timeout=200)


def test_a_job_that_is_stopped_before_it_begins_is_suspended(ns):
    never = kuberay.head_only(nodeSelector={"no": "such-node"})
    kuberay.apply(ns, ray_job("early", entrypoint=PRINT, shutdownAfterJobFinishes=True, rayClusterSpec=never))
    wait_for_state(ns, "early", "Initializing")
    done = ray(ns, "job", "stop", "rayjob/early")
    assert done.returncode == 0, done.stderr
    assert "Suspended RayJob early" in done.stderr
    wait_for_state(ns, "early", "Suspended")
    assert ray(ns, "delete", "rayjob/early", "--yes", "--wait").returncode == 0


def test_a_service_is_shown_and_reached(ns):
    cluster.kubectl("create", "configmap", "program", "-n", ns, f"--from-literal=answer.py={SERVE}")
    spec = kuberay.head_only(volumes=[{"name": "program", "configMap": {"name": "program"}}], container={
        "volumeMounts": [{"name": "program", "mountPath": "/home/ray/program"}],
        "env": [{"name": "PYTHONPATH", "value": "/home/ray/program"}]})
    kuberay.apply(ns, {"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"name": "answers"}, "spec": {
        "serveConfigV2": "applications: [{name: answers, import_path: 'answer:app', route_prefix: /}]", "rayClusterConfig": spec}})
    done = ray(ns, "rollout", "status", "rayservice/answers", "--timeout", "300s", timeout=320)
    assert done.returncode == 0 and "rayservice.ray.io/answers serves what was applied" in done.stdout, done
    cluster.kubectl("wait", "--for=condition=Ready", "rayservice/answers", "-n", ns, "--timeout=5s", timeout=20)
    row = ray(ns, "get", "service").stdout.splitlines()[1].split()
    assert row[0] == "answers", row
    done = ray(ns, "exec", "rayservice/answers", "--", "python", "-c", ASK)
    assert (done.returncode, done.stdout) == (0, "forty-two\n"), done.stderr
    assert "Ray runtime started" in ray(ns, "logs", "rayservice/answers").stdout
    done = ray(ns, "delete", "rayservice/answers", "--yes", "--wait")
    assert done.returncode == 0, done.stderr


def test_a_service_is_made_upgraded_to_what_fails_and_taken_back(ns, tmp_path):
    """The upgrade is of the Serve config alone: in place, within seconds, on two cores."""
    cluster.kubectl("create", "configmap", "fruit", "-n", ns, f"--from-literal=fruit.py={SERVE}")
    done = ray(ns, "create", "service", "fruit", "--import-path", "fruit:app", *SMALL, "--worker-replicas", "0",
               "--head-ray-start-params", "num-cpus=1", "--volume", "configmap/fruit:/home/ray/fruit", "--env", "PYTHONPATH=/home/ray/fruit", "--wait", "--timeout", "300s", timeout=320)
    assert done.returncode == 0, done
    assert done.stdout.startswith("rayservice.ray.io/fruit created\nrayservice.ray.io/fruit serves what was applied"), done.stdout
    spec = cluster.kubectl_json("get", "rayservice", "fruit", "-n", ns)["spec"]
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"name": "fruit"},
                                  "spec": {**spec, "serveConfigV2": "applications: [{import_path: no.such}]"}}))
    done = ray(ns, "apply", "-f", str(broken), "--yes")
    assert done.returncode == 0 and "is not kept" not in done.stderr, done
    done = ray(ns, "rollout", "status", "rayservice/fruit", "--timeout", "240s", timeout=260)
    assert done.returncode == 1 and "cannot finish: application" in done.stderr and "rollout undo" in done.stderr, done
    done = ray(ns, "rollout", "undo", "rayservice/fruit", "--yes")
    assert (done.returncode, done.stdout) == (0, "rayservice.ray.io/fruit rolled back\n"), done
    done = ray(ns, "rollout", "status", "rayservice/fruit", "--timeout", "240s", timeout=260)
    assert done.returncode == 0, done
    assert ray(ns, "delete", "rayservice/fruit", "--yes", "--wait").returncode == 0


def test_the_autoscaler_brings_a_worker_for_a_task(ns):
    done = ray(ns, "create", "cluster", "auto", *SMALL, "--autoscaler", "v2", "--worker-replicas", "0", "--worker-min-replicas", "0",
               "--worker-max-replicas", "1", "--head-ray-start-params", "num-cpus=0", "--worker-ray-start-params", "num-cpus=1",
               "--set", "spec.autoscalerOptions.resources={requests: {cpu: 100m, memory: 256Mi}}",
               "--set", "spec.autoscalerOptions.idleTimeoutSeconds=5", "--wait")
    assert done.returncode == 0, done.stderr
    program = "import os, ray; ray.init(); print('ran on', ray.get(ray.remote(lambda: os.uname().nodename).remote()))"
    done = ray(ns, "job", "submit", "--cluster", "auto", "--", "python", "-c", program)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ran on auto-default-group-worker-", done.stdout, re.M), done.stdout
    cluster.kubectl("wait", "--for=delete", "pod", "-n", ns, "-l", "ray.io/cluster=auto,ray.io/node-type=worker", "--timeout=240s", timeout=250)
    assert json.loads(ray(ns, "get", "cluster", "auto", "-o", "json").stdout)["spec"]["workerGroupSpecs"][0].get("replicas", 0) == 0
    assert ray(ns, "delete", "auto", "--yes", "--wait").returncode == 0
