"""The agent around a real Ray on this machine: head and workers as its children, cleartext, TLS and token."""
import os
import pathlib
import re
import signal
import subprocess

import agent
import fake_gcs
import pytest
import real_ray
from cluster import RAY_VERSION
from free_ports import free_ports
from real_ray import PATH


@pytest.fixture
def nodes():
    with real_ray.cluster() as start:
        yield start


def descendants(pid):
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in [child, *descendants(child)]]


def command_of(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()


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
    assert re.search(rf"the gcs at .* is ready after .*, with Ray {re.escape(RAY_VERSION)}", worker.output())
    worker.process.terminate()
    assert worker.wait(90) == 0, worker.output()
    assert "drain: " in worker.output()
    assert "the gcs has no living node of this pod" not in worker.output()
    head.process.terminate()
    assert head.wait(90) == 0, head.output()


def test_a_head_that_comes_back_as_another_cluster_ends_its_workers(nodes):
    port, = free_ports(1)
    head = nodes(port, head=True)
    assert wait_gcs(port).returncode == 0
    head.wait_for("Ray runtime started.")
    worker = nodes(port, RAY_gcs_rpc_server_reconnect_timeout_s="120")
    worker.wait_for("Ray runtime started.")
    head.process.terminate()
    head.wait(90)
    nodes(port, head=True)
    assert worker.wait(120) == 69, worker.output()
    assert "came back as another cluster" in worker.output()


def test_a_crashed_raylet_is_named_in_the_termination_message(nodes, tmp_path):
    message = tmp_path / "message"
    message.touch()
    port, = free_ports(1)
    head = nodes(port, head=True, RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message))
    head.wait_for("Ray runtime started.")
    raylet, = (pid for pid in descendants(head.process.pid) if command_of(pid).endswith("/raylet"))
    os.kill(raylet, signal.SIGSEGV)
    assert head.wait(60) == 1, head.output()
    lines = message.read_text().splitlines()
    assert lines[:4] == ['"ray" ended with exit code 1', "fatal in ray_process_exit.log:",
                         "  raylet [exit code=-11 (signal 11)]", "fatal in raylet.out:"]
    assert "*** SIGSEGV received" in lines[4]
    assert lines[5] == "last lines of raylet.out:"
    assert not any("    @     0x" in line for line in lines)


def test_token_authentication(nodes):
    port, = free_ports(1)
    nodes(port, head=True, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="a-token-of-32-characters-or-more-")
    assert wait_gcs(port, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="a-token-of-32-characters-or-more-").returncode == 0
    for variables in ({}, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "another"}):
        result = wait_gcs(port, "6s", **variables)
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
    result = wait_gcs(port, "6s", **stranger)
    assert result.returncode == 66
    assert "certificate: " in result.stderr
