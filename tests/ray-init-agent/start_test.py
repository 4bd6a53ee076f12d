"""start and its neighbours, driven as a pod spec would."""
import json
import os
import signal
import subprocess
import time

import agent
import fake_gcs
import pytest
from fake_gcs import FakeGcs

WORKER = {"RAY_INIT_AGENT_NODE_TYPE": "worker", "FQ_RAY_IP": "head", "RAY_PORT": "6379",
          "RAY_START_PARAMS": '{"num-cpus": "1", "memory": "1000000000"}'}


def fake_ray(folder, script):
    """A `ray` on PATH; `script` is a shell's."""
    path = folder / "ray"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def test_dry_run_prints_the_argv():
    result = agent.run("start", "--dry-run", **WORKER)
    assert (result.returncode, result.stderr) == (0, "")
    lines = ["ray", "start", "--address=head:6379", "--block", "--dashboard-agent-listen-port=52365",
             "--memory=1000000000", "--metrics-export-port=8080", "--num-cpus=1"]
    assert result.stdout == "".join(line + "\n" for line in lines)
    assert json.loads(agent.run("start", "--dry-run", "--output=json", **WORKER).stdout) == lines


def test_wrong_params_are_refused_all_at_once(tmp_path):
    message = tmp_path / "message"
    message.touch()
    result = agent.run("start", **{**WORKER, "RAY_START_PARAMS": '{"num-cpus": "500m", "nmu-gpus": "1"}'},
                       RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message))
    assert result.returncode == 64
    for text in (result.stderr, message.read_text()):
        assert '"num-cpus": "500m" is not a whole number' in text
        assert 'Did you mean "num-gpus"?' in text


def test_ray_gets_its_arguments_unquoted_and_its_exit_code_is_passed_on(tmp_path):
    path = fake_ray(tmp_path, 'for argument in "$@"; do echo "<$argument>"; done; exit 42\n')
    with FakeGcs() as gcs:
        result = agent.run("start", PATH=path, FQ_RAY_IP="127.0.0.1", RAY_PORT=str(gcs.port), KUBERAY_GEN_RAY_START_CMD=
                           "ray start  --address=127.0.0.1:%d  --block  --node-name='a b; c'  --resources=\"{\\\"x\\\": 1}\" "
                           % gcs.port)
    assert result.returncode == 42
    assert "<--node-name=a b; c>" in result.stdout
    assert '<--resources={"x":1}>' in result.stdout
    assert "is ready after" in result.stderr


def test_a_head_does_not_wait(tmp_path):
    result = agent.run("start", RAY_INIT_AGENT_NODE_TYPE="head", PATH=fake_ray(tmp_path, "echo up"))
    assert (result.returncode, result.stdout) == (0, "[ray_start] up\n")


# Ray 2.57 to 2.60, _private/node.py: 0 and less switch its own drain off, 30 s is what it waits by default.
@pytest.mark.parametrize("own, seen", [(None, "0"), ("12", "12")])
def test_rays_own_drain_is_off_unless_the_user_wants_it(tmp_path, own, seen):
    name = "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S"
    result = agent.run("start", RAY_INIT_AGENT_NODE_TYPE="head", RAY_INIT_AGENT_LOGS="off",
                       PATH=fake_ray(tmp_path, f"env | grep ^{name}="), **({name: own} if own else {}))
    assert result.stdout == f"{name}={seen}\n"


def test_a_worker_that_is_ended_while_it_waits_has_not_failed():
    with FakeGcs(raw="silent") as gcs:
        process = agent.start("start", RAY_INIT_AGENT_NODE_TYPE="worker", FQ_RAY_IP="127.0.0.1", RAY_PORT=str(gcs.port))
        while not gcs.connections:
            time.sleep(0.01)
        process.terminate()
        assert process.wait(30) == 0
    assert "before Ray was started" in process.stderr.read()


