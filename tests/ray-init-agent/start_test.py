"""start and its neighbours, driven as a pod spec would."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import agent
import fake_gcs
import pytest
from fake_gcs import Answer, FakeGcs, field, node_info

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


# Goes on once there is the file, which a test makes.
WAIT_FOR = """wait_for() { while ! test -e "$1"; do sleep 0.01; done; }
"""


def wait_until_there(path, process):
    deadline = time.monotonic() + 30
    while not path.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)


def read_until(stream, text):
    """The lines up to the one with `text`."""
    lines = []
    for line in stream:
        lines.append(line.rstrip("\n"))
        if text in line:
            return lines
    raise AssertionError(f"no {text!r} in {lines}")


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


# As Ray's own start: a session below its temp dir, and the link to the newest one.
SESSION = """
mkdir -p "$TEMP/session_1/logs" && ln -sfn session_1 "$TEMP/session_latest"
echo here >"$TEMP/session_1/logs/raylet.out"
"""


def ray_with_session(folder, temp_dir, version=None):
    """A `ray` with a session in temp_dir, and the variables that let the agent find it and its version."""
    folder.mkdir()
    variables = {"PATH": fake_ray(folder, f"TEMP={temp_dir}\n" + SESSION)}
    if version:
        (folder / f"ray-{version}.dist-info").mkdir()
        (folder / f"ray-{version}.dist-info" / "METADATA").write_text(f"Version: {version}\n")
        variables["PYTHONPATH"] = str(folder)
    return variables


@pytest.mark.parametrize("variables, below", [
    ({"TMPDIR": "{}/a"}, "a/ray"),
    ({"TMPDIR": "{}/a", "RAY_TMPDIR": "{}/b"}, "b/ray"),
    ({"TMPDIR": "{}/a", "RAY_START_PARAMS": '{{"temp-dir": "{}/c"}}'}, "c"),
])
def test_logs_are_where_rays_temp_dir_is(tmp_path, variables, below):
    """Ray 2.9.3 to 2.60: temp-dir, else $RAY_TMPDIR/ray, else $TMPDIR/ray."""
    variables = {name: value.format(tmp_path) for name, value in variables.items()}
    result = agent.run("start", RAY_INIT_AGENT_NODE_TYPE="head", RAY_INIT_AGENT_PREFLIGHT="false",
                       **ray_with_session(tmp_path / "bin", tmp_path / below), **variables)
    assert (result.returncode, result.stdout) == (0, "[raylet] here\n"), result.stderr


def test_what_ray_said_last_is_in_the_termination_message(tmp_path):
    """`ray start` of 2.52 with an option that it lacks; its log files do not come into being."""
    message = tmp_path / "message"
    message.touch()
    script = """seq 100; printf "Usage: ray start\\nError: No such option: --x" >&2; exit 2"""
    result = agent.run("start", "--preflight=false", RAY_INIT_AGENT_NODE_TYPE="head", PATH=fake_ray(tmp_path, script),
                       RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message), TMPDIR=str(tmp_path))
    assert result.returncode == 2
    assert result.stdout.splitlines()[-2:] == ["[ray_start] Usage: ray start", "[ray_start] Error: No such option: --x"]
    lines = message.read_text().splitlines()
    assert lines[:3] == ['"ray" ended with exit code 2', "last lines of its output:", "  63"]
    assert lines[-2:] == ["  Usage: ray start", "  Error: No such option: --x"]


def test_a_reader_of_stdout_that_has_stopped_does_not_stop_ray(tmp_path):
    """A Ray that printed more than two pipes hold hung until stdout was read."""
    count = 50_000
    script = WAIT_FOR + f"seq -f 'line %.0f of some text that fills a pipe' {count}; touch {tmp_path}/all"
    process = agent.start("start", "--preflight=false", "--node-type=head", TMPDIR=str(tmp_path),
                          PATH=fake_ray(tmp_path, script + f"; wait_for {tmp_path}/read; echo after"))
    wait_until_there(tmp_path / "all", process)
    lines = read_until(process.stdout, "WARNING dropped")
    (tmp_path / "read").touch()
    rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "[ray_start] after\n")
    dropped = int(re.fullmatch(r'\[ray-init-agent\] WARNING dropped (\d+) lines of "ray_start": the reader of stdout had stopped',
                               lines.pop()).group(1))
    assert lines == [f"[ray_start] line {i} of some text that fills a pipe" for i in range(1, count - dropped + 1)]
    assert len("\n".join(lines)) >= 1 << 20


def test_a_reader_of_stdout_that_is_slow_gets_all(tmp_path):
    count = 50_000
    process = agent.start("start", "--preflight=false", "--node-type=head", TMPDIR=str(tmp_path),
                          PATH=fake_ray(tmp_path, f"seq -f 'line %.0f of some text that fills a pipe' {count}"))
    lines = []
    while line := process.stdout.readline():
        lines.append(line.rstrip("\n"))
        if len(lines) % 5000 == 0:
            time.sleep(0.1)  # it is slow: what is tested
    assert process.wait(30) == 0
    assert lines == [f"[ray_start] line {i} of some text that fills a pipe" for i in range(1, count + 1)]


def test_a_full_disk_of_stdout_does_not_stop_ray(tmp_path):
    """Its pipe was read once a second."""
    script = f"seq -f 'line %.0f of some text that fills a pipe' 100000; touch {tmp_path}/all; exit 5"
    variables = agent.environment(PATH=fake_ray(tmp_path, script), TMPDIR=str(tmp_path))
    with open("/dev/full", "wb") as full:
        process = subprocess.run([agent.AGENT, "start", "--preflight=false", "--node-type=head"], env=variables, stdout=full,
                                 stderr=subprocess.DEVNULL, timeout=40)
    assert process.returncode == 5
    assert (tmp_path / "all").exists()


def test_last_words_of_ray_without_a_newline_come_while_it_runs(tmp_path):
    """They came when the container ended: a prompt, a progress bar, print(end="")."""
    script = WAIT_FOR + f"printf 'last words'; wait_for {tmp_path}/read; printf '\\nnext\\n'"
    process = agent.start("start", "--preflight=false", "--node-type=head", TMPDIR=str(tmp_path), PATH=fake_ray(tmp_path, script))
    assert process.stdout.readline() == "[ray_start] last words\n"
    (tmp_path / "read").touch()
    assert process.communicate(timeout=30)[0] == "[ray_start] next\n"


def start_with_old_logs(folder, script, limit=1000):
    """What comes out of the files of logs/ that a fake Ray writes to: an emptyDir outlives its container."""
    command = f'ulimit -n {limit}; exec "$@"'
    result = subprocess.run(["sh", "-c", command, "sh", agent.AGENT, "start", "--preflight=false", "--node-type=head",
                             f"--logs-dir={folder}/logs", f"--open-files={limit}"], capture_output=True, text=True,
                            env=agent.environment(PATH=fake_ray(folder, f"cd {folder}/logs\n{script}")), timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_an_old_log_that_is_begun_again(tmp_path):
    """Opened with "w" by the new container: 14 of 40 lines came, and of the first one its end."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("".join(f"old line {i}\n" for i in range(24)))
    (tmp_path / "logs" / "short.log").write_text("old\n")
    out = start_with_old_logs(tmp_path, """
        for i in $(seq 40); do echo "new line $i"; done > app.log; echo more >> short.log""")
    assert sorted(out) == sorted([*(f"[app] new line {i}" for i in range(1, 41)), "[short] more"])


