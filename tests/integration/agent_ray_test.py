"""The agent around a real Ray on this machine: head and workers as its children, cleartext, TLS and token."""
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

import agent
import fake_gcs
import pytest

VENV = subprocess.run([pathlib.Path(__file__).parents[1] / "cluster/ray-venv"], check=True, capture_output=True,
                      text=True).stdout.strip()
PATH = f"{VENV}/bin:/usr/bin:/bin"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for probe in sockets:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in sockets]
    for probe in sockets:
        probe.close()
    return ports


class Node:
    """`ray-init-agent start`, with Ray's ports where nothing else is; ended with it, whatever happened."""

    def __init__(self, folder, gcs_port, head, **variables):
        client, dashboard_agent, metrics, dashboard = free_ports(4)
        params = {"num-cpus": 1, "memory": 1000000000, "object-store-memory": 100000000, "min-worker-port": 0,
                  "max-worker-port": 0, "ray-client-server-port": client, "metrics-export-port": metrics,
                  "dashboard-agent-listen-port": dashboard_agent, "dashboard-port": dashboard}
        if head:
            params.update({"port": gcs_port, "temp-dir": str(folder), "include-dashboard": "false"})
        self.log = open(folder / f"agent-{time.monotonic_ns()}.log", "w+")
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
        """Until Ray has said it; nothing tells when a log has grown, so it is looked at."""
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


@pytest.fixture
def nodes():
    """Starts nodes in a folder whose path is short enough for Ray's sockets; ends all of them."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))
    started = []

    def start(gcs_port, head=False, **variables):
        own = folder / str(len(started))  # a head beside the temp dir of another would take it for its own
        own.mkdir()
        started.append(Node(own, gcs_port, head, **variables))
        return started[-1]
    yield start
    for node in reversed(started):
        node.stop()
        print(f"--- {node.variables['RAY_INIT_AGENT_NODE_TYPE']}\n{pathlib.Path(node.log.name).read_text(errors='replace')}")
    shutil.rmtree(folder, ignore_errors=True)


def wait_gcs(port, timeout="60s", **variables):
    return agent.run("wait-gcs", "--address", f"127.0.0.1:{port}", "--gcs-timeout", timeout, timeout=90,
                     **{"PATH": PATH, **variables})


def test_a_head_and_a_worker_from_start_to_completed(nodes):
    port, = free_ports(1)
    head = nodes(port, head=True)
    assert wait_gcs(port).returncode == 0
    head.wait_for("Ray runtime started.")  # on one machine Ray takes a worker that comes sooner for its head
    worker = nodes(port, RAY_CLOUD_INSTANCE_ID="pod-1")
    worker.wait_for("Ray runtime started.")
    assert re.search(r"the gcs at .* is ready after .*, with Ray 2\.52\.0", worker.output())
    worker.process.terminate()
    assert worker.wait(30) == 0, worker.output()
    assert "drain: " in worker.output()
    assert "the gcs knows no such node" not in worker.output()
    head.process.terminate()
    assert head.wait(30) == 0, head.output()


def test_a_head_that_comes_back_as_another_cluster_ends_its_workers(nodes):
    port, = free_ports(1)
    head = nodes(port, head=True)
    assert wait_gcs(port).returncode == 0
    head.wait_for("Ray runtime started.")
    worker = nodes(port, RAY_gcs_rpc_server_reconnect_timeout_s="120")
    worker.wait_for("Ray runtime started.")
    time.sleep(2.5)  # the watchdog has asked at least once
    head.process.terminate()
    head.wait(30)
    nodes(port, head=True)
    assert worker.wait(120) == 69, worker.output()
    assert "came back as another cluster" in worker.output()


def test_token_authentication(nodes):
    port, = free_ports(1)
    nodes(port, head=True, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="a-token-of-32-characters-or-more-")
    assert wait_gcs(port, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="a-token-of-32-characters-or-more-").returncode == 0
    for variables in ({}, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "another"}):
        result = wait_gcs(port, "500ms", **variables)
        assert result.returncode == 66
        assert "token: grpc status" in result.stderr


def test_mutual_tls(nodes, tmp_path):
    port, = free_ports(1)
    own = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    names = ",".join(["DNS:localhost", "IP:127.0.0.1", *(f"IP:{address}" for address in own)])
    certificates = fake_gcs.make_certificates(tmp_path / "tls", names)
    tls = fake_gcs.tls_environment(certificates)
    nodes(port, head=True, **tls)
    result = wait_gcs(port, **tls)
    assert result.returncode == 0, result.stderr
    assert wait_gcs(port, "500ms").returncode in (65, 66)  # in cleartext
    stranger = fake_gcs.tls_environment(fake_gcs.make_certificates(tmp_path / "stranger", names))
    result = wait_gcs(port, "1s", **stranger)
    assert result.returncode == 66
    assert "certificate: " in result.stderr
