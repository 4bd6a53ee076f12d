"""Jobs over a fake dashboard, with the real binary: what arrives, what is printed, and connections that break anywhere."""

import concurrent.futures
import http.server
import io
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import zipfile

import pytest

from cutting_proxy import CuttingProxy
from fake_dashboard import FakeDashboard
from measure import measure

PROGRAM = os.environ["KUBECTL_RAY"]
LOG = "".join(f"line {i}\n" for i in range(400)).encode()


def run(port, *arguments, env=None, **options):
    command = [PROGRAM, "job", arguments[0], "--address", f"127.0.0.1:{port}", *arguments[1:]]
    return subprocess.run(command, capture_output=True, timeout=120, env={"PATH": "/usr/bin:/bin", **(env or {})}, **options)


def total_bytes(direction):
    with FakeDashboard(LOG) as dashboard, CuttingProxy(dashboard.port, 1 << 40, direction) as proxy:
        done = run(proxy.port, "submit", "--", "true")
        assert done.returncode == 0, done.stderr
        return proxy.passed


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_cut_at_any_byte_neither_loses_nor_repeats_output_nor_runs_a_job_twice(direction):
    total = total_bytes(direction)

    def one_cut(position):
        with FakeDashboard(LOG) as dashboard, CuttingProxy(dashboard.port, position, direction) as proxy:
            done = run(proxy.port, "submit", "--", "true")
            return position, done, dict(dashboard.runs), proxy.cuts

    positions = sorted(set(range(1, 700, 23)) | set(range(1, total, max(1, total // 60))))
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for position, done, runs, cuts in pool.map(one_cut, positions):
            assert done.returncode == 0, (position, done.stderr)
            assert done.stdout == LOG, (position, done.stderr)
            assert list(runs.values()) == [1], position
            assert cuts <= 1


def test_many_cuts_in_one_run():
    log = "".join(f"line {i}\n" for i in range(20000)).encode()
    with FakeDashboard(log, questions=12) as dashboard, CuttingProxy(dashboard.port, 100, every=270_001) as proxy:
        done = run(proxy.port, "submit", "--", "true")
        assert done.returncode == 0, done.stderr
        assert done.stdout == log
        assert proxy.cuts > 3
        assert list(dashboard.runs.values()) == [1]


def test_connections_that_wait_and_overtake_each_other_change_nothing():
    for delays in ([0.5, 0], [0, 0.3, 0.1], [0.2]):
        with FakeDashboard(LOG, questions=6) as dashboard, CuttingProxy(dashboard.port, 2000, every=9000, delays=delays) as proxy:
            done = run(proxy.port, "submit", "--", "true")
            assert (done.returncode, done.stdout) == (0, LOG), done.stderr
            assert list(dashboard.runs.values()) == [1]
            assert proxy.cuts > 0


def test_a_post_that_a_proxy_repeats_runs_the_job_once():
    with FakeDashboard(LOG) as dashboard:
        dashboard.doubles_posts = True
        done = run(dashboard.port, "submit", "--", "true")
        assert (done.returncode, done.stdout) == (0, LOG), done.stderr
        assert list(dashboard.runs.values()) == [1]


def test_output_is_complete_although_the_log_agent_comes_up_late():
    with FakeDashboard(LOG, questions=0) as dashboard:
        dashboard.log_failures = 8
        done = run(dashboard.port, "submit", "--", "true")
        assert (done.returncode, done.stdout) == (0, LOG), done.stderr
        assert "not complete" not in done.stderr.decode()


@pytest.mark.parametrize("questions", [0, 5])
def test_output_is_complete_although_only_the_jobs_api_has_it(questions):
    # Ray 2.52 with token authentication: found on a real cluster.
    with FakeDashboard(LOG.replace(b"\n", b"\r\n"), questions=questions) as dashboard:
        dashboard.only_jobs_api_has_logs = True
        done = run(dashboard.port, "submit", "--submission-id", "j", "--", "true")
        assert (done.returncode, done.stdout) == (0, LOG), done.stderr
        assert "not complete" not in done.stderr.decode()
        for count, text in ((0, b""), (1, b"line 399\n"), (2, b"line 398\nline 399\n"), (400, LOG), (9999, LOG)):
            assert run(dashboard.port, "logs", "j", "--tail", str(count)).stdout == text


def test_output_that_went_with_its_node_is_told_as_incomplete():
    with FakeDashboard(LOG, questions=0) as dashboard:
        dashboard.log_failures, dashboard.node_state = 1 << 30, "DEAD"
        done = run(dashboard.port, "submit", "--submission-id", "j", "--", "true")
        assert (done.returncode, done.stdout) == (0, b"")
        assert "the output of job 'j' is not complete: cannot read the log of job \"j\": no agent yet" in done.stderr.decode()
        assert f"kubectl ray job logs j --address 127.0.0.1:{dashboard.port}" in done.stderr.decode()


def test_output_is_complete_although_the_websocket_tells_nothing():
    with FakeDashboard(LOG) as dashboard:
        dashboard.tail_sends_nothing = True
        done = run(dashboard.port, "submit", "--", "true")
        assert (done.returncode, done.stdout) == (0, LOG)


def test_a_line_end_that_ray_read_in_halves_costs_no_byte_after_it():
    log = "".join(f"step {i}\r\n" for i in range(400)).encode()
    with FakeDashboard(log, questions=8) as dashboard:
        # Ray's text mode sends a "\r" at the end of what is there as a newline, and the "\n" that comes later as one more.
        dashboard.tail_text = log.decode().replace("\r\n", "\n").replace("step 7\n", "step 7\n\n", 1)
        with CuttingProxy(dashboard.port, 3500) as proxy:
            done = run(proxy.port, "submit", "--", "true")
            assert proxy.cuts == 1
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line] == [b"step %d" % i for i in range(400)]


@pytest.mark.parametrize(
    "end, job, code, told",
    [
        ("SUCCEEDED", {}, 0, "Job 'j' succeeded"),
        ("FAILED", {"driver_exit_code": 3, "message": "bad"}, 10, "The driver ended with exit code 3."),
        ("FAILED", {"driver_exit_code": -9}, 10, "signal 9"),
        ("STOPPED", {"driver_exit_code": None}, 11, "Job 'j' was stopped"),
    ],
)
def test_exit_codes_tell_how_the_job_went(end, job, code, told):
    with FakeDashboard(LOG, end=end, job=job) as dashboard:
        for arguments in (["submit", "--submission-id", "j", "--", "true"], ["logs", "-f", "j"], ["watch", "j"]):
            done = run(dashboard.port, *arguments)
            assert done.returncode == code, done.stderr
            assert told in done.stderr.decode()
            assert done.stdout == (b"" if arguments[0] == "watch" else LOG)


def test_a_job_that_is_refused():
    with FakeDashboard(post_status=400) as dashboard:
        done = run(dashboard.port, "submit", "--", "true")
        assert done.returncode == 12
        assert "not this one" in done.stderr.decode()
        assert done.stdout == b""


def test_an_id_that_another_job_has_is_a_conflict_and_runs_nothing():
    with FakeDashboard(LOG) as dashboard:
        assert run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "true").returncode == 0
        done = run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "true")
        assert done.returncode == 12
        assert "is there already" in done.stderr.decode()
        assert dashboard.runs == {"j": 1}


def test_no_wait_tells_the_id_on_stdout():
    with FakeDashboard() as dashboard:
        done = run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "a", "b c")
        assert (done.returncode, done.stdout) == (0, b"Ray job submitted with ID j\n")
        assert dashboard.jobs["j"]["body"]["entrypoint"] == "a 'b c'"


