"""`logs --out-dir` of 1 GB of Ray's log files beside `kubectl cp` of the same folder. The files are text that looks like
Ray's, of two sizes; both sides have to bring every byte of them. Wants the cluster of tests/cluster up."""

import os
import pathlib
import tempfile

import cluster
import ray_pods
from bench import Bench, Rival, command, ours

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


def fetching(*words):
    def run():
        with tempfile.TemporaryDirectory(prefix="fetch-logs-bench-") as folder:
            figures = command([*words, folder], env=cluster.environment())()
            assert size_of(folder) == (1000, BYTES), size_of(folder)
            return {"MB/s": BYTES / figures["wall s"] / 1e6, **figures}
    return run


def main():
    with Bench("Fetching Ray's log files") as bench, cluster.namespace("bench") as ns:
        ray_pods.create(ns, ray_pods.head("demo-head"))
        cluster.kubectl("exec", "-n", ns, "demo-head", "--", "python3", "-c", MAKE_FILES)
        bench.case("1,000 files, 1 GB",
                   ours("kubectl ray logs --out-dir", fetching(os.environ["KUBECTL_RAY"], "logs", "demo", "-n", ns, "--out-dir")),
                   Rival("kubectl cp", fetching("kubectl", "cp", "-n", ns, f"demo-head:{FOLDER}")), rounds=3)


main()
