"""A real Ray on this machine, each node the child of a ray-init-agent; nothing outlives its folder."""
import contextlib
import pathlib
import shutil
import subprocess
import tempfile
import time

import agent
from free_ports import free_ports

VENV = subprocess.run([pathlib.Path(__file__).parents[1] / "cluster/ray-venv"], check=True, capture_output=True,
                      text=True).stdout.strip()
PATH = f"{VENV}/bin:/usr/bin:/bin"


class Node:
    """`ray-init-agent start`, with Ray's ports where nothing else is; ended with it, whatever happened."""

    def __init__(self, folder, gcs_port, head, **variables):
        client, dashboard_agent, metrics, dashboard = free_ports(4)
        params = {"num-cpus": 1, "memory": 1000000000, "object-store-memory": 100000000, "min-worker-port": 0,
                  "max-worker-port": 0, "ray-client-server-port": client, "metrics-export-port": metrics,
                  "dashboard-agent-listen-port": dashboard_agent, "dashboard-port": dashboard}
        if head:
            params.update({"port": gcs_port, "temp-dir": str(folder), "include-dashboard": "false"})
        self.log = open(folder / "agent.log", "w+")
        self.variables = {"PATH": PATH, "FQ_RAY_IP": "127.0.0.1", "RAY_PORT": str(gcs_port), "RAY_USAGE_STATS_ENABLED": "0",
                          "RAY_INIT_AGENT_NODE_TYPE": "head" if head else "worker", "HOME": str(folder),
                          "RAY_INIT_AGENT_LOGS": "off", "RAY_raylet_start_wait_time_s": "120", "RAY_INIT_AGENT_PARAM":
                          "\n".join(f"{key}={value}" for key, value in params.items()), **variables}
        self.process = subprocess.Popen([agent.AGENT, "start"], env=agent.environment(**self.variables), stdout=self.log,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def wait(self, timeout):
        return self.process.wait(timeout)

    def output(self):
        return pathlib.Path(self.log.name).read_text(errors="replace")

    def wait_for(self, text, timeout=120):
        """Until Ray has said it; nothing reports that a log has grown, so it is read again and again."""
        end = time.monotonic() + timeout
        while text not in self.output():
            assert self.process.poll() is None and time.monotonic() < end, self.output()
            time.sleep(0.05)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


@contextlib.contextmanager
def cluster():
    """Gives start(gcs_port, head=False, **variables); its folder's path is short enough for Ray's sockets."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))
    started = []

    def start(gcs_port, head=False, **variables):
        own = folder / str(len(started))  # a head beside the temp dir of another would take it for its own
        own.mkdir()
        started.append(Node(own, gcs_port, head, **variables))
        return started[-1]
    try:
        yield start
    finally:
        for node in reversed(started):
            node.stop()
            print(f"--- {node.variables['RAY_INIT_AGENT_NODE_TYPE']}\n{node.output()}")
        shutil.rmtree(folder, ignore_errors=True)