def test_a_dashboard_that_is_not_there():
    with FakeDashboard() as dashboard:
        port = dashboard.port
    done = run(port, "status", "x")
    assert done.returncode == 1
    assert f'cannot reach "127.0.0.1:{port}"' in done.stderr.decode()


def test_ctrl_c_detaches_and_tells_the_way_back():
    with FakeDashboard(LOG, questions=1 << 30) as dashboard:
        command = [PROGRAM, "job", "submit", "--address", f"127.0.0.1:{dashboard.port}", "--submission-id", "j", "--", "x"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(400):
            process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 15
        assert f"kubectl ray job logs -f j --address 127.0.0.1:{dashboard.port}" in err.decode()
        assert not dashboard.jobs["j"]["stopped"]


def test_timeout_leaves_the_job_and_deadline_stops_it():
    with FakeDashboard(LOG, questions=1 << 30) as dashboard:
        assert run(dashboard.port, "submit", "--submission-id", "a", "--timeout", "3s", "--", "x").returncode == 14
        assert not dashboard.jobs["a"]["stopped"]
        assert run(dashboard.port, "submit", "--submission-id", "b", "--deadline", "3s", "--", "x").returncode == 14
        assert dashboard.jobs["b"]["stopped"]


def test_retries_have_ids_of_their_own():
    with FakeDashboard(end="FAILED", questions=0) as dashboard:
        done = run(dashboard.port, "submit", "--submission-id", "j", "--retries", "2", "--", "x")
        assert done.returncode == 10
        assert dashboard.runs == {"j": 1, "j-retry1": 1, "j-retry2": 1}


def test_a_token_is_sent_and_never_shown(tmp_path):
    (tmp_path / "token").write_text("s3cr3t\n")
    with FakeDashboard(LOG, token="s3cr3t") as dashboard:
        done = run(dashboard.port, "submit", "--", "x")
        assert done.returncode == 1
        assert "--ray-token-file" in done.stderr.decode()
        for arguments, env in ((["--ray-token-file", str(tmp_path / "token")], {}), ([], {"RAY_AUTH_TOKEN": "s3cr3t"})):
            done = run(dashboard.port, "submit", *arguments, "-v8", "--", "x", env=env)
            assert (done.returncode, done.stdout) == (0, LOG)
            assert b"s3cr3t" not in done.stderr


def test_a_working_directory_is_sent_once(tmp_path):
    (tmp_path / "a.py").write_text("print(1)\n")
    (tmp_path / ".rayignore").write_text("*.bin\n")
    (tmp_path / "x.bin").write_bytes(b"0" * 1000)
    with FakeDashboard(LOG) as dashboard:
        for _ in range(2):
            assert run(dashboard.port, "submit", "--working-dir", str(tmp_path), "--", "x").returncode == 0
        assert sum(line.startswith("PUT") for line in dashboard.requests) == 1
        [(name, data)] = dashboard.packages.items()
        assert sorted(zipfile.ZipFile(io.BytesIO(data)).namelist()) == [".rayignore", "a.py"]
        for job in dashboard.jobs.values():
            assert job["body"]["runtime_env"] == {"working_dir": f"gcs://{name}"}


@pytest.mark.parametrize("redirect", ["> run.log 2>&1", "2>&1 | tee run.log", ">> run.log 2>&1"])
def test_its_own_output_in_the_working_directory_does_not_make_a_submit_fail(tmp_path, redirect):
    (tmp_path / "a.py").write_text("print(1)\n")
    with FakeDashboard(LOG) as dashboard:
        line = f"{PROGRAM} job submit --address 127.0.0.1:{dashboard.port} --working-dir . -- python a.py {redirect}"
        subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], cwd=tmp_path, check=True, timeout=60, stdout=subprocess.DEVNULL)
        [data] = dashboard.packages.values()
        package = zipfile.ZipFile(io.BytesIO(data))
        assert package.testzip() is None
        assert sorted(package.namelist()) == ["a.py", "run.log"] and package.read("run.log") == b""
        if "tee" not in redirect:  # which may write only after the file was read
            assert 'warning: "./run.log" is being written to: it was sent as it was at the start' in (tmp_path / "run.log").read_text()


