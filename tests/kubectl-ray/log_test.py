"""`log`, by the official name: files in a directory named as the resource, and the official plugin's lines.

What it prints and makes is what kubectl-plugin/test/e2e/kubectl_ray_log_test.go of github.com/ray-project/kuberay v1.6.2 looks for."""

import io
import json
import os
import subprocess
import tarfile
import urllib.parse

import pytest
from fake_api import FakeApi, environment, forward_to, pod, pod_list, write_kubeconfig

PODS = "/api/v1/namespaces/default/pods"
NO_DIRECTORY = "No output directory specified, creating dir under current directory using resource name.\n"
BOTH = "Command set to retrieve both head and worker node logs.\n"


def archive():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        text = b"Ray Event initialized for RAYLET\n"
        entry = tarfile.TarInfo("./raylet.out")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return packed.getvalue()


def pack(request):
    web_socket = request.accept_web_socket()
    web_socket.frame(b"\x01" + archive())
    web_socket.frame(b'\x03{"status": "Success"}')
    web_socket.close()


def cluster(*pods):
    """Pods that have a log and Ray's files; those of another node type than asked for are left out, as by the server."""
    def listed(request):
        asked = [type for type in ("head", "worker") if f"node-type%3D{type}" in request.query]
        request.send(200, pod_list(*(p for p in pods if not asked or p["metadata"]["labels"]["ray.io/node-type"] in asked)))

    routes = {PODS: listed}
    for one in pods:
        path = f"{PODS}/{one['metadata']['name']}"
        routes[path + "/log"] = lambda r: r.send(200, "Ray runtime started\n")
        routes[path + "/exec"] = pack
    return FakeApi(routes)


def log(api, tmp_path, *words):
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return subprocess.run([os.environ["KUBECTL_RAY"], "log", *words], env=environment(write_kubeconfig(home / "config", api.port)),
                          cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)


HEAD, WORKER = pod("demo-head"), pod("demo-group-worker", node_type="worker")


@pytest.mark.parametrize("flags, which, names", [
    ([], BOTH, ["demo-head", "demo-group-worker"]),
    (["--node-type", "all"], BOTH, ["demo-head", "demo-group-worker"]),
    (["--node-type=HEAD"], "Command set to retrieve only head node logs.\n", ["demo-head"]),
    (["--node-type", "worker"], "Command set to retrieve only worker node logs.\n", ["demo-group-worker"]),
])
def test_into_a_directory_named_as_the_resource(tmp_path, flags, which, names):
    with cluster(HEAD, WORKER) as api:
        done = log(api, tmp_path, "demo", *flags)
    assert done.returncode == 0, done.stderr
    assert done.stdout == NO_DIRECTORY + which + "".join(f"Downloading log for Ray Node {name}\n" for name in names)
    assert sorted(os.listdir(tmp_path / "demo")) == sorted(names)
    for name in names:
        assert (tmp_path / "demo" / name / "stdout.log").read_text() == "Ray runtime started\n"
        assert "Ray Event initialized for RAYLET" in (tmp_path / "demo" / name / "raylet.out").read_text()


def test_into_a_directory_that_is_there(tmp_path):
    (tmp_path / "there").mkdir()
    with cluster(HEAD) as api:
        done = log(api, tmp_path, "demo", "--out-dir", "./there")
    assert (done.returncode, done.stdout) == (0, BOTH + "Downloading log for Ray Node demo-head\n"), done.stderr
    assert os.listdir(tmp_path / "there") == ["demo-head"] and not (tmp_path / "demo").exists()


def test_a_cluster_that_is_not_there_leaves_no_directory(tmp_path):
    with cluster() as api:
        done = log(api, tmp_path, "fakeclustername")
        assert done.returncode == 1 and "No Ray nodes found for resource fakeclustername\n" in done.stderr
        assert not (tmp_path / "fakeclustername").exists()
        (tmp_path / "mine").mkdir()
        assert log(api, tmp_path, "mine").returncode == 1
        assert (tmp_path / "mine").exists()  # it was there before


def test_an_output_directory_that_is_none(tmp_path):
    (tmp_path / "file").write_text("")
    with cluster(HEAD) as api:
        done = log(api, tmp_path, "demo", "--out-dir", "./fake-directory")
        assert done.returncode == 2 and done.stdout == BOTH
        assert "Directory does not exist. Failed with: stat ./fake-directory: no such file or directory\n" in done.stderr
        done = log(api, tmp_path, "demo", "--out-dir", "file")
        assert done.returncode == 2 and "Path is not a directory. Please input a directory and try again\n" in done.stderr
        assert api.requests == []  # it is looked at first


def test_help_shows_logs_alone(tmp_path):
    with cluster() as api:
        shown = subprocess.run([os.environ["KUBECTL_RAY"], "--help"], capture_output=True, text=True, timeout=60, check=True,
                               env=environment(write_kubeconfig(tmp_path / "config", api.port))).stdout
    assert "  logs  " in shown and "  log " not in shown and "logs, log" not in shown


# A container's processes: a raylet with such arguments, and the command that exec runs there.
CONTAINER = """sh -c 'echo >"$UP"; read _ <"$HOLD"' raylet --log_dir=/x "$RAYLET" --x & read _ <"$UP"; exec "$@" """


def container(tmp_path, session):
    """A route for exec into a container of its own (a PID namespace) whose raylet has this session."""
    pipes = {name: str(tmp_path / name) for name in ("UP", "HOLD")}
    for path in pipes.values():
        os.mkfifo(path)

    def serve(request):
        command = urllib.parse.parse_qs(request.query)["command"]
        done = subprocess.run(["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", CONTAINER, "sh", *command],
                              capture_output=True, timeout=60, check=False, env={**os.environ, **pipes, "RAYLET": f"--session_dir={session}"})
        web_socket = request.accept_web_socket()
        web_socket.frame(b"\x01" + done.stdout)
        web_socket.frame(b"\x02" + done.stderr)
        cause = {"reason": "ExitCode", "message": str(done.returncode)}
        failure = {"status": "Failure", "details": {"causes": [cause]}}
        web_socket.frame(b"\x03" + json.dumps(failure if done.returncode else {"status": "Success"}).encode())
        web_socket.close()

    return serve


# rayStartParams temp-dir, and of a worker the head's: the raylet alone knows it (Ray 2.9.3 to 2.60, _private/services.py).
@pytest.mark.parametrize("words, printed", [
    (["logs", "demo", "--out-dir", "out"], None),
    (["job", "logs", "j", "--cluster", "demo"], "a\nb\n"),
    (["job", "logs", "j", "--cluster", "demo", "--tail", "1"], "b\n"),
])
def test_the_files_of_a_ray_with_another_temp_dir(tmp_path, words, printed):
    logs = tmp_path / "my ray" / "session_1" / "logs"
    logs.mkdir(parents=True)
    (logs / "job-driver-j.log").write_text("a\nb\n")
    routes = {PODS: lambda r: r.send(200, pod_list(HEAD)), PODS + "/demo-head": lambda r: r.send(200, HEAD),
              PODS + "/demo-head/log": lambda r: r.send(200, ""), PODS + "/demo-head/portforward": forward_to({}),
              PODS + "/demo-head/exec": container(tmp_path, logs.parent)}
    with FakeApi(routes) as api:
        done = subprocess.run([os.environ["KUBECTL_RAY"], *words], env=environment(write_kubeconfig(tmp_path / "config", api.port)),
                              cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    if printed is None:
        assert (tmp_path / "out/demo-head/job-driver-j.log").read_text() == "a\nb\n"
    else:
        assert done.stdout.decode() == printed
