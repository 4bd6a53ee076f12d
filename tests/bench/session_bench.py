"""A session beside `kubectl port-forward` in the same run: throughput, time to the first byte, memory.

Run with KUBECTL_RAY set, PYTHONPATH=tests/support and the cluster of tests/cluster up."""

import os
import re
import signal
import socket
import statistics
import subprocess
import time

import cluster
import ray_pods

BYTES = 300_000_000
ROUNDS = 5


def fetch(port, path):
    """Seconds to the first byte and in all, and how many bytes came."""
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        first, received = None, 0
        buffer = bytearray(1 << 20)
        while received < (BYTES if path == "/big" else 1):
            n = connection.recv_into(buffer)
            if n == 0:
                break
            first = first or time.monotonic() - start
            received += n
    return first, time.monotonic() - start, received


def peak_memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) // 1024


def measure(name, process, port):
    rates, firsts = [], []
    for _ in range(ROUNDS):
        _, seconds, received = fetch(port, "/big")
        rates.append(received / seconds / 1e6)
    for _ in range(20):
        firsts.append(fetch(port, "/index.html")[0] * 1000)
        time.sleep(0.2)
    print(f"{name}: {statistics.median(rates):.0f} MB/s ({min(rates):.0f} to {max(rates):.0f}), first byte "
          f"{statistics.median(firsts):.1f} ms (worst {max(firsts):.1f}), {peak_memory(process.pid)} MB peak")


def started(arguments, pattern):
    process = subprocess.Popen(arguments, env=cluster.environment(), stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    for line in process.stdout:
        if found := re.search(pattern, line):
            return process, int(found[1])
    raise SystemExit(f"{arguments[0]} did not start")


def main():
    with cluster.namespace("bench") as ns:
        ray_pods.create(ns, ray_pods.head("demo-head"))
        cluster.kubectl("exec", "-n", ns, "demo-head", "--", "bash", "-c", f"head -c {BYTES} /dev/urandom > /tmp/www/big")
        for name, arguments, pattern in [
            ("session", [os.environ["KUBECTL_RAY"], "session", "demo", "-n", ns, "--port", "0:dashboard"],
             r"localhost:(\d+)"),
            ("kubectl port-forward", ["kubectl", "port-forward", "-n", ns, "pod/demo-head", ":8265"],
             r"127\.0\.0\.1:(\d+)"),
        ]:
            process, port = started(arguments, pattern)
            measure(name, process, port)
            process.send_signal(signal.SIGINT)
            process.wait(30)


if __name__ == "__main__":
    main()
