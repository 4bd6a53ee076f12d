"""start --setup: the steps before Ray, in a directory as a volume has them."""
import os
import signal

import agent
import pytest
from start_test import fake_ray, read_until

HEAD = {"RAY_INIT_AGENT_NODE_TYPE": "head", "RAY_START_PARAMS": '{"num-cpus": "1", "memory": "1000000000"}',
        "RAY_INIT_AGENT_PREFLIGHT": "false"}


@pytest.fixture
def pod(tmp_path):
    """The folder of a volume, as the kubelet writes it, and what start needs besides."""
    class Pod:
        volume = tmp_path / "volume"
        message = tmp_path / "message"
        variables = {**HEAD, "PATH": fake_ray(tmp_path, "echo ray has begun\n"), "RAY_INIT_AGENT_SETUP": str(tmp_path / "volume"),
                     "RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH": str(tmp_path / "message"), "HERE": str(tmp_path)}

        def step(self, name, script, mode=0o755):
            path = self.volume / "..data" / name
            path.write_text(script)
            path.chmod(mode)
            (self.volume / name).symlink_to(f"..data/{name}")

        def start(self):
            return agent.run("start", **self.variables)

    (tmp_path / "volume" / "..data").mkdir(parents=True)
    (tmp_path / "message").write_text("")
    return Pod()


def test_steps_run_in_the_order_of_their_names_and_then_ray(pod, tmp_path):
    pod.step("10-last", "#!/bin/sh\necho third $(cat $HERE/file)\n")
    pod.step("01-first", "#!/bin/sh\necho first\n")
    pod.step("02-next", "#!/bin/sh\necho second >&2\necho content > $HERE/file\n")
    (pod.volume / "files").mkdir()
    done = pod.start()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[setup] first", "[setup] second", "[setup] third content", "[ray_start] ray has begun"]
    notes = done.stderr.splitlines()
    assert notes[:3] == ['ray-init-agent: setup step "01-first" (1 of 3)', 'ray-init-agent: setup step "02-next" (2 of 3)',
                         'ray-init-agent: setup step "10-last" (3 of 3)']
    assert notes[3].startswith("ray-init-agent: setup took ")
    assert pod.message.read_text() == ""


def test_a_step_that_fails_ends_the_container_with_its_last_lines(pod):
    pod.step("01-pip", "#!/bin/sh\necho looking\necho no such distribution >&2\nexit 3\n")
    pod.step("02-never", "#!/bin/sh\necho never\n")
    done = pod.start()
    assert done.returncode == 72
    assert done.stdout.splitlines() == ["[setup] looking", "[setup] no such distribution"]
    assert done.stderr.splitlines()[-1] == \
        'ray-init-agent: error: setup step "01-pip" ended with exit code 3, and Ray is not started'
    assert pod.message.read_text().splitlines() == [
        'setup step "01-pip" ended with exit code 3', "last lines of its output:", "  looking", "  no such distribution"]


def test_a_step_that_a_signal_ends(pod):
    pod.step("01-dies", "#!/bin/sh\nkill -KILL $$\n")
    assert pod.start().returncode == 72
    assert pod.message.read_text().splitlines() == ['setup step "01-dies" died of signal 9 (Killed)']


@pytest.mark.parametrize("script, mode", [("#!/bin/sh\n", 0o644), ("#!/no/such/shell\n", 0o755)])
def test_a_step_that_cannot_be_run(pod, script, mode):
    pod.step("01-step", script, mode)
    assert pod.start().returncode == 72
    message = pod.message.read_text().splitlines()
    assert message[0].startswith('setup step "01-step" cannot be run: ')
    assert "mode 0755" in message[1]


def test_a_folder_that_is_not_there(pod, tmp_path):
    pod.variables["RAY_INIT_AGENT_SETUP"] = str(tmp_path / "none")
    done = pod.start()
    assert done.returncode == 72
    assert "cannot read the setup steps" in pod.message.read_text()


def test_a_dry_run_runs_no_step(pod):
    pod.step("01-step", "#!/bin/sh\necho never\n")
    done = agent.run("start", "--dry-run", **pod.variables)
    assert done.returncode == 0 and "never" not in done.stdout


# One that ends during its setup was asked to, and has not failed; the next steps and Ray do not begin.
@pytest.mark.parametrize("ending", ["", "trap 'exit 5' TERM\n"])
def test_a_signal_during_a_step_ends_well(pod, ending):
    os.mkfifo(pod.volume.parent / "never")
    pod.step("01-waits", f"#!/bin/sh\n{ending}echo waits\nread line < $HERE/never\n")
    pod.step("02-never", "#!/bin/sh\necho never\n")
    process = agent.start("start", **pod.variables)
    read_until(process.stdout, "[setup] waits")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "[setup] never\n" not in out and "ray has begun" not in out
    assert 'asked to end during setup step "01-waits"' in err