def test_more_old_logs_than_descriptors(tmp_path):
    """Each was opened only to be skipped: no descriptor was left to start Ray with, at every restart of the container."""
    (tmp_path / "logs").mkdir()
    for i in range(300):
        (tmp_path / "logs" / f"f{i}.log").write_text(f"old {i}\n")
    out = start_with_old_logs(tmp_path, "echo new >> f7.log; echo new > f300.log", limit=100)
    assert sorted(out) == ["[f300] new", "[f7] new"]


HEAD_NODE = node_info(b"head", "10.0.0.1", head=True)


@pytest.mark.parametrize("version, own, below", [
    (None, False, "heads"),
    ("2.40.0", False, "heads"),
    ("2.54.1", True, "heads"),  # Ray ignores a worker's own up to this one
    ("2.60.0", False, "heads"),
    ("2.60.0", True, "own"),
])
def test_a_workers_logs_are_where_the_heads_temp_dir_is(tmp_path, version, own, below):
    """Ray up to 2.54 keeps the head's among its keys, and since then in the entry of the head's node (both run)."""
    with FakeGcs() as gcs:
        heads = str(tmp_path / "heads")
        if version == "2.60.0":
            gcs.replies[fake_gcs.INTERNAL_KV_GET] = Answer(field(1, field(1, 17)))  # not found
            other = node_info(b"other", "10.0.0.2") + field(32, "/nowhere")
            nodes = [other, HEAD_NODE + field(32, "/dead") + field(7, 1), HEAD_NODE + field(32, heads)]
            gcs.replies[fake_gcs.GET_ALL_NODE_INFO] = Answer(b"".join(field(2, node) for node in nodes))
        else:
            gcs.replies[fake_gcs.INTERNAL_KV_GET] = Answer(field(2, heads))
        gcs.replies[fake_gcs.CHECK_ALIVE] = Answer(fake_gcs.check_alive_reply(version or "2.52.0"))
        params = {"temp-dir": str(tmp_path / "own")} if own else {}
        result = agent.run("start", "--preflight=false", RAY_INIT_AGENT_NODE_TYPE="worker", FQ_RAY_IP="127.0.0.1",
                           RAY_PORT=str(gcs.port), RAY_START_PARAMS=json.dumps(params),
                           **ray_with_session(tmp_path / "bin", tmp_path / below, version))
        assert (result.returncode, result.stdout) == (0, "[raylet] here\n"), result.stderr
        if version not in (None, "2.60.0"):
            request = fake_gcs.fields(gcs.wait_for_call(fake_gcs.INTERNAL_KV_GET)[2])
            assert request == {1: [b"temp_dir"], 2: [b"session"]}


