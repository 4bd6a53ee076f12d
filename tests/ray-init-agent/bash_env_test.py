"""KubeRay's wait-gcs-ready container under BASH_ENV, and every other bash beside it."""
import subprocess

import agent
import fake_gcs
import pytest
from fake_gcs import Answer, FakeGcs

# ray-operator/controllers/ray/common/pod.go, DefaultWorkerPodTemplate; {0} is the head's address.
WAIT_GCS_READY = """
					SECONDS=0
					while true; do
						if (( SECONDS <= 120 )); then
							if ray health-check --address {0} > /dev/null 2>&1; then
								echo "GCS is ready."
								break
							fi
							echo "$SECONDS seconds elapsed: Waiting for GCS to be ready."
						else
							if ray health-check --address {0}; then
								echo "GCS is ready. Any error messages above can be safely ignored."
								break
							fi
							echo "$SECONDS seconds elapsed: Still waiting for GCS to be ready. For troubleshooting, refer to the FAQ at https://docs.ray.io/en/master/cluster/kubernetes/troubleshooting.html."
						fi
						sleep 5
					done
				"""
pytestmark = pytest.mark.skipif(agent.EMULATED, reason="bash runs the installed copy, without its emulator")


@pytest.fixture
def folder(tmp_path):
    installed = tmp_path / "it's a volume"
    assert agent.run("install", installed).returncode == 0
    (tmp_path / "bin").mkdir()
    fake_ray = tmp_path / "bin/ray"
    fake_ray.write_text('#!/bin/sh\necho "real ray $*"\nexit 3\n')
    (tmp_path / "bin/sleep").write_text("#!/bin/sh\necho slept\n")
    for program in (fake_ray, tmp_path / "bin/sleep"):
        program.chmod(0o755)
    moved = tmp_path / "mounted elsewhere"
    installed.rename(moved)
    return moved


def bash(folder, script, **variables):
    variables = agent.environment(BASH_ENV=str(folder / "bash_env"), **variables)
    variables["PATH"] = f"{folder.parent}/bin:/usr/bin:/bin"
    return subprocess.Popen(["/bin/bash", "-c", "--", script], env=variables, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def test_kuberays_container_waits_with_the_agent_and_never_sleeps(folder):
    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = Answer(grpc_status="14")
        process = bash(folder, WAIT_GCS_READY.format(gcs.address))
        gcs.wait_for_call(fake_gcs.CHECK_ALIVE, count=3)
        assert process.poll() is None
        gcs.replies[fake_gcs.CHECK_ALIVE] = Answer(fake_gcs.check_alive_reply())
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "GCS is ready.\n", "")


def test_without_the_agent_the_same_container_sleeps(folder):
    """That the pauses of the script would be seen."""
    (folder / "bash_env").write_text("")
    (folder.parent / "bin/ray").write_text(f"#!/bin/sh\nexec test -e {folder.parent}/ready\n")
    process = bash(folder, WAIT_GCS_READY.format("127.0.0.1:1"))
    assert process.stdout.readline().endswith("Waiting for GCS to be ready.\n")
    assert process.stdout.readline() == "slept\n"
    (folder.parent / "ready").touch()
    assert process.communicate(timeout=30)[0].endswith("GCS is ready.\n")


def test_a_wait_that_gives_up_ends_the_container_and_says_why(folder):
    process = bash(folder, WAIT_GCS_READY.format("127.0.0.1:1"), RAY_INIT_AGENT_GCS_TIMEOUT="300ms")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (65, "")
    assert "refused: connection refused" in err


@pytest.mark.parametrize("script", [
    "ray health-check --address 127.0.0.1:1",
    "ray start --head",
    "until ray health-check --address 127.0.0.1:1; do break; done; exit 3",
])
def test_every_other_bash_stays_as_it_was(folder, script):
    out, _ = bash(folder, script).communicate(timeout=30)
    assert out.startswith("real ray ")


def test_rays_own_container_stays_as_it_was(folder):
    script = WAIT_GCS_READY.format("127.0.0.1:1").replace("break", "exit 9").replace("sleep 5", "exit 7 # sleep 5")
    process = bash(folder, script, KUBERAY_GEN_RAY_START_CMD="ray start")
    assert process.wait(30) == 7


def test_a_child_of_the_container_stays_as_it_was(folder):
    with FakeGcs() as gcs:
        process = bash(folder, WAIT_GCS_READY.format(gcs.address) + "\nbash -c 'ray health-check --address x'")
        out, _ = process.communicate(timeout=30)
    assert out == "GCS is ready.\nreal ray health-check --address x\n"
