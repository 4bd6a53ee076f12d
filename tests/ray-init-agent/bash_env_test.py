"""KubeRay's wait-gcs-ready container under BASH_ENV, and every other bash beside it."""
import subprocess
import time

import agent
import fake_gcs
import pytest
from fake_gcs import FakeGcs
from kuberay_pods import WAIT_GCS_READY


pytestmark = pytest.mark.skipif(agent.EMULATED, reason="bash runs the installed copy, without its emulator")


@pytest.fixture
def folder(tmp_path):
    installed = tmp_path / "it's a volume"
    assert agent.run("install", installed).returncode == 0
    (tmp_path / "bin").mkdir()
    fake_ray = tmp_path / "bin/ray"
    fake_ray.write_text('#!/bin/sh\necho "real ray $*"\nexit 3\n')
    fake_ray.chmod(0o755)
    moved = tmp_path / "mounted elsewhere"
    installed.rename(moved)
    return moved


def bash(folder, script, **variables):
    variables = agent.environment(BASH_ENV=str(folder / "bash_env"), **variables)
    variables["PATH"] = f"{folder.parent}/bin:/usr/bin:/bin"
    return subprocess.Popen(["/bin/bash", "-c", "--", script], env=variables, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def test_kuberays_container_waits_with_the_agent_and_never_sleeps(folder):
    gcs = FakeGcs()
    process = bash(folder, WAIT_GCS_READY.format(gcs.address))
    time.sleep(0.5)
    assert process.poll() is None
    begin = time.monotonic()
    with gcs:
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "GCS is ready.\n", "")
    assert time.monotonic() - begin < 1


def test_a_wait_that_gives_up_ends_the_container_and_says_why(folder):
    process = bash(folder, WAIT_GCS_READY.format("127.0.0.1:1"), RAY_INIT_AGENT_GCS_TIMEOUT="300ms")
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (65, "")
    assert "refused: connection refused" in err


@pytest.mark.parametrize("script", [
    "ray health-check --address 127.0.0.1:1",
    "ray start --head",
    "until ray health-check --address 127.0.0.1:1; do break; done; exit 3",
])
def test_every_other_bash_stays_as_it_was(folder, script):
    out, _ = bash(folder, script).communicate(timeout=10)
    assert out.startswith("real ray ")


def test_rays_own_container_stays_as_it_was(folder):
    script = WAIT_GCS_READY.format("127.0.0.1:1").replace("break", "exit 9").replace("sleep 5", "exit 7 # sleep 5")
    process = bash(folder, script, KUBERAY_GEN_RAY_START_CMD="ray start")
    assert process.wait(10) == 7


def test_a_child_of_the_container_stays_as_it_was(folder):
    with FakeGcs() as gcs:
        process = bash(folder, WAIT_GCS_READY.format(gcs.address) + "\nbash -c 'ray health-check --address x'")
        out, _ = process.communicate(timeout=10)
    assert out == "GCS is ready.\nreal ray health-check --address x\n"