def test_preflight_looks_at_the_temp_dir_that_ray_will_use(tmp_path):
    """/proc/version is no directory; TMPDIR, or the head's, is what counts."""
    worker = {"RAY_INIT_AGENT_NODE_TYPE": "worker", "FQ_RAY_IP": "127.0.0.1", "PATH": fake_ray(tmp_path, "echo up")}
    result = agent.run("start", RAY_INIT_AGENT_NODE_TYPE="head", PATH=worker["PATH"], TMPDIR="/proc/version")
    assert result.returncode == 67
    assert 'temp dir "/proc/version/ray" is not writable' in result.stderr
    with FakeGcs() as gcs, tempfile.TemporaryDirectory(dir="/tmp") as short:  # too long a path is refused
        def start(heads, **variables):
            gcs.replies[fake_gcs.INTERNAL_KV_GET] = Answer(field(2, heads))
            return agent.run("start", RAY_PORT=str(gcs.port), **worker, **variables)
        assert start(f"{short}/ray", TMPDIR="/proc/version").returncode == 0
        result = start("/proc/version/x")
        assert result.returncode == 67
        assert 'temp dir "/proc/version/x" is not writable' in result.stderr
        for heads in (b"relative", b"/nul\0", b"/" + b"x" * 5000, b""):
            result = start(heads, TMPDIR=short)
            assert result.returncode == 0
            assert f'cannot ask the gcs for the head\'s temp dir, and takes "{short}/ray"' in result.stderr


def test_a_worker_that_is_started_before_the_heads_node_is_registered(tmp_path):
    """From Ray 2.55 on the head's temp dir is in its node's entry, and CheckAlive answers before there is one. What the agent
    takes until then (TMPDIR) may be of no use, and preflight ended it with 67; logs, quota and last words stayed there."""
    heads, message = tmp_path / "heads", tmp_path / "message"
    message.touch()
    for name in ("raylet.out", "old/worker-a.out"):
        old = heads / "session_0" / "logs" / name
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_text("of the last container\n")
        os.utime(old, (1_700_000_000, 1_700_000_000))
    (heads / "session_latest").symlink_to("session_0")
    variables = ray_with_session(tmp_path / "bin", heads, "2.60.0")
    variables["PATH"] = fake_ray(tmp_path / "bin", WAIT_FOR + f"""touch {tmp_path}/started
        wait_for {tmp_path}/begin; TEMP={heads}; {SESSION}
        wait_for {tmp_path}/end; echo '[2026-11-21 03:00:00,123 C 1 2] (raylet) Check failed: disk' >>"$TEMP/session_1/logs/raylet.out"
        exit 3""")
    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = Answer(fake_gcs.check_alive_reply("2.60.0"))
        process = agent.start("start", "--logs-max-age=1h", "--logs-quota-interval=50ms", RAY_INIT_AGENT_NODE_TYPE="worker",
                              FQ_RAY_IP="127.0.0.1", RAY_PORT=str(gcs.port), TMPDIR="/proc/version",
                              **{**variables, "RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH": str(message)})
        wait_until_there(tmp_path / "started", process)
        gcs.replies[fake_gcs.GET_ALL_NODE_INFO] = Answer(field(2, HEAD_NODE + field(32, str(heads))))
        lines = read_until(process.stdout, "old/worker-a.out")
        (tmp_path / "begin").touch()
        lines += read_until(process.stdout, "[raylet] here")
        (tmp_path / "end").touch()
        rest, said = process.communicate(timeout=30)
    assert lines == [f'[ray-init-agent] the head\'s temp dir is "{heads}"', lines[1], "[raylet] here"]
    assert lines[1].startswith('[ray-init-agent] removed "old/worker-a.out"')
    assert process.returncode == 3
    assert "takes \"/proc/version/ray\" until it can: not ready: it has no head node yet" in said
    assert "Check failed: disk" in message.read_text()


