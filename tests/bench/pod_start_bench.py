"""From a worker's pod made to its raylet healthy and to Ready: the agent, asked by exec and by HTTP probes, beside KubeRay's own
sequence (bash, `ray health-check`, 5 s sleep, wget probes), in the same pods on the same cluster, head and worker made
together."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import agent
import kuberay_pods

os.environ.setdefault("KUBECTL_RAY", agent.AGENT)  # the cluster's helper wants it; the plugin has no part in this
from cluster import kubectl, kubectl_json, namespace, run  # noqa: E402

RUNS = 3
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


def measure(change):
    with namespace("start-bench") as ns:
        manifests = [kuberay_pods.head_service(ns), change(kuberay_pods.head_pod(ns)), change(kuberay_pods.worker_pod(ns))]
        for manifest in manifests:
            done = run("kubectl", "apply", "-f", "-", input=json.dumps(manifest))
            assert done.returncode == 0, done.stderr
        begin = time.time()
        while not (ip := kubectl_json("get", "pod", "worker", "-n", ns)["status"].get("podIP")):
            time.sleep(0.1)
        healthy = healthy_at(ip, 180)
        kubectl("wait", "-n", ns, "--for=condition=Ready", "pod/worker", "--timeout=180s", timeout=190)
        ready = time.time()
        return healthy - begin, ready - begin, ready - healthy


def main():
    with tempfile.TemporaryDirectory(prefix="ray-init-agent-") as folder:
        pathlib.Path(folder).chmod(0o755)
        assert agent.run("install", folder).returncode == 0
        rivals = {"KubeRay's own": lambda manifest: manifest,
                  "ray-init-agent": lambda manifest: kuberay_pods.with_agent(manifest, folder),
                  "ray-init-agent, HTTP probes": lambda manifest: kuberay_pods.with_agent(manifest, folder, HEALTH_PORT)}
        print(f"{'worker, made with its head':<30} {'raylet healthy':>15} {'Ready':>8} {'between':>8}   (s, median of {RUNS})")
        for name, change in rivals.items():
            healthy, ready, between = (statistics.median(column) for column in zip(*(measure(change) for _ in range(RUNS))))
            print(f"  {name:<28} {healthy:15.1f} {ready:8.1f} {between:8.1f}", flush=True)
            assert change is rivals["KubeRay's own"] or between < MOST_S, f"over {MOST_S} s"


if __name__ == "__main__":
    main()
