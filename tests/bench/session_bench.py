"""A session beside `kubectl port-forward`: throughput over 1 and over 100 connections at once, time to the first byte, CPU and memory.
Wants the cluster of tests/cluster up."""

import concurrent.futures
import contextlib
import os
import re
import signal
import socket
import subprocess
import time

import cluster
import ray_pods
from bench import Bench, Rival, ours
from measure import cpu_s_of, peak_kib_of

BYTES = 300_000_000


def fetch(port, path):
    """Seconds to the first byte, and how many bytes came."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        received, buffer = connection.recv(1 << 16), bytearray(1 << 20)
        first, count = time.monotonic() - start, len(received)
        while received := connection.recv_into(buffer):
            count += received
    return first, count


@contextlib.contextmanager
def forwarding(arguments, pattern):
    """The process, and the local port that it says."""
    process = subprocess.Popen(arguments, env=cluster.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = next((int(found[1]) for line in process.stdout if (found := re.search(pattern, line))), None)
        assert port, f"{arguments[0]} did not start"
        yield process, port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def loading(connections, *how):
    """A round: so many connections at once bring all the bytes."""
    def run():
        with forwarding(*how) as (process, port), concurrent.futures.ThreadPoolExecutor(connections) as pool:
            begin = time.monotonic()
            fetched = list(pool.map(lambda path: fetch(port, path), [f"/{BYTES // connections}"] * connections))
            took = time.monotonic() - begin
            assert sum(count for _, count in fetched) >= BYTES, fetched[:3]
            return {"MB/s": BYTES / took / 1e6, "last first byte ms": max(first for first, _ in fetched) * 1000,
                    "CPU s": cpu_s_of(process.pid), "peak MiB": peak_kib_of(process.pid) / 1024}
    return run


def answering(*how):
    """A round: one small answer over a connection of its own, of a session that has had some."""
    def run():
        with forwarding(*how) as (_, port):
            fetch(port, "/index.html")
            return {"first byte ms": fetch(port, "/index.html")[0] * 1000}
    return run


def main():
    with Bench("A session") as bench, cluster.namespace("bench") as ns:
        ray_pods.create(ns, ray_pods.head("demo-head"))
        for size in (BYTES, BYTES // 100):
            cluster.kubectl("exec", "-n", ns, "demo-head", "--", "bash", "-c", f"head -c {size} /dev/urandom > /tmp/www/{size}")
        session = [os.environ["KUBECTL_RAY"], "session", "demo", "-n", ns, "--port", "0:dashboard"], r"localhost:(\d+)"
        forward = ["kubectl", "port-forward", "-n", ns, "pod/demo-head", ":8265"], r"127\.0\.0\.1:(\d+)"
        for connections in (1, 100):
            bench.case(f"{BYTES / 1e6:.0f} MB over {connections} connections" if connections > 1 else f"{BYTES / 1e6:.0f} MB over 1 connection",
                       ours("kubectl ray session", loading(connections, *session)), Rival("kubectl port-forward", loading(connections, *forward)))
        bench.case("a small answer", ours("kubectl ray session", answering(*session)), Rival("kubectl port-forward", answering(*forward)), rounds=20)


if __name__ == "__main__":
    main()
