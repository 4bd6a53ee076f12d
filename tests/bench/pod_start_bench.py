"""From a worker's pod made to its raylet healthy and to Ready: the agent, asked by exec and by HTTP probes, beside KubeRay's own
sequence (bash, `ray health-check`, 5 s sleep, wget probes), in clusters of KubeRay's operator, head and worker made together. Wants the cluster of
tests/cluster up."""
import copy
import json
import os
import subprocess
import sys
import time

import cluster
import kuberay
from bench import Bench, Rival, ours
from cluster import kubectl, kubectl_json, run

HEALTH_PORT = 8081
MOST_S = 2  # from a healthy raylet to Ready, under the agent


def healthy_at(worker_ip, deadline):
    """When the worker's raylet, registered with the GCS, said that it is healthy: looked at every 100 ms."""
    script = ("import time, urllib.request\n"
              f"while True:\n"
              f"    try:\n"
              f"        if b'success' in urllib.request.urlopen('http://{worker_ip}:52365/api/local_raylet_healthz', timeout=1).read():\n"
              f"            print(time.time()); break\n"
              f"    except OSError: pass\n"
              f"    time.sleep(0.1)\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=deadline)
    return float(done.stdout)


def manifests(*flags):
    done = run(os.environ["KUBECTL_RAY"], "create", "cluster", "demo", "--head-cpu", "1", "--head-memory", "1500Mi", "--worker-cpu", "1",
               "--worker-memory", "1500Mi", *flags, "--dry-run", "-o", "json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    made = shown.get("items", [shown])  # without the agent there is no list of it and its ConfigMaps
    for group in groups_of(made):
        group["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "200m"
    return made


def groups_of(made):
    spec = next(one for one in made if one["kind"] == "RayCluster")["spec"]
    return [spec["headGroupSpec"], *spec["workerGroupSpecs"]]


def asked_by_http(made):
    def probe(path, period, failures):
        return {"httpGet": {"path": path, "port": HEALTH_PORT}, "periodSeconds": period, "failureThreshold": failures}

    made = copy.deepcopy(made)
    for group in groups_of(made):
        container = group["template"]["spec"]["containers"][0]
        container["env"].append({"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": str(HEALTH_PORT)})
        container |= {"startupProbe": probe("/readyz", 1, 3600), "readinessProbe": probe("/readyz", 5, 10),
                      "livenessProbe": probe("/healthz", 5, 120)}
    return made


def worker_of(ns):
    return kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=worker")["items"]


def starting(made):
    """A round makes a cluster in a namespace of its own."""
    def run():
        with cluster.namespace("start-bench") as ns:
            kuberay.apply(ns, *({**one, "metadata": {**one["metadata"], "namespace": ns}} for one in made))
            begin = time.time()
            worker = kuberay.wait_until(lambda: worker_of(ns), lambda pods: pods and pods[0]["status"].get("podIP"))[0]
            healthy = healthy_at(worker["status"]["podIP"], 180)
            kubectl("wait", "-n", ns, "--for=condition=Ready", f"pod/{worker['metadata']['name']}", "--timeout=180s", timeout=190)
            ready = time.time()
            return {"raylet healthy s": healthy - begin, "Ready s": ready - begin, "between s": ready - healthy}
    return run


def main():
    with Bench("A worker's start under KubeRay's operator") as bench, kuberay.operator():
        seen = bench.case("a worker, made with its head", ours("ray-init-agent", starting(manifests())),
                          ours("ray-init-agent, HTTP probes", starting(asked_by_http(manifests()))),
                          Rival("KubeRay's own", starting(manifests("--no-agent"))), rounds=3)
        for name in ("ray-init-agent", "ray-init-agent, HTTP probes"):
            assert seen[name]["between s"].median < MOST_S, f"{name}: over {MOST_S} s"


if __name__ == "__main__":
    main()