def test_a_log_that_another_program_writes_to_is_sent_as_far_as_it_was(tmp_path):
    (tmp_path / "train.log").write_text("")
    writer = subprocess.Popen(["sh", "-c", "while :; do echo epoch; done >> train.log"], cwd=tmp_path)
    try:
        with FakeDashboard(LOG) as dashboard:
            for _ in range(5):
                done = run(dashboard.port, "submit", "--working-dir", ".", "--", "x", cwd=tmp_path)
                assert done.returncode == 0, done.stderr
            for name, data in dashboard.packages.items():
                package = zipfile.ZipFile(io.BytesIO(data))
                assert package.testzip() is None
                assert set(package.read("train.log").split(b"\n")[:-1]) <= {b"epoch"}, name
    finally:
        writer.kill()
        writer.wait()


@pytest.fixture
def public_path():
    """A folder that another user reaches; those above tmp_path are closed again whenever a pytest begins."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        path.chmod(0o755)
        yield path


def test_an_ignored_directory_may_be_unreadable(public_path):
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    (public_path / "pgdata").mkdir(mode=0o700)
    (public_path / "a.py").write_text("x")
    (public_path / "a.py").chmod(0o644)
    program = public_path / "kubectl-ray"  # the build folder may be closed to others
    program.write_bytes(pathlib.Path(PROGRAM).read_bytes())
    program.chmod(0o755)
    command = [program, "job", "submit", "--address", "127.0.0.1:1", "--preview", "--working-dir", ".", "--", "x"]
    for rules, code in (("", 2), ("pgdata/\n", 0), ("pgdata\n", 0), ("/pgdata/**\n!keep\n", 0)):
        (public_path / ".gitignore").write_text(rules)
        (public_path / ".gitignore").chmod(0o644)
        done = subprocess.run(command, cwd=public_path, capture_output=True, user=65534, timeout=60, env={})
        assert done.returncode == code, (rules, done.stderr)


def test_preview_shows_what_stays_at_home_by_default_and_the_way_to_have_it(tmp_path):
    for path in (".git/config", "venv/x", "sub/__pycache__/a.pyc", "a.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")

    def preview(**variables):
        done = run(1, "submit", "--preview", "--working-dir", str(tmp_path), "--", "x", env=variables)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()
    variable = "RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES"
    shown = preview()
    assert "1 files" in shown
    for path, rule in ((".git", ".git"), ("venv", "venv"), ("sub/__pycache__", "__pycache__")):
        assert f'    {path}  by "{rule}" in Ray\'s defaults, which ${variable} replaces\n' in shown
    assert "4 files" in preview(**{variable: ""})
    assert "3 files" in preview(**{variable: ".git"})
    modules = json.dumps({"py_modules": [str(tmp_path)]})  # the defaults are of a working_dir alone, as in Ray
    done = run(1, "submit", "--preview", "--runtime-env-json", modules, "--", "x")
    assert b"4 files" in done.stdout


@pytest.mark.parametrize("name, ending", [("x.zip", ".zip"), ("x.tar.gz", ".tar.gz"), ("x.tgz", ".tar.gz"), ("x.tar.xz", ".tar.xz")])
def test_archives_are_sent_as_they_are(tmp_path, name, ending):
    (tmp_path / name).write_bytes(b"bytes of an archive")
    with FakeDashboard(LOG) as dashboard:
        for flags in (["--working-dir", name], ["--runtime-env-json", json.dumps({"py_modules": [name]})]):
            done = run(dashboard.port, "submit", *flags, "--no-wait", "--", "x", cwd=tmp_path)
            assert done.returncode == 0, done.stderr
        [(package, data)] = dashboard.packages.items()
        assert package.endswith(ending) and data == b"bytes of an archive"
        sent = [job["body"]["runtime_env"] for job in dashboard.jobs.values()]
        assert sent == [{"working_dir": f"gcs://{package}"}, {"py_modules": [f"gcs://{package}"]}]


@pytest.mark.parametrize("arrives", [True, False])
def test_ctrl_c_while_the_job_is_being_posted(arrives):
    with FakeDashboard(LOG, questions=1 << 30) as dashboard:
        dashboard.post_answers = threading.Event()
        dashboard.posts_are_lost = not arrives
        command = [PROGRAM, "job", "submit", "--address", f"127.0.0.1:{dashboard.port}", "--submission-id", "j", "--", "x"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert dashboard.posted.wait(20)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        dashboard.post_answers.set()
        asked = [line for line in dashboard.requests if line == "GET /api/jobs/j"]
        assert len(asked) in (1, 2)  # the second one is the follower's
        if arrives:
            assert process.returncode == 15, err
            assert f"kubectl ray job logs -f j --address 127.0.0.1:{dashboard.port}" in err.decode()
        else:
            assert process.returncode in (130, -signal.SIGINT), err
            assert f"It may still arrive. See whether it did: kubectl ray job status j --address 127.0.0.1:{dashboard.port}" in err.decode()


def test_two_submits_at_once_of_one_directory_both_run(tmp_path):
    (tmp_path / "data").write_bytes(os.urandom(1 << 20))
    with FakeDashboard(LOG) as dashboard, concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: run(dashboard.port, "submit", "--working-dir", str(tmp_path), "--", "x"), range(2)))
        assert [(done.returncode, done.stdout) for done in both] == [(0, LOG)] * 2
        assert sorted(dashboard.runs.values()) == [1, 1]
        [data] = dashboard.packages.values()
        assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_py_modules_keep_the_name_of_their_directory(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "sub" / "a.py").write_text(name)
    modules = json.dumps({"py_modules": [str(tmp_path / "one"), str(tmp_path / "two"), "https://example.com/a.zip"]})
    with FakeDashboard(LOG) as dashboard:
        done = run(dashboard.port, "submit", "--runtime-env-json", modules, "--", "x")
        assert done.returncode == 0, done.stderr
        [job] = dashboard.jobs.values()
        sent = job["body"]["runtime_env"]["py_modules"]
        assert sent[2] == "https://example.com/a.zip"
        for uri, name in zip(sent, ("one", "two")):
            package = zipfile.ZipFile(io.BytesIO(dashboard.packages[uri.removeprefix("gcs://")]))
            assert package.namelist() == [f"{name}/sub/a.py"]
            assert package.read(f"{name}/sub/a.py") == name.encode()


def test_a_grace_period_is_sent_as_ray_reads_it():
    with FakeDashboard(LOG) as dashboard:
        assert run(dashboard.port, "submit", "--stop-grace-period", "90s", "--no-wait", "--", "x").returncode == 0
        [job] = dashboard.jobs.values()
        assert job["body"]["runtime_env"] == {"env_vars": {"RAY_JOB_STOP_WAIT_TIME_S": "90"}}


def test_status_names_what_no_node_has():
    actor = {"required_resources": {"GPU": 1.0}}
    with FakeDashboard(job={"status": "PENDING", "message": "Job has not started yet."}) as dashboard:
        dashboard.state = {"actors": [actor]}
        assert run(dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "x").returncode == 0
        done = run(dashboard.port, "status", "j")
        assert done.stdout.decode() == (
            "Status for job 'j': PENDING\nStatus message: Job has not started yet.\n"
            "Waiting: no node of the cluster has what its entrypoint asks for: GPU: 1\n")


def test_a_list_of_ten_thousand_jobs_stays_small():
    sanitized = b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()  # ten times as slow, and keeps what was freed for a while
    count = 1_000 if sanitized else 10_000
    with FakeDashboard() as dashboard:
        for i in range(count):
            dashboard.jobs[f"job-{i:05}"] = {"asked": 9, "body": {"entrypoint": "python a.py"}, "stopped": False}
        result = measure([PROGRAM, "job", "list", "--address", f"127.0.0.1:{dashboard.port}", "-o", "name"])
    assert result.code == 0
    assert sorted(result.output.split()) == [f"job-{i:05}" for i in range(count)]
    assert sanitized or result.peak_kib < 50 << 10, result.peak_kib


def test_a_working_directory_over_the_limit_sends_nothing(tmp_path):
    (tmp_path / "model").mkdir()
    with open(tmp_path / "model" / "weights", "wb") as weights:
        for _ in range(101):
            weights.write(os.urandom(1 << 20))
    with FakeDashboard(LOG) as dashboard:
        done = run(dashboard.port, "submit", "--working-dir", str(tmp_path), "--", "x")
        assert done.returncode in (2, 12)
        assert "model/" in done.stderr.decode()
        assert not dashboard.packages and not dashboard.runs


def test_a_working_directory_far_over_the_limit_is_refused_before_it_is_read_and_before_anyone_is_asked(tmp_path):
    (tmp_path / "model").mkdir()
    with open(tmp_path / "model" / "weights", "wb") as weights:
        weights.truncate(64 << 30)  # of zeros, which nobody reads in the time
    done = run(1, "submit", "--working-dir", str(tmp_path), "--", "x")
    assert done.returncode == 12 and b"64.0 GiB  model/  (1 files)" in done.stderr and b"zip them yourself" in done.stderr, done.stderr
    preview = run(1, "submit", "--preview", "--working-dir", str(tmp_path), "--", "x")
    assert preview.returncode == 0 and b"too large to be sent" in preview.stdout and b"64.0 GiB  model/" in preview.stdout, preview


def test_an_upload_that_is_cut_is_sent_again(tmp_path):
    (tmp_path / "data").write_bytes(os.urandom(3 << 20))
    with FakeDashboard(LOG) as dashboard, CuttingProxy(dashboard.port, 1 << 20, "up") as proxy:
        done = run(proxy.port, "submit", "--working-dir", str(tmp_path), "--", "x")
        assert (done.returncode, done.stdout) == (0, LOG), done.stderr
        assert proxy.cuts == 1
        [data] = dashboard.packages.values()
        assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_dry_run_and_preview_reach_nobody(tmp_path):
    (tmp_path / "a.py").write_text("x")
    with FakeDashboard() as dashboard:
        done = run(dashboard.port, "submit", "--dry-run", "--submission-id", "j", "--working-dir", str(tmp_path), "--", "x")
        assert json.loads(done.stdout)["submission_id"] == "j"
        assert b"1 files" in run(dashboard.port, "submit", "--preview", "--working-dir", str(tmp_path), "--", "x").stdout
        assert dashboard.requests == []


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["submit"], "without a program"),
        (["submit", "--shell", "a", "--", "b"], "--shell"),
        (["submit", "--env", "x", "--", "b"], "NAME=value"),
        (["submit", "--runtime-env-json", "{", "--", "b"], "--runtime-env-json"),
        (["submit", "--runtime-env-json", "[]", "--", "b"], "not an object"),
        (["submit", "--metadata-json", '{"a":1}', "--", "b"], "--metadata-json"),
        (["submit", "--entrypoint-resources", '{"a":"b"}', "--", "b"], "--entrypoint-resources"),
        (["submit", "--submission-id", "a/b", "--", "b"], "submission id"),
        (["submit", "--working-dir", "/no/such", "--", "b"], "/no/such"),
        (["submit", "--timeout", "soon", "--", "b"], "--timeout"),
        (["submit", "--headers", "x", "--", "b"], "--headers"),
        (["submit", "--stop-grace-period", "soon", "--", "b"], "--stop-grace-period"),
        (["status", "raycluster/x"], "raycluster/x"),
        (["stop", "rayjob/No"], "invalid name"),
        (["submit", "--ca", "/no/such", "--", "b"], "/no/such"),
        (["submit", "--cluster", "x", "--", "b"], "--address"),
        (["logs", "j", "-f", "--tail", "3"], "--tail"),
    ],
)
def test_bad_flags_are_told_before_anything_is_sent(arguments, told):
    with FakeDashboard() as dashboard:
        done = run(dashboard.port, *arguments)
        assert done.returncode == 2, done.stderr
        assert told in done.stderr.decode()
        assert done.stdout == b"" and dashboard.requests == []


# dashboard/modules/job/cli.py: the flag, else the variable. Proxies as Go and requests take them: loopback goes without.
@pytest.mark.parametrize("flag, variable, sent", [
    (None, '{"X-Team": "ml"}', "ml"), ('{"X-Team": "flag"}', '{"X-Team": "ml"}', "flag"), ("{}", '{"X-Team": "ml"}', None), (None, "", None)])
def test_headers_and_proxy_come_from_the_environment(flag, variable, sent):
    seen = []

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["X-Team"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        environment = {"PATH": "/usr/bin:/bin", "http_proxy": f"http://127.0.0.1:{proxy.server_port}", "RAY_JOB_HEADERS": variable}
        words = ["job", "list", "--address", "http://ray.only-behind.test:8265", *(["--headers", flag] if flag else [])]
        done = subprocess.run([PROGRAM, *words], capture_output=True, timeout=60, env=environment)
        proxy.shutdown()
    assert done.returncode == 0, done.stderr
    assert seen and set(seen) == {("http://ray.only-behind.test:8265/api/jobs/", sent)}


def test_a_bad_variable_of_headers_is_named():
    with FakeDashboard() as dashboard:
        done = run(dashboard.port, "list", env={"RAY_JOB_HEADERS": "[]"})
        assert done.returncode == 2 and b"cannot read $RAY_JOB_HEADERS: not an object" in done.stderr
        assert dashboard.requests == []
