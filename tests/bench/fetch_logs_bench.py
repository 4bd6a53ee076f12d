"""`logs --out-dir` of 1 GB of Ray's log files beside `kubectl cp` of the same folder, in turns: time, CPU and memory.

Run with KUBECTL_RAY set, PYTHONPATH=tests/support and the cluster of tests/cluster up. The files are text that
looks like Ray's, of many sizes; both sides have to bring every byte of them."""

import os
import pathlib
import statistics
import tempfile

import cluster
import ray_pods
from measure import measure

ROUNDS = 3
FOLDER = "/tmp/ray/session_latest/logs"
# 999 files of 1 MB and one of 10 MB, about what a cluster's workers leave.
MAKE_FILES = f"""
import pathlib
folder = pathlib.Path("/tmp/ray/session_1/logs")
folder.mkdir(parents=True, exist_ok=True)
line = "2026-11-21 03:00:00,%06d INFO worker.py:1234 -- a line of some hundred bytes, as most of Ray's are\\n"
text = "".join(line % number for number in range(12000)).encode()
for number in range(999):
    (folder / f"worker-{{number}}.out").write_bytes(text[-1_000_000:])
(folder / "raylet.out").write_bytes((text * 10)[-10_000_000:])
"""
BYTES = 999 * 1_000_000 + 10_000_000


def size_of(folder):
    files = [path for path in pathlib.Path(folder).rglob("*.out") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def main():
    with cluster.namespace("bench") as ns:
        ray_pods.create(ns, ray_pods.head("demo-head"))
        cluster.kubectl("exec", "-n", ns, "demo-head", "--", "python3", "-c", MAKE_FILES)
        rivals = {
            "kubectl ray logs --out-dir": [os.environ["KUBECTL_RAY"], "logs", "demo", "-n", ns, "--out-dir"],
            "kubectl cp": ["kubectl", "cp", "-n", ns, f"demo-head:{FOLDER}"],
        }
        results = {name: [] for name in rivals}
        for _ in range(ROUNDS):
            for name, command in rivals.items():
                with tempfile.TemporaryDirectory(prefix="fetch-logs-bench-") as folder:
                    results[name].append(measure([*command, folder], env=cluster.environment()))
                    assert results[name][-1].code == 0, results[name][-1].output[-500:]
                    assert size_of(folder) == (1000, BYTES), size_of(folder)
        for name, runs in results.items():
            wall = statistics.median(run.wall_s for run in runs)
            print(f"{name}: {wall:.1f} s ({BYTES / wall / 1e6:.0f} MB/s), CPU {statistics.median(run.cpu_s for run in runs):.1f} s, "
                  f"peak {max(run.peak_kib for run in runs) / 1024:.0f} MiB")


main()
