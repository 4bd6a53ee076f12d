"""Issue 3's numbers on the cluster of our own, each beside its rival in the same run.

Needs a cluster that is up (tests/cluster/up) and tests/cluster/ray-venv. Bounded: one cluster, three jobs each.
"""

import contextlib
import gzip
import os
import pathlib
import re
import statistics
import subprocess
import time

from cluster import ROOT, SMALL, environment, kubectl, kubectl_json, namespace, part, run
from measure import measure

PLUGIN = pathlib.Path(os.environ["KUBECTL_RAY"])
AGENT = pathlib.Path(os.environ["RAY_INIT_AGENT"])
JOB = ["python", "-c", "print('first ' + 'line', flush=True)"]
RUNS = 3


def sizes():
    print(f"kubectl-ray {PLUGIN.stat().st_size / 1e6:.2f} MB, ray-init-agent {AGENT.stat().st_size / 1e6:.2f} MB, "
          f"gzipped {len(gzip.compress(AGENT.read_bytes(), 9, mtime=0)) / 1e3:.0f} kB (limit 900)")


def start_time():
    official = part("kuberay-plugin") / "kubectl-ray"
    for name, command in (("kubectl-ray", [PLUGIN, "version", "--client"]), ("KubeRay's kubectl-ray", [official, "version", "--help"])):
        runs = [measure(list(map(str, command))) for _ in range(20)]
        print(f"{name}: {command[0].stat().st_size / 1e6:.1f} MB, starts in {statistics.median(r.wall_s for r in runs) * 1e3:.1f} ms, "
              f"peak {max(r.peak_kib for r in runs)} KiB")


def create(ns):
    begin, wall = time.monotonic(), time.time()
    done = run("kubectl", "ray", "create", "cluster", "bench", "--worker-replicas", "1", *SMALL, "--wait", "-n", ns, timeout=300)
    assert done.returncode == 0, done.stderr
    ready = time.monotonic() - begin
    head = kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=head")["items"][0]["metadata"]["name"]
    nodes = kubectl("exec", "-n", ns, head, "--", "python3", "-c",
                    "from ray.util.state import list_nodes\n"
                    "print(*[n.start_time_ms for n in list_nodes(address='127.0.0.1:6379', detail=True) if not n.is_head_node])")
    registered = int(nodes.split()[-1]) / 1000 - wall
    print(f"create cluster: worker registered after {registered:.1f} s, all ready after {ready:.1f} s")
    return head


@contextlib.contextmanager
def forwarded(ns, head):
    forward = subprocess.Popen(["kubectl", "port-forward", "-n", ns, f"pod/{head}", ":8265"], stdout=subprocess.PIPE, text=True, env=environment())
    try:
        yield re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())[1]
    finally:
        forward.terminate()
        forward.wait()


def submit(ns, head):
    # Not through kubectl: the kernel counts the peak of the kubectl that turned into the plugin (44 MiB) as the plugin's.
    ours = [measure([str(PLUGIN), "job", "submit", "--cluster", "bench", "-n", ns, "--", *JOB], "first line", environment())
            for _ in range(RUNS)]
    venv = subprocess.run([ROOT / "tests/cluster/ray-venv"], check=True, capture_output=True, text=True).stdout.strip()
    theirs = []
    for _ in range(RUNS):
        with forwarded(ns, head) as port:
            theirs.append(measure([f"{venv}/bin/ray", "job", "submit", "--address", f"http://127.0.0.1:{port}", "--", *JOB], "first line", environment()))
    for name, results in (("kubectl-ray job submit", ours), ("ray job submit + kubectl port-forward", theirs)):
        assert all(r.code == 0 and r.first_match_s for r in results), results[0].output
        print(f"{name}: first line {statistics.median(r.first_match_s for r in results):.2f} s, "
              f"end {statistics.median(r.wall_s for r in results):.2f} s, CPU {statistics.median(r.cpu_s for r in results):.2f} s, "
              f"peak {max(r.peak_kib for r in results) / 1024:.0f} MiB")
    ratio = statistics.median(r.first_match_s for r in theirs) / statistics.median(r.first_match_s for r in ours)
    print(f"first line: {ratio:.1f} times as fast as ray job submit")


def main():
    sizes()
    start_time()
    with namespace("bench") as ns:
        head = create(ns)
        submit(ns, head)


if __name__ == "__main__":
    main()
