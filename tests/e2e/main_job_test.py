"""The main job: what README.md's first command runs, through kubectl, on the real cluster with real Ray."""

import json
import os

import pytest

from cluster import ROOT, SMALL, kubectl, kubectl_json, namespace, run
from local_ray import ray_program


@pytest.fixture(scope="module")
def ns():
    with namespace("main-job") as name:
        yield name


@pytest.fixture(scope="module")
def demo(ns):
    done = run("kubectl", "ray", "create", "cluster", "demo", "--worker-replicas", "1", *SMALL, "--wait", "-n", ns, timeout=300)
    assert done.returncode == 0, done.stderr
    yield ns


def ray_pods(ns):
    return kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/cluster=demo")["items"]


def test_head_and_worker_are_ready_without_a_restart(demo):
    pods = ray_pods(demo)
    assert sorted(p["metadata"]["labels"]["ray.io/node-type"] for p in pods) == ["head", "worker"]
    for pod in pods:
        status = pod["status"]["containerStatuses"][0]
        assert status["ready"] and status["restartCount"] == 0, pod["metadata"]["name"]


def test_ray_runs_as_the_agents_child(demo):
    head = next(p for p in ray_pods(demo) if p["metadata"]["labels"]["ray.io/node-type"] == "head")
    command = kubectl("exec", "-n", demo, head["metadata"]["name"], "--", "cat", "/proc/1/cmdline")
    assert command.split("\0")[0] == "/ray-init-agent/ray-init-agent"


def test_get_cluster(demo):
    done = run("kubectl", "ray", "get", "cluster", "-n", demo)
    assert done.returncode == 0, done.stderr
    header, row = done.stdout.splitlines()
    assert header.split()[0] == "NAME"
    assert row.split()[0] == "demo"
    assert done.stderr == ""


def test_a_job_prints_its_output_and_succeeds(demo):
    done = run(
        "kubectl", "ray", "job", "submit", "--cluster", "demo", "--working-dir", "examples/pi", "-n", demo, "--", "python", "pi.py",
        timeout=180, cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "pi is about 3.1" in done.stdout
    assert "4 of 4 tasks done" in done.stdout


def test_a_failed_job_is_not_a_success(demo):
    done = run("kubectl", "ray", "job", "submit", "--cluster", "demo", "-n", demo, "--", "python", "-c", "import sys; sys.exit(3)", timeout=180)
    assert done.returncode not in (0, 2), done.stderr


def test_a_program_of_this_machine_is_a_ray_client_there(demo):
    program = ("import os, ray, sys; ray.init(log_to_driver=False); remote = ray.remote(lambda x: (x * 2, os.uname().nodename)); "
               "print(*ray.get(remote.options(num_cpus=0).remote(21))); sys.exit(7)")
    for _ in range(3):
        done = run("kubectl", "ray", "run", "--cluster", "demo", "-n", demo, "--", str(ray_program("python")), "-c", program)
        # Ray's proxy forks beside threads of gRPC's, and now and then its child never gets to exec, or has ended before the proxy looks at
        # it (start_specific_server() in ray/util/client/server/proxier.py).
        if "Starting Ray client server failed" not in done.stderr and "psutil.ZombieProcess" not in done.stderr:
            break
    assert done.returncode == 7, done.stderr
    answer, pod = done.stdout.split()
    assert answer == "42" and pod in [p["metadata"]["name"] for p in ray_pods(demo)]


def test_a_working_directory_over_the_limit_is_refused_with_its_largest_folder(demo, tmp_path):
    large = tmp_path / "checkpoints"
    large.mkdir()
    (large / "weights.bin").write_bytes(os.urandom(110 << 20))  # Ray counts the package, and this does not shrink
    done = run("kubectl", "ray", "job", "submit", "--cluster", "demo", "--working-dir", str(tmp_path), "-n", demo, "--", "true")
    assert done.returncode == 12, done.stderr  # submission refused
    assert "checkpoints" in done.stderr and "MiB" in done.stderr
    jobs = run("kubectl", "ray", "job", "list", "--cluster", "demo", "-n", demo)
    assert " true" not in jobs.stdout, jobs.stdout


def test_logs_name_their_pods_and_ray_speaks_on_stdout(demo):
    done = run("kubectl", "ray", "logs", "demo", "-n", demo)
    assert done.returncode == 0, done.stderr
    assert "[gcs_server]" in done.stdout or "gcs_server" in done.stdout
    assert "raylet" in done.stdout


def test_a_second_cluster_of_that_name_is_refused(demo):
    done = run("kubectl", "ray", "create", "cluster", "demo", "-n", demo)
    assert done.returncode == 1
    assert 'demo' in done.stderr and "exist" in done.stderr


def test_delete_leaves_nothing_but_the_agent(demo):
    done = run("kubectl", "ray", "delete", "cluster/demo", "--yes", "--wait", "-n", demo, timeout=180)
    assert done.returncode == 0, done.stderr
    left = kubectl_json("get", "deployments,replicasets,services,pods", "-n", demo, "-l", "ray.io/cluster=demo")["items"]
    assert [item["metadata"]["name"] for item in left] == []
    config_maps = json.loads(kubectl("get", "configmaps", "-n", demo, "-o", "json"))["items"]
    ours = [c for c in config_maps if c["metadata"]["name"].startswith("ray-init-agent-")]
    assert ours and all(c["immutable"] for c in ours)