def test_options_of_the_images_ray(tmp_path):
    """`ray start` of 2.55 and later has proxy-server-url, and that of 2.47 and before has storage (click's list)."""
    def dry_run(command, version, params):
        packages = tmp_path / version / f"ray-{version}.dist-info"
        packages.mkdir(parents=True, exist_ok=True)
        (packages / "METADATA").write_text(f"Name: ray\nVersion: {version}\n")
        return agent.run(*command, RAY_INIT_AGENT_NODE_TYPE="head", RAY_START_PARAMS=json.dumps(params),
                         PYTHONPATH=str(packages.parent))
    for version, params, code in [("2.60.0", {"proxy-server-url": "http://h:1"}, 0),
                                  ("2.54.1", {"proxy-server-url": "http://h:1"}, 64),
                                  ("2.40.0", {"storage": "/s"}, 0),
                                  ("2.52.0", {"storage": "/s"}, 64),
                                  ("2.61.0", {"nmu-cpus": "1"}, 0),
                                  ("2.60.0", {"nmu-cpus": "1"}, 64)]:
        result = dry_run(["start", "--dry-run"], version, params)
        assert (version, result.returncode) == (version, code), result.stderr
        # A probe of the same container takes the same params: 1, because no Ray runs here.
        health = dry_run(["health", "--live", "--param=dashboard-agent-listen-port=1"], version, params)
        assert (version, health.returncode) == (version, code or 1), health.stderr
    result = dry_run(["start", "--dry-run"], "2.61.0", {"nmu-cpus": "1"})
    assert "--nmu-cpus=1" in result.stdout.splitlines()
    assert 'warning: rayStartParams "nmu-cpus": this option is not known here' in result.stderr
    assert 'Did you mean "num-cpus"?' in result.stderr


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


def test_a_closed_stdout_is_reported():
    process = subprocess.run(f"{agent.AGENT} help >&-", shell=True, stderr=subprocess.PIPE, text=True)
    assert process.returncode in (0, 71)
    process = subprocess.run(f"{agent.AGENT} help > /dev/full", shell=True, stderr=subprocess.PIPE, text=True)
    assert process.returncode == 71
    assert "cannot write to stdout" in process.stderr


def test_a_port_that_is_taken_is_named_before_ray_is_started(tmp_path):
    path = fake_ray(tmp_path, "echo up")
    with FakeGcs() as gcs:
        result = agent.run("start", PATH=path, RAY_INIT_AGENT_NODE_TYPE="head", RAY_START_PARAMS=
                           json.dumps({"port": str(gcs.port), "min-worker-port": "0", "max-worker-port": "0"}))
        assert (result.returncode, result.stdout) == (67, "")
        assert f"ray would fail here: port {gcs.port} (port) is taken by " in result.stderr
        result = agent.run("start", "--preflight=false", PATH=path, RAY_INIT_AGENT_NODE_TYPE="head")
        assert result.returncode == 0


@pytest.mark.skipif(agent.EMULATED, reason="the search for the owner has so much CPU, which an emulator alone may use up")
@pytest.mark.skipif(not agent.HAS_NAMESPACES, reason="this user may make no PID namespace")
def test_who_has_the_port(tmp_path):
    """In a /proc of its own, as in a pod: the search for the owner may end without one on a node with thousands of processes."""
    script = """import json, os, socket, subprocess, sys
listener = socket.create_server(("127.0.0.1", 0))
params = json.dumps({"port": str(listener.getsockname()[1]), "min-worker-port": "0", "max-worker-port": "0"})
sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "RAY_START_PARAMS": params}).returncode)
"""
    result = subprocess.run([*agent.UNSHARE, sys.executable, "-c", script, agent.AGENT, "start"], capture_output=True, text=True,
                            env=agent.environment(PATH=fake_ray(tmp_path, "echo up"), RAY_INIT_AGENT_NODE_TYPE="head"), timeout=60)
    assert (result.returncode, result.stdout) == (67, "")
    assert re.search(rf'(?s)\(port\) is taken by "{re.escape(sys.executable)} -c .*" \(pid 1\)', result.stderr), result.stderr


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
