"""Jobs on a real Ray behind token authentication, on a cluster without the operator: signing in, a driver that runs out of
memory, a cluster that never gets ready, and every part in between failing while output is followed."""

import base64
import json
import os
import pathlib
import select
import signal
import subprocess

import cluster
import pytest
from api_server import wait_for

PLUGIN = os.environ["KUBECTL_RAY"]
TOKEN = "only-for-this-test"
TEMPLATE = json.dumps({"spec": {"containers": [{"env": [
    {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": "ray", "key": "auth_token"}}}]}]}})
PIDS = pathlib.Path("/run/kubectl-ray/pids")


@pytest.fixture(scope="module")
def ns():
    with cluster.namespace("job") as name:
        cluster.kubectl("create", "secret", "generic", "ray", "-n", name, f"--from-literal=auth_token={TOKEN}")
        done = ray(name, "create", "cluster", "demo", "--without-operator", "--worker-replicas", "0", "--head-cpu", "500m", "--head-memory", "2Gi",
                   "--env", "RAY_AUTH_MODE=token", "--pod-template", TEMPLATE, "--wait", timeout=300)
        assert done.returncode == 0, done.stderr
        yield name


def environment(**variables):
    own = {key: value for key, value in cluster.environment().items() if not key.startswith("RAY_")}
    return {**own, **variables}


def ray(ns, *arguments, timeout=180, **variables):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    return subprocess.run([PLUGIN, *arguments[:split], "-n", ns, *arguments[split:]], env=environment(**variables), timeout=timeout,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def submit(ns, *arguments, **variables):
    return ray(ns, "job", "submit", "--cluster", "demo", *arguments, **variables)


def test_it_signs_in_by_itself_and_never_shows_the_token(ns):
    done = submit(ns, "-v8", "--", "sh", "-c", "echo let in")
    assert done.returncode == 0, done.stderr
    assert "let in\n" in done.stdout
    for shown in (TOKEN, base64.b64encode(TOKEN.encode()).decode()):
        assert shown not in done.stdout + done.stderr


def test_top_has_what_the_agents_measured_in_the_containers(ns):
    def measured():
        done = ray(ns, "top", "pod", "-o", "json")
        assert done.returncode == 0, done.stderr
        pods.extend(json.loads(done.stdout)["items"])
        return pods[-1]["memory"]["used"] and pods[-1]["objectStore"]["total"]

    pods = []
    wait_for(measured)  # the dashboard asks the raylets every 15 s
    pod = pods[-1]
    assert pod["memory"]["limit"] == 2 << 30 and 50 << 20 < pod["memory"]["used"] < 2 << 30, pod
    assert pod["ageSeconds"] < 120 and "measuredOfHost" not in pod, pod
    assert 0 < pod["objectStore"]["total"] < 2 << 30 and pod["nodeId"] and pod["memory"]["capacity"] > 0, pod


def test_the_users_own_token_counts_more(ns, tmp_path):
    (tmp_path / "token").write_text("a wrong one")
    done = submit(ns, "--ray-token-file", str(tmp_path / "token"), "--", "true")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--ray-token-file" in done.stderr and "a wrong one" not in done.stderr


def test_a_cluster_that_never_gets_ready(ns):
    done = ray(ns, "create", "cluster", "huge", "--without-operator", "--worker-replicas", "0", "--head-cpu", "900")
    assert done.returncode == 0, done.stderr
    wait_for(lambda: "Insufficient cpu" in cluster.kubectl("get", "pods", "-n", ns, "-l", "ray.io/cluster=huge", "-o", "json"))
    done = ray(ns, "job", "submit", "--cluster", "huge", "--cluster-timeout", "2s", "--", "true")
    assert (done.returncode, done.stdout) == (13, ""), done.stderr
    assert "Insufficient cpu" in done.stderr
    done = ray(ns, "job", "submit", "--cluster", "huge", "--timeout", "1s", "--", "true")
    assert (done.returncode, done.stdout) == (14, ""), done.stderr


def test_a_driver_out_of_memory(ns):
    done = submit(ns, "--", "python3", "-c", "print('begun', flush=True); held = b'x' * (4 << 30)")
    assert done.returncode == 10, done.stderr
    assert "begun\n" in done.stdout
    # The kernel's guard or Ray's own, whichever is first.
    assert "taking back memory" in done.stderr or "killed due to the node running low on memory" in done.stderr


def kill(part):
    """Until it is gone: tests/cluster/up would take a process that is about to end for one that runs."""
    pid = int((PIDS / part).read_text().split()[0])
    end = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    assert select.select([end], [], [], 60)[0]
    os.close(end)


def signal_dashboard(ns, name):
    # A kubelet that has just started knows no pods yet.
    wait_for(lambda: cluster.run("kubectl", "exec", "-n", ns, "deployment/demo-head", "--", "pkill", f"-{name}", "-f",
                                 "dashboard/dashboard.py").returncode == 0)


def test_each_part_in_between_may_fail_and_each_line_comes_once(ns):
    count = 1200
    program = f"import time\nfor i in range({count}):\n    print('line', i, flush=True)\n    time.sleep(0.02)"
    command = [PLUGIN, "job", "submit", "--cluster", "demo", "-n", ns, "--submission-id", "faults", "--", "python3", "-c", program]
    process = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    lines = []

    def read_until(line):
        while lines[-1:] != [f"line {line}\n"]:
            text = process.stdout.readline()
            assert text, process.stderr.read()
            if text.startswith("line "):
                lines.append(text)

    try:
        read_until(100)
        signal_dashboard(ns, "STOP")
        kill("kubelet")
        subprocess.run([cluster.ROOT / "tests/cluster/up"], check=True, capture_output=True, timeout=120)
        signal_dashboard(ns, "CONT")
        read_until(300)
        kill("kube-apiserver")
        subprocess.run([cluster.ROOT / "tests/cluster/up"], check=True, capture_output=True, timeout=120)
        read_until(count - 1)
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert lines == [f"line {i}\n" for i in range(count)]
    assert "Connected again." in err
    assert "Job 'faults' succeeded" in err
