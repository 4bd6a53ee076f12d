"""`logs -f` of 100 pods that log 100,000 lines a second in all, beside stern: CPU, memory, and how late lines are. Real objects in a real API
server, whose kubelet is a fake that has the lines ready."""

import os
import subprocess
import threading
import time

import api_server
import cluster
import object_pods
from bench import Bench, Rival, ours, scaled, stopped_at_end
from line_reader import LineReader
from measure import cpu_s_of, peak_kib_of

PODS, SECONDS, CHUNKS_A_SECOND, CHUNK = 100, scaled(10), 10, 100  # lines a chunk
TEXT = "INFO worker.py:1234 -- a line of some hundred bytes, as most of Ray's are, and so is this one"


class Round:
    """All pods begin to log once all are followed, and their streams stay open to the end."""

    def __init__(self):
        self.begun, self.over, self.begin = threading.Barrier(PODS + 1, self.note_begin), threading.Event(), 0.0

    def note_begin(self):
        self.begin = time.monotonic()


class Logs:
    """The kubelet's route for the logs of all containers."""

    def __init__(self):
        self.round = Round()

    def __call__(self, request):
        this, stamped = self.round, "timestamps=true" in request.query
        request.start_stream()
        this.begun.wait(60)
        for number in range(SECONDS * CHUNKS_A_SECOND):
            this.over.wait(max(0.0, this.begin + number / CHUNKS_A_SECOND - time.monotonic()))
            request.chunk(chunk(stamped))
        this.over.wait(120)


def chunk(stamped):
    """The last line has the time at its end."""
    second, lines = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()), [TEXT] * (CHUNK - 1) + [f"{TEXT} @{time.monotonic()}"]
    nanoseconds = time.time_ns() % 1_000_000_000 // 1000 * 1000
    return "".join(f"{second}.{nanoseconds + number:09}Z {line}\n" if stamped else f"{line}\n" for number, line in enumerate(lines))


def following(server, logs, *command):
    environment = {**cluster.environment(), "KUBECONFIG": str(server.kubeconfig)}

    def run():
        this = logs.round = Round()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            with stopped_at_end(process):
                reader = LineReader(process.stdout, b"and so is this one")
                await_followers(server, this)
                return figures(this, process, reader)
        finally:
            this.begun.abort()
            this.over.set()
    return run


def await_followers(server, this):
    """As on a cluster, pods change meanwhile: the API server lets no watch begin from `now`, which is how stern begins, until its cache has seen
    a change later than all of etcd's; of an etcd as old as Debian 12's it cannot ask for one."""
    end = time.monotonic() + 60
    while this.begun.n_waiting < PODS:
        assert time.monotonic() < end, f"{this.begun.n_waiting} of {PODS} pods are followed"
        change = {"metadata": {"annotations": {"changed": str(time.monotonic())}}}
        server.request("PATCH", f"{object_pods.POD_PATH}/demo-head", change, "application/merge-patch+json")
        time.sleep(0.1)
    this.begun.wait(10)


def figures(this, process, reader):
    before = cpu_s_of(process.pid)
    lines = PODS * SECONDS * CHUNKS_A_SECOND * CHUNK
    reader.wait(lines, 60 + 5 * SECONDS)
    took = time.monotonic() - this.begin
    assert reader.count == lines, f"{reader.count} of {lines} lines"
    return {"lines/s": lines / took, "CPU s": cpu_s_of(process.pid) - before, "peak MiB": peak_kib_of(process.pid) / 1024, **reader.delay_ms()}


def main():
    stern, logs = cluster.part("stern") / "stern", Logs()
    with Bench("Following the logs of pods") as bench, api_server.api_server() as server, object_pods.kubelet(server, log=logs):
        server.install_crds()
        object_pods.create_cluster(server, PODS - 1)
        with_stern = [stern, "-l", "ray.io/cluster=demo", "--tail=-1", f"--max-log-requests={PODS}", "--color=never"]
        bench.case(f"{PODS} pods, {PODS * CHUNKS_A_SECOND * CHUNK:,} lines/s for {SECONDS} s",
                   ours("kubectl ray logs -f", following(server, logs, os.environ["KUBECTL_RAY"], "logs", "-f", "demo")),
                   Rival("stern", following(server, logs, *with_stern)), rounds=3)


main()
