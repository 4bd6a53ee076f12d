"""Jobs on dashboards of other releases of Ray, with the real binary: what a program prints is what arrives."""

import os
import subprocess
import time

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


# One more than the refusals of any other cause that are borne.
@pytest.mark.parametrize("release", ["2.9.3", "2.40.0", "2.60.0"])
def test_a_job_agent_that_has_not_started_is_waited_for(release):
    with FakeDashboard(LOG, questions=0) as dashboard:
        dashboard.ray_version, dashboard.agent_less_posts = release, 4
        done = run(dashboard.port, "submit", "--submission-id", "j", "--", "true")
        assert (done.returncode, done.stdout) == (0, TEXT), done.stderr
        assert dashboard.requests.count("POST /api/jobs/") == 5 and dashboard.runs == {"j": 1}
        assert done.stderr.count(b"its head's job agent has not started yet") == 1


def test_a_job_agent_that_does_not_start_is_waited_for_no_longer_than_was_said():
    with FakeDashboard(LOG) as dashboard:
        dashboard.agent_less_posts = 1 << 30
        done = run(dashboard.port, "submit", "--timeout", "1s", "--", "true")
        assert done.returncode == 1 and dashboard.runs == {}
        assert b"its head's job agent has not started yet" in done.stderr and b"dashboard_agent.log" in done.stderr


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_gateway_that_lets_no_version_through_is_taken_for_a_new_ray(status):
    with FakeDashboard(LOG, questions=0) as dashboard:
        dashboard.refused_paths["/api/version"] = status
        done = run(dashboard.port, "submit", "--", "true")
        assert (done.returncode, done.stdout) == (0, TEXT), done.stderr


@pytest.mark.parametrize("release, code", [("2.53.1", 12), ("2.54.0", 0), ("2.60.0", 0), ("", 0)])
def test_a_label_selector_is_sent_to_a_ray_that_knows_it(release, code):
    with FakeDashboard(LOG) as dashboard:
        dashboard.ray_version = release
        done = run(dashboard.port, "submit", "--no-wait", "--entrypoint-label-selector", '{"zone": "in(a,b)"}', "--", "x")
        assert done.returncode == code, done.stderr
        sent = [job["body"]["entrypoint_label_selector"] for job in dashboard.jobs.values()]
        assert sent == ([] if code else [{"zone": "in(a,b)"}])
        if code:
            assert "the cluster runs Ray 2.53, and 2.54 is the first that knows it" in done.stderr.decode()
        done = run(dashboard.port, "submit", "--entrypoint-label-selector", '{"zone": 1}', "--", "x")
        assert done.returncode == 2 and b"--entrypoint-label-selector" in done.stderr


# Up to 2.49 Ray waits for a job's supervisor without end (its job_manager.py; run on 2.9.3 and 2.40.0).
@pytest.mark.parametrize("release, told", [
    ("2.9.3", "Ray 2.9 waits for it without end, and deletes no job before"),
    ("2.49.2", "Ray 2.49 waits for it without end, and deletes no job before"),
    ("2.50.0", "within 15 minutes (RAY_JOB_START_TIMEOUT_SECONDS)"),
    ("2.60.0", "within 15 minutes (RAY_JOB_START_TIMEOUT_SECONDS)"),
])
def test_what_becomes_of_a_job_that_cannot_be_stopped(release, told):
    with FakeDashboard(job={"status": "PENDING", "message": "Job has not started yet."}) as dashboard:
        dashboard.ray_version = release
        run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "x")
        done = run(dashboard.port, "stop", "j", "--timeout", "1s")
        assert done.returncode == 14
        assert told in done.stderr.decode()


# Seen on Ray 2.52 and 2.60, not on 2.40: the job's monitor no longer finds it, and writes it down as failed.
@pytest.mark.parametrize("reborn_after", [None, 1, 3])
def test_a_job_that_has_just_ended_stays_deleted(reborn_after):
    with FakeDashboard(LOG, questions=0, job={"end_time": int(time.time() * 1000)}) as dashboard:
        run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "x")
        dashboard.reborn_after = reborn_after
        done = run(dashboard.port, "delete", "j")
        assert (done.returncode, done.stdout) == (0, b"Job 'j' deleted successfully\n"), done.stderr
        assert dashboard.jobs == {}
        assert dashboard.requests.count("DELETE /api/jobs/j") == (2 if reborn_after else 1)
        assert dashboard.missed["j"] >= (reborn_after or 1)


def test_a_job_that_ended_long_ago_is_deleted_without_waiting():
    with FakeDashboard(LOG, questions=0) as dashboard:  # its end_time is of 1970
        for job in ("a", "b"):
            run(dashboard.port, "submit", "--submission-id", job, "--no-wait", "--", "x")
        done = run(dashboard.port, "delete", "a", "b")
        assert done.stdout == b"Job 'a' deleted successfully\nJob 'b' deleted successfully\n"
        assert dashboard.missed == {"a": 0, "b": 0}


def test_resources_in_use_are_named_with_the_autoscaler_v2_too():
    with FakeDashboard(job={"status": "PENDING", "message": "Job has not started yet."}) as dashboard:
        dashboard.state = {"actors": [{"required_resources": {"CPU": 1.0}}]}
        dashboard.cluster_status = (None, "Resources\n-----\nTotal Usage:\n 1.5/2.0 CPU\n 0B/1.00GiB memory\n\nFrom")
        run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "x")
        done = run(dashboard.port, "status", "j")
        assert "Waiting: its entrypoint waits for resources in use: CPU: 1 (0.5 of 2 free)\n" in done.stdout.decode()
