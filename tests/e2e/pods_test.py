"""logs, exec, attach, session and version on real pods, through the real API server, kubelet and containerd."""

import concurrent.futures
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

import cluster
import pytest
import ray_pods

PLUGIN = os.environ["KUBECTL_RAY"]


@pytest.fixture(scope="module")
def ns():
    with cluster.namespace("pods") as name:
        ray_pods.create(name, ray_pods.head("demo-head"), ray_pods.worker("demo-worker"))
        yield name


def ray(ns, *arguments, **keywords):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    return cluster.run(PLUGIN, *arguments[:split], "-n", ns, *arguments[split:], **keywords)


def test_logs_of_all_pods_and_of_some(ns):
    assert ray(ns, "logs", "demo").stdout.splitlines() == [
        "[demo-head] head is up", *(f"[demo-worker] worker line {i}" for i in (1, 2, 3))]
    assert ray(ns, "logs", "raycluster/demo", "--node-type", "worker", "--tail", "1").stdout == "worker line 3\n"
    assert ray(ns, "logs", "demo", "--grep", "line [12]$", "--no-prefix").stdout == "worker line 1\nworker line 2\n"


def test_log_files_are_fetched(ns, tmp_path):
    done = ray(ns, "log", "demo", "--out-dir", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Command set to retrieve both head and worker node logs.\n")
    assert "Downloading log for Ray Node demo-head\n" in done.stdout
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if not path.is_dir())
    assert files == ["demo-head/old/big", "demo-head/raylet.out", "demo-head/stdout.log", "demo-worker/stdout.log"]
    assert (tmp_path / "demo-head/old/big").stat().st_size == 300000


def test_exec_passes_words_output_and_exit_code(ns):
    done = ray(ns, "exec", "demo", "--", "bash", "-c", 'echo "$0" "$1"; echo err >&2; exit 7', "a b", "--c;d")
    assert (done.returncode, done.stdout, done.stderr) == (7, "a b --c;d\n", "err\n")
    assert ray(ns, "exec", "worker/demo-worker", "-i", "--", "cat", input="x" * 1_000_000).stdout == "x" * 1_000_000
    assert ray(ns, "exec", "worker/demo", "--", "hostname").returncode == 0


def test_attach_gives_a_terminal_that_resizes(ns):
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(PLUGIN, [PLUGIN, "attach", "demo", "-n", ns], cluster.environment())

    def read_until(pattern):
        text = ""
        end = time.monotonic() + 60
        while not re.search(pattern, text):
            assert time.monotonic() < end, text
            if select.select([fd], [], [], 1)[0]:
                text += os.read(fd, 65536).decode(errors="replace")
        return text

    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))
    read_until(r"\$ ")
    os.write(fd, b"while [ \"$(stty size)\" != '33 101' ]; do sleep 0.1; done; echo first-size-$((1+1))\n")
    read_until("first-size-2")
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 44, 120, 0, 0))
    os.write(fd, b"while [ \"$(stty size)\" != '44 120' ]; do sleep 0.1; done; echo second-size-$((1+1))\n")
    read_until("second-size-2")
    os.write(fd, b"exit 5\n")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5


def test_a_session_in_the_background_outlives_its_head(tmp_path):
    with cluster.namespace("session") as ns:
        ray_pods.create(ns, ray_pods.head("demo-head"))
        os.environ["XDG_STATE_HOME"] = str(tmp_path)
        done = ray(ns, "session", "demo", "--background", "--port", "0:dashboard")
        assert done.returncode == 0, done.stderr
        port = int(re.search(r"Ray Dashboard: http://localhost:(\d+)", done.stdout)[1])
        try:
            assert ray_pods.dashboard(port) == "from-the-dashboard"
            assert f"raycluster/demo in namespace {ns}" in ray(ns, "session", "list").stdout
            cluster.kubectl("delete", "pod", "-n", ns, "demo-head", "--now")
            ray_pods.create(ns, ray_pods.head("demo-head-2"))
            assert ray_pods.dashboard(port) == "from-the-dashboard"
        finally:
            assert ray(ns, "session", "stop", "demo").returncode == 0
        assert ray(ns, "session", "list").stdout == ""


def test_a_session_lives_through_hundreds_of_connections_at_once(ns, tmp_path, monkeypatch):
    """Two sessions in ten died of it when mbedTLS was built without locks: found by a burst beside kubectl's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = ray(ns, "session", "demo", "--background", "--port", "0:dashboard")
    assert done.returncode == 0, done.stderr
    port = int(re.search(r"Ray Dashboard: http://localhost:(\d+)", done.stdout)[1])
    try:
        with concurrent.futures.ThreadPoolExecutor(300) as pool:
            answers = list(pool.map(lambda _: ray_pods.dashboard(port), range(300)))
        assert answers == ["from-the-dashboard"] * 300
    finally:
        assert ray(ns, "session", "stop", "demo").returncode == 0


def test_versions(ns):
    done = ray(ns, "version")
    assert done.returncode == 0
    assert re.search(r"^Kubernetes version: v1\.", done.stdout, re.M)
    assert f"Ray version of cluster demo: {cluster.RAY_VERSION}\n" in done.stdout


def test_names_are_completed_from_the_cluster(ns):
    assert cluster.run(PLUGIN, "__complete", "logs", "-n", ns, "de").stdout == "demo\n:4\n"


def test_no_permission_is_told_with_the_way_out(ns):
    done = ray(ns, "logs", "demo", kubeconfig=cluster.KUBECONFIG_NOBODY)
    assert done.returncode == 1
    assert f'cannot list pods in namespace "{ns}": forbidden' in done.stderr
    assert f"kubectl auth can-i list pods -n {ns}" in done.stderr
