"""Jobs on dashboards of other releases of Ray, with the real binary: what a program prints is what arrives."""

import os
import subprocess

import pytest

from fake_dashboard import FakeDashboard

PROGRAM = os.environ["KUBECTL_RAY"]
# Up to 2.44 each block of a log file has a mark before it, 2.45 is the first without (both seen on the real ones).
RELEASES = ["2.9.3", "2.40.0", "2.44.1", "2.45.0", "2.60.0", "3.0.0.dev0", ""]
LOG = b"hello\n" + b"".join(b"1 step %d\r\n" % i for i in range(20_000))
TEXT = LOG.replace(b"\r\n", b"\n")


def run(port, *arguments):
    command = [PROGRAM, "job", arguments[0], "--address", f"127.0.0.1:{port}", *arguments[1:]]
    return subprocess.run(command, capture_output=True, timeout=60, env={"PATH": "/usr/bin:/bin"})


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("questions", [0, 5])
def test_output_is_the_programs_own(release, questions):
    with FakeDashboard(LOG, questions=questions) as dashboard:
        dashboard.ray_version = release
        done = run(dashboard.port, "submit", "--submission-id", "j", "--", "true")
        assert (done.returncode, done.stdout) == (0, TEXT), done.stderr
        assert run(dashboard.port, "logs", "-f", "j").stdout == TEXT
        assert run(dashboard.port, "logs", "j").stdout == LOG
        for lines in (0, 1, 2, 5000):
            assert run(dashboard.port, "logs", "j", "--tail", str(lines)).stdout == b"".join(
                LOG.splitlines(keepends=True)[20_001 - lines:]), lines


@pytest.mark.parametrize("release", RELEASES)
def test_the_last_lines_of_a_job_that_failed_are_its_own(release):
    with FakeDashboard(b"1\nhello\n", end="FAILED") as dashboard:
        dashboard.ray_version = release
        run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "true")
        done = run(dashboard.port, "watch", "j")
        assert done.returncode == 10
        assert "Its last lines:\n1\nhello\n" in done.stderr.decode()


@pytest.mark.parametrize("release", RELEASES)
def test_what_ray_says_in_place_of_a_log_is_not_printed_as_one(release):
    with FakeDashboard(LOG, questions=0) as dashboard:
        dashboard.ray_version, dashboard.log_failures, dashboard.node_state = release, 1 << 30, "DEAD"
        done = run(dashboard.port, "submit", "--submission-id", "j", "--", "true")
        assert (done.returncode, done.stdout) == (0, b"")
        assert 'cannot read the log of job "j": no agent yet' in done.stderr.decode()
        done = run(dashboard.port, "logs", "j")
        assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_gateway_that_lets_no_version_through_is_taken_for_a_new_ray(status):
    with FakeDashboard(LOG, questions=0) as dashboard:
        dashboard.refused_paths["/api/version"] = status
        done = run(dashboard.port, "submit", "--", "true")
        assert (done.returncode, done.stdout) == (0, TEXT), done.stderr
