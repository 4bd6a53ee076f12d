"""`logs` of pods with 400,000 lines beside stern's; both bring every line with its pod's name. Wants the cluster of
tests/cluster up."""

import os

import cluster
import ray_pods
from bench import Bench, Rival, command, ours

PODS, LINES = 8, 50_000
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
    with Bench("Logs of pods, all that there is") as bench, cluster.namespace("bench") as ns:
        ray_pods.create(ns, *(pod(number) for number in range(PODS)))

        def reading(*words):
            return command(words, check=lambda output: output.count("as most of Ray has\n") == PODS * LINES, env=cluster.environment())

        stern = [cluster.part("stern") / "stern", "-n", ns, "-l", "ray.io/cluster=demo", "--no-follow", "--tail=-1", "--max-log-requests=50",
                 "--color=never"]
        bench.case(f"{PODS} pods, {PODS * LINES:,} lines", ours("kubectl ray logs", reading(os.environ["KUBECTL_RAY"], "logs", "demo", "-n", ns)),
                   Rival("stern", reading(*stern)))


main()
