"""What `kubectl describe pod` shows of a container that died: the termination message of the real binary."""
import re
import signal
import subprocess
import sys

import agent
import pytest
from control_group import control_group


@pytest.fixture
def message(tmp_path):
    path = tmp_path / "message"
    path.write_text("the last container's, longer than any of the new ones" * 10)
    return path


def run(message, script, *flags):
    result = agent.run("run", *flags, "--", "/bin/sh", "-c", script, RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message))
    return result.returncode, message.read_text()


@pytest.mark.parametrize("script, code, text", [
    ("exit 1", 1, '"/bin/sh" ended with exit code 1\n'),
    ("exit 255", 255, '"/bin/sh" ended with exit code 255\n'),
    ("kill -KILL $$", 137, '"/bin/sh" died of signal 9 (Killed)\n'),
    ("ulimit -c 0; kill -SEGV $$", 139, '"/bin/sh" died of signal 11 (Segmentation fault)\n'),
])
def test_exit_code_or_signal(message, script, code, text):
    assert run(message, script) == (code, text)


def test_a_good_end_has_no_message(message):
    before = message.read_text()
    assert run(message, "exit 0") == (0, before)


@pytest.mark.parametrize("flag", ["--logs=text", "--logs=off"])
def test_fatal_and_last_lines_within_4096_bytes(message, tmp_path, flag):
    logs = tmp_path / "logs"
    logs.mkdir()
    script = f"""cd {logs}
        for i in $(seq 2000); do echo "line $i with some text in it"; done > raylet.out
        echo "[2026-11-21 03:00:00,123 C 1 2] (raylet) Check failed: disk" >> raylet.out; exit 3"""
    code, text = run(message, script, flag, f"--logs-dir={logs}")
    lines = text.splitlines()
    assert code == 3
    assert lines[:4] == ['"/bin/sh" ended with exit code 3', "fatal in raylet.out:",
                         "  [2026-11-21 03:00:00,123 C 1 2] (raylet) Check failed: disk", "last lines of raylet.out:"]
    assert lines[-2:] == ["  line 2000 with some text in it", "  [2026-11-21 03:00:00,123 C 1 2] (raylet) Check failed: disk"]
    assert len(text.encode()) <= 4096


def test_a_command_that_cannot_be_started(message):
    result = agent.run("run", "--", "no-such-command", RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message))
    assert result.returncode == 127
    assert message.read_text() == \
        'cannot start "no-such-command": no such file or directory\nIs it in the image, and on PATH?\n'


def test_a_child_that_had_to_be_killed(message):
    process = agent.start("run", "--kill-after=100ms", "--", "/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.02; done",
                          RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message))
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 137
    process.communicate()
    assert message.read_text() == \
        '"/bin/sh" died of signal 9 (Killed), sent because it did not end when it was asked to\n'


def test_out_of_memory_with_peak_and_limit(message):
    eat = [agent.AGENT, "run", "--", sys.executable, "-c", "x = b'x' * (256 << 20)"]
    variables = agent.environment(RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message))
    with control_group(64 << 20) as join:
        if join is None:
            pytest.skip("this user may make no control group")
        done = subprocess.run(["/bin/sh", "-c", join + 'exec "$@"', "sh", *eat], env=variables, timeout=60)
    assert done.returncode == 137
    assert re.fullmatch(r'".*" died of signal 9 \(Killed\)\n'
                        r"out of memory: the kernel killed 1 process; peak 6[34]\.\d MiB; limit 64\.0 MiB\n", message.read_text())
