"""The preflight of `start`: what it adds to a start, on a good node and where a port is taken on a node with many processes
whose sockets are looked through. Its rival is the same start without."""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

import agent
from bench import Bench, Rival, command, ours

MOST_S = 0.1
PROCESSES, DESCRIPTORS = 200, 50


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


def compare(bench, title, path, params, code):
    def start(code, *flags):
        variables = agent.environment(PATH=path, RAY_INIT_AGENT_NODE_TYPE="head", RAY_START_PARAMS=json.dumps(params))
        return command([agent.AGENT, "start", "--logs=off", *flags], code=code, env=variables)

    took = bench.case(title, ours("start", start(code)), Rival("start --preflight=false", start(0, "--preflight=false")), rounds=20)
    added = took["start"]["wall s"].median - took["start --preflight=false"]["wall s"].median
    assert added < MOST_S, f"the preflight takes {added:.3f} s, over {MOST_S}"


def main():
    with Bench("The agent's preflight") as bench, tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        ray = pathlib.Path(folder) / "ray"
        ray.write_text("#!/bin/sh\nexit 0\n")
        ray.chmod(0o755)
        path = f"{folder}:{os.defpath}"
        good = {"port": "0", "min-worker-port": "0", "max-worker-port": "0"}
        compare(bench, "a good node", path, good, 0)
        with crowd():
            compare(bench, f"a good node, {PROCESSES} processes", path, good, 0)
            compare(bench, f"a taken port, {PROCESSES} processes", path, {**good, "port": str(taken.getsockname()[1])}, 67)


if __name__ == "__main__":
    main()
