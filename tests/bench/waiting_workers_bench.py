"""2,000 workers that wait for a GCS which comes up after a minute, its name with it or there from the first: real agents and their queries, which a
name server of the bench's own counts; and a few beside KubeRay's own loop, of which no machine holds so many. All of it is in namespaces without another network."""

import contextlib
import os
import pathlib
import resource
import selectors
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import agent
import name_server
from bench import Bench, Rival, ours, scaled
from crowded_gcs import CrowdedGcs
from local_ray import ray_program

HOST = "demo-head-svc.default.svc.cluster.local"
PORT = 6379
MANY, FEW = scaled(2_000), 4
AGENT = [agent.AGENT, "wait-gcs", "--version-check=false", "--address", f"{HOST}:{PORT}"]


def kuberay_loop():
    """The init container's, as KubeRay's operator writes it."""
    return ["bash", "-c", f"until {ray_program()} health-check --address {HOST}:{PORT} >/dev/null 2>&1; do sleep 5; done"]


def waiting(server, command, count, seconds, known=False):
    """A round: `count` of them wait for that long, counted from when all have begun to; `known`: for the port alone."""
    def run():
        server.names = (HOST,) if known else ()
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            processes = [stack.enter_context(killed_at_end(command, f"{folder}/{number}")) for number in range(count)]
            asked, asked_late = queries_in(server, seconds * 2 / 3), queries_in(server, seconds / 3)
            after = released(server, processes)
            peaks = [int(path.read_text()) for path in pathlib.Path(folder).iterdir()]
        return {"queries/s": (asked + asked_late) / seconds, "queries/s in the last third": asked_late / (seconds / 3),
                "peak MiB each": statistics.median(peaks) / 1024, "CPU s in all": sum(cpu for _, cpu in after),
                "median s after the GCS": statistics.median(ended for ended, _ in after), "last s after the GCS": after[-1][0]}
    return run


@contextlib.contextmanager
def killed_at_end(command, peak):
    """The process id of GNU time, which writes the peak of what it has started to that file."""
    process = subprocess.Popen(["/usr/bin/time", "--quiet", "--format=%M", f"--output={peak}", *command], env=agent.environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def queries_in(server, seconds):
    before = len(server.queries)
    time.sleep(seconds)  # how much they ask in this time is the point
    return len(server.queries) - before


def released(server, processes):
    """Of each, in order: seconds from the GCS's first readiness to its end, and its seconds of CPU."""
    after = []
    with selectors.DefaultSelector() as ends, CrowdedGcs(PORT):
        for process in processes:
            ends.register(os.pidfd_open(process.pid), selectors.EVENT_READ, process)
        begin, server.names = time.monotonic(), (HOST,)
        while ends.get_map():
            ready = ends.select(60)
            assert ready, f"{len(ends.get_map())} of them still wait"
            for key, _ in ready:
                ended = time.monotonic() - begin
                ends.unregister(key.fd)
                os.close(key.fd)
                _, status, usage = os.wait4(key.data.pid, 0)
                key.data.returncode = os.waitstatus_to_exitcode(status)
                assert key.data.returncode == 0
                after.append((ended, usage.ru_utime + usage.ru_stime))
    return after


def main():
    if "inside" not in sys.argv:
        ray_program()  # made while there is a network
        os.execvp("unshare", ["unshare", "--mount", "--net", sys.executable, *sys.argv, "inside"])
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    name_server.bring_loopback_up()
    name_server.use_name_server(name_server.POD_SEARCH)
    server = name_server.NameServer()
    threading.Thread(target=server.serve, daemon=True).start()
    with Bench("Workers that wait for their head") as bench:
        bench.case(f"{MANY:,} workers, {scaled(60)} s, the port closed", ours("ray-init-agent wait-gcs", waiting(server, AGENT, MANY, scaled(60), known=True)),
                   rounds=1, warm_up=False)
        bench.case(f"{MANY:,} workers, {scaled(60)} s", ours("ray-init-agent wait-gcs", waiting(server, AGENT, MANY, scaled(60))), rounds=1, warm_up=False)
        bench.case(f"{FEW} workers, {scaled(20)} s", ours("ray-init-agent wait-gcs", waiting(server, AGENT, FEW, scaled(20))),
                   Rival("KubeRay's loop", waiting(server, kuberay_loop(), FEW, scaled(20))), rounds=2, warm_up=False)


if __name__ == "__main__":
    main()
