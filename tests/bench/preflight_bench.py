"""The preflight of `start`: what it adds to a start, on a good node and where a port is taken on a node with many processes
whose sockets are looked through. Its rival is the same start without."""
import contextlib
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import agent

RUNS = 20
MOST_MS = 100
PROCESSES, DESCRIPTORS = 200, 50


def start_ms(path, params, *flags):
    begin = time.monotonic()
    done = agent.run("start", "--logs=off", *flags, PATH=path, RAY_INIT_AGENT_NODE_TYPE="head", RAY_START_PARAMS=json.dumps(params))
    took = (time.monotonic() - begin) * 1000
    return took, done


@contextlib.contextmanager
def crowd():
    """A node full of processes, each with descriptors open."""
    script = f"import os, sys\nfor _ in range({DESCRIPTORS}): os.open('/dev/null', 0)\nprint('up', flush=True)\nsys.stdin.read()"
    processes = [subprocess.Popen([sys.executable, "-S", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                 for _ in range(PROCESSES)]
    try:
        for process in processes:
            process.stdout.readline()
        yield
    finally:
        for process in processes:
            process.communicate()


def report(title, path, params, code):
    with_it, without = [], []
    for _ in range(RUNS):
        took, done = start_ms(path, params)
        assert done.returncode == code, done.stderr
        with_it.append(took)
        took, done = start_ms(path, params, "--preflight=false")
        assert done.returncode == 0, done.stderr
        without.append(took)
    added = statistics.median(with_it) - statistics.median(without)
    print(f"  {title:<34} {statistics.median(without):9.1f} {statistics.median(with_it):9.1f} {added:9.1f} {max(with_it):9.1f}")
    assert added < MOST_MS, f"over {MOST_MS} ms"


def main():
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        ray = pathlib.Path(folder) / "ray"
        ray.write_text("#!/bin/sh\nexit 0\n")
        ray.chmod(0o755)
        path = f"{folder}:{os.defpath}"
        print(f"{'start, ms':<36} {'without':>9} {'with':>9} {'added':>9} {'longest':>9}")
        good = {"port": "0", "min-worker-port": "0", "max-worker-port": "0"}
        report("a good node", path, good, 0)
        with crowd():
            report(f"a good node, {PROCESSES} processes", path, good, 0)
            report(f"a taken port, {PROCESSES} processes", path, {**good, "port": str(taken.getsockname()[1])}, 67)


if __name__ == "__main__":
    main()