@pytest.mark.skipif(not agent.HAS_NAMESPACES, reason="this user may make no PID namespace")
@pytest.mark.parametrize("command", ["start", "wait-gcs"])
def test_orphans_leave_no_zombies_while_process_1_waits(command):
    # The shell becomes the agent, its orphans with it: three that end while it waits, and one that outlives the test.
    script = 'exec 3<&0; for i in 1 2 3; do (read end <&3 &); done; (sleep 60 &); exec "$@"'
    with FakeGcs(raw="silent") as gcs:
        process = subprocess.Popen([*agent.UNSHARE, "/bin/sh", "-c", script, "sh", agent.AGENT, command],
                                   env=agent.environment(RAY_INIT_AGENT_NODE_TYPE="worker", FQ_RAY_IP="127.0.0.1",
                                                         RAY_PORT=str(gcs.port)),
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not gcs.connections:
            time.sleep(0.01)
        first, = children(process.pid)
        assert len(children(first)) == 4
        process.stdin.close()
        deadline = time.monotonic() + 20
        while len(children(first)) > 1:
            assert time.monotonic() < deadline, "zombies"
            time.sleep(0.01)
        os.kill(first, signal.SIGTERM)
        process.wait(30)


@pytest.mark.skipif(agent.EMULATED, reason="what it copies is the program, without its emulator")
def test_install_copies_itself(tmp_path):
    target = tmp_path / "volume"
    assert agent.run("install", target).returncode == 0
    assert agent.run("install", target).returncode == 0  # a container that restarts
    assert sorted(os.listdir(target)) == ["bash_env", "ray-init-agent"]
    with open(agent.AGENT, "rb") as one, open(target / "ray-init-agent", "rb") as other:
        assert one.read() == other.read()
    assert subprocess.run([target / "ray-init-agent", "version"], capture_output=True).returncode == 0


@pytest.mark.skipif(agent.EMULATED, reason="what it copies is the program, without its emulator")
@pytest.mark.skipif(not agent.HAS_NAMESPACES, reason="this user may make no PID namespace")
def test_pods_that_install_into_one_volume_do_not_hinder_each_other(tmp_path):
    # Each is process 1 of its container, as two in a row were that wrote to one unfinished file: ENOENT, "Text file busy".
    install = f"unshare --pid --fork {agent.AGENT} install {tmp_path}/volume"
    script = f"for i in 1 2 3 4 5; do {install} && {tmp_path}/volume/ray-init-agent version || exit; done"
    loops = [subprocess.Popen(["/bin/sh", "-c", script], env=agent.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
             for _ in range(6)]
    for loop in loops:
        output, _ = loop.communicate(timeout=60)
        assert loop.returncode == 0, output
    assert sorted(os.listdir(tmp_path / "volume")) == ["bash_env", "ray-init-agent"]


def test_install_where_nothing_can_be_written():
    result = agent.run("install", "/proc/volume")
    assert result.returncode == 71
    assert 'cannot create "/proc/volume"' in result.stderr


def test_a_closed_stdout_is_told():
    process = subprocess.run(f"{agent.AGENT} help >&-", shell=True, stderr=subprocess.PIPE, text=True)
    assert process.returncode in (0, 71)
    process = subprocess.run(f"{agent.AGENT} help > /dev/full", shell=True, stderr=subprocess.PIPE, text=True)
    assert process.returncode == 71
    assert "cannot write to stdout" in process.stderr


def test_a_port_that_is_taken_is_told_before_ray_is_started(tmp_path):
    path = fake_ray(tmp_path, "echo up")
    with FakeGcs() as gcs:
        result = agent.run("start", PATH=path, RAY_INIT_AGENT_NODE_TYPE="head", RAY_START_PARAMS=
                           json.dumps({"port": str(gcs.port), "min-worker-port": "0", "max-worker-port": "0"}))
        assert (result.returncode, result.stdout) == (67, "")
        assert f"ray would fail here: port {gcs.port} (port) is taken by " in result.stderr
        # Its search has so much CPU, which an emulator alone may use up.
        assert agent.EMULATED or f"(pid {os.getpid()})" in result.stderr
        result = agent.run("start", "--preflight=false", PATH=path, RAY_INIT_AGENT_NODE_TYPE="head")
        assert result.returncode == 0


def test_rays_open_files_are_raised_as_far_as_allowed(tmp_path):
    path = fake_ray(tmp_path, "ulimit -n")
    command = f"ulimit -S -n 64; exec {agent.AGENT} start --open-files=128"
    variables = agent.environment(PATH=path, RAY_INIT_AGENT_NODE_TYPE="head")
    result = subprocess.run(["/bin/bash", "-c", command], env=variables, capture_output=True, text=True)
    assert "128" in result.stdout
    assert "open files" not in result.stderr


def test_limits_of_the_downward_api():
    result = agent.run("start", "--dry-run", RAY_INIT_AGENT_NODE_TYPE="head", RAY_INIT_AGENT_CPU_LIMIT="3",
                       RAY_INIT_AGENT_MEMORY_LIMIT="1000", RAY_INIT_AGENT_GPU_LIMIT="2")
    for argument in ("--num-cpus=3", "--memory=1000", "--num-gpus=2"):
        assert argument in result.stdout.splitlines()
