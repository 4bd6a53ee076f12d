"""`logs` of pods with 400,000 lines beside stern's, in turns: time, CPU and memory; both bring every line with its pod's name.

Run with KUBECTL_RAY set, PYTHONPATH=tests/support and the cluster of tests/cluster up."""

import os
import statistics

import cluster
import ray_pods
from measure import measure

PODS, LINES, ROUNDS = 8, 50_000, 3
PRINT = f"""
for number in range({LINES}):
    print("2026-11-21 03:00:00,%06d INFO worker.py:1234 -- a line of some hundred bytes, as most of Ray has" % number)
"""


def pod(number):
    made = ray_pods.worker(f"demo-worker-{number}")
    # The pod is Ready once it has printed all of them.
    container = made["spec"]["containers"][0]
    container["command"] = ["bash", "-c", f"python3 -c '{PRINT}'; touch /tmp/printed; sleep 1000"]
    container["readinessProbe"] = {"exec": {"command": ["cat", "/tmp/printed"]}, "periodSeconds": 1}
    return made


def main():
    with cluster.namespace("bench") as ns:
        ray_pods.create(ns, *(pod(number) for number in range(PODS)))
        rivals = {
            "kubectl ray logs": [os.environ["KUBECTL_RAY"], "logs", "demo", "-n", ns],
            "stern": [str(cluster.part("stern") / "stern"), "-n", ns, "-l", "ray.io/cluster=demo", "--no-follow", "--tail=-1",
                      "--max-log-requests=50", "--color=never"],
        }
        results = {name: [] for name in rivals}
        for _ in range(ROUNDS):
            for name, command in rivals.items():
                results[name].append(measure(command, env=cluster.environment()))
                assert results[name][-1].output.count("as most of Ray has\n") == PODS * LINES, results[name][-1].output[-500:]
        for name, runs in results.items():
            print(f"{name}: {statistics.median(run.wall_s for run in runs):.1f} s, CPU "
                  f"{statistics.median(run.cpu_s for run in runs):.1f} s, peak {max(run.peak_kib for run in runs) / 1024:.0f} MiB")


main()
