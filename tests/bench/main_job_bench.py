"""A cluster of our own made, and jobs in it, beside `ray job submit`. Wants the cluster of tests/cluster up."""

import contextlib
import os
import re
import subprocess
import time

import cluster
from bench import Bench, Rival, command, ours
from cluster import SMALL, environment, kubectl, kubectl_json, run
from local_ray import ray_program

PLUGIN = os.environ["KUBECTL_RAY"]
JOB = ["python", "-c", "print('first ' + 'line', flush=True)"]


def creating(ns):
    """A round: seconds until the worker is registered with the GCS, and until all is ready."""
    def create():
        begin, wall = time.monotonic(), time.time()
        done = run("kubectl", "ray", "create", "cluster", "bench", "--worker-replicas", "1", *SMALL, "--wait", "-n", ns, timeout=300)
        assert done.returncode == 0, done.stderr
        ready = time.monotonic() - begin
        head = kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=head")["items"][0]["metadata"]["name"]
        nodes = kubectl("exec", "-n", ns, head, "--", "python3", "-c",
                        "from ray.util.state import list_nodes\n"
                        "print(*[n.start_time_ms for n in list_nodes(address='127.0.0.1:6379', detail=True) if not n.is_head_node])")
        return {"worker registered s": int(nodes.split()[-1]) / 1000 - wall, "all ready s": ready}

    return create


@contextlib.contextmanager
def forwarded(ns, head):
    forward = subprocess.Popen(["kubectl", "port-forward", "-n", ns, f"pod/{head}", ":8265"], stdout=subprocess.PIPE, text=True, env=environment())
    try:
        yield re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())[1]
    finally:
        forward.terminate()
        forward.wait()


def submitting(*words):
    run = command([*words, "--", *JOB], match="first line", env=environment())

    def figures():
        measured = run()
        return {"first line s": measured.pop("first s"), "end s": measured.pop("wall s"), **measured}

    return figures


def by_ray(ns, head):
    def run():
        with forwarded(ns, head) as port:
            return submitting(ray_program(), "job", "submit", "--address", f"http://127.0.0.1:{port}")()
    return run


def main():
    with Bench("A cluster and its first job") as bench, cluster.namespace("bench") as ns:
        bench.case("a head and a worker, without the operator", ours("create cluster --wait", creating(ns)), rounds=1, warm_up=False)
        head = kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=head")["items"][0]["metadata"]["name"]
        # Not through kubectl: the kernel counts the peak of the kubectl that turned into the plugin (44 MiB) as the plugin's.
        bench.case("a job's output", ours("kubectl ray job submit", submitting(PLUGIN, "job", "submit", "--cluster", "bench", "-n", ns)),
                   Rival("kubectl port-forward, ray job submit", by_ray(ns, head)), rounds=3)


if __name__ == "__main__":
    main()
