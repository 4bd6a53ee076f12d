"""up, exec, submit, monitor and down on a launcher's file, on the real cluster without an operator and with the real one."""

import re
import signal
import subprocess

import cluster
import kuberay
import pytest
from cluster import kubectl_json, namespace, run

FILE = """
cluster_name: launched
max_workers: 2
provider: {type: kubernetes, namespace: NS, use_internal_ips: true}
head_node_type: head
available_node_types:
  head:
    resources: {CPU: 1}
    node_config: &node
      apiVersion: v1
      kind: Pod
      metadata: {generateName: launched-}
      spec:
        restartPolicy: Never
        containers:
        - name: ray-node
          image: IMAGE
          imagePullPolicy: Never
          command: ["/bin/bash", "-c", "--"]
          args: ["trap : TERM INT; sleep infinity & wait;"]
          resources: {requests: {cpu: 200m, memory: 512Mi}, limits: {memory: 1500Mi}}
  small_worker:
    resources: {CPU: 1}
    min_workers: 1
    max_workers: 1
    node_config: *node
file_mounts: {~/project: project, /tmp/one/key.txt: project/key.txt}
setup_commands: ["echo setup of $RAY_NODE_TYPE_NAME has $(cat ~/project/lib/word) and $(cat /tmp/one/key.txt)"]
worker_setup_commands: ["test -x ~/project/run.sh"]
"""


@pytest.fixture
def ns():
    with namespace("launcher") as name:
        yield name


@pytest.fixture
def folder(tmp_path, ns):
    """Where `up` is run: the file and what it mounts."""
    (tmp_path / "project" / "lib").mkdir(parents=True)
    (tmp_path / "project" / "lib" / "word").write_text("sesame")
    (tmp_path / "project" / "key.txt").write_text("key-1")
    (tmp_path / "project" / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "project" / "run.sh").chmod(0o755)
    write(tmp_path, FILE.replace("NS", ns))
    return tmp_path


def write(folder, text):
    (folder / "cluster.yaml").write_text(text.replace("IMAGE", cluster.IMAGE))


def ray(folder, *words, timeout=240):
    return run("kubectl", "ray", *words, cwd=folder, timeout=timeout)


def up(folder, *words):
    return ray(folder, "up", "cluster.yaml", "-y", *words)


def pods(ns):
    return {pod["metadata"]["labels"]["ray.io/node-type"]: pod["metadata"]["uid"]
            for pod in kubectl_json("get", "pods", "-n", ns)["items"] if "deletionTimestamp" not in pod["metadata"]}


def live(ns, folder):
    done = up(folder)
    assert done.returncode == 0, done.stderr
    assert re.search(r"made +1 head pod\n +made +1 pod of group small-worker", done.stdout), done.stdout
    for group in ("headgroup", "small-worker"):
        assert f"[setup] setup of {group} has sesame and key-1" in done.stderr
    first = pods(ns)

    # What did not change is not restarted.
    done = up(folder)
    assert done.returncode == 0, done.stderr
    assert "made" not in done.stdout and "changed" not in done.stdout and "recreated" not in done.stdout, done.stdout
    assert pods(ns) == first

    (folder / "train.py").write_text("import sys, os; print('in', os.path.basename(os.getcwd()), sys.argv[1:]); sys.exit(7)")
    done = ray(folder, "submit", "cluster.yaml", "train.py", "--", "--epochs", "3")
    assert (done.returncode, "['--epochs', '3']" in done.stdout) == (7, True), done.stderr
    done = ray(folder, "exec", "cluster.yaml", "cat ~/project/lib/word; exit 5")
    assert (done.returncode, done.stdout) == (5, "sesame")
    assert 'cluster.yaml is a file: Ray cluster "launched"' in done.stderr
    done = ray(folder, "get-head-ip", "cluster.yaml")
    assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+\n", done.stdout), done.stderr

    # Files both ways: by name and by contents, with modes, to all pods.
    done = ray(folder, "rsync-up", "cluster.yaml", "project/", "~/copied", "--all-nodes")
    assert done.returncode == 0 and done.stderr.count("copied 3 files") == 2, done.stderr
    done = ray(folder, "exec", "worker/launched", "test -x ~/copied/run.sh && cat ~/copied/lib/word", "-n", ns)
    assert (done.returncode, done.stdout) == (0, "sesame"), done.stderr
    done = ray(folder, "exec", "cluster.yaml", "ln -s /etc/passwd ~/copied/out; ln -s lib/word ~/copied/in")
    assert done.returncode == 0, done.stderr
    done = ray(folder, "rsync-down", "cluster.yaml", "copied", "got/")
    assert done.returncode == 0 and "leads out of what is copied" in done.stderr, done.stderr
    got = folder / "got" / "copied"
    assert (got / "in").read_text() == "sesame" and (got / "run.sh").stat().st_mode & 0o777 == 0o755
    assert not (got / "out").is_symlink()
    done = ray(folder, "rsync-down", "cluster.yaml", "~/no-such", "got")
    assert done.returncode != 0 and "No such file or directory" in done.stderr, done.stderr

    # New setup of the workers alone: the head stays.
    write(folder, FILE.replace("NS", ns) + "\n# more\n")
    text = (folder / "cluster.yaml").read_text().replace('"test -x', '"echo second time", "test -x')
    (folder / "cluster.yaml").write_text(text)
    done = up(folder)
    assert done.returncode == 0, done.stderr
    assert "[setup] second time" in done.stderr
    second = pods(ns)
    assert second["head"] == first["head"] and second["worker"] != first["worker"]

    # A step that fails ends `up`, with what it said.
    (folder / "cluster.yaml").write_text(text.replace("second time", "it broke; exit 3"))
    done = up(folder)
    assert done.returncode == 1
    assert "ended with exit code 3" in done.stderr and "it broke" in done.stderr, done.stderr

    done = ray(folder, "down", "cluster.yaml", "--workers-only", "-y")
    assert done.returncode == 0 and "small-worker: 1 to 0" in done.stdout, done.stderr
    done = ray(folder, "down", "cluster.yaml", "-y")
    assert done.returncode == 0, done.stderr
    assert kubectl_json("get", "pods", "-n", ns)["items"] == []
    kuberay.wait_until(lambda: [secret for secret in kubectl_json("get", "secrets", "-n", ns)["items"]
                                if secret["metadata"]["name"].startswith("launched-")], lambda left: left == [])


def test_without_an_operator(ns, folder):
    live(ns, folder)


def test_with_the_operator(ns, folder):
    with kuberay.operator():
        try:
            live(ns, folder)
        finally:
            cluster.kubectl("delete", "rayclusters", "--all", "-n", ns)


def test_monitor_says_what_the_scheduler_does(ns, folder):
    text = (folder / "cluster.yaml").read_text().replace("cpu: 200m", "cpu: 64")
    (folder / "cluster.yaml").write_text(text)
    done = up(folder, "--timeout", "5s")
    assert done.returncode == 1 and "Insufficient cpu" in done.stderr
    watching = subprocess.Popen(["kubectl", "ray", "monitor", "cluster.yaml"], cwd=folder, env=cluster.environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in watching.stdout:
        if line.startswith("[scheduler] ") and "Insufficient cpu" in line:
            break
    else:
        raise AssertionError(watching.communicate(timeout=30)[1])
    watching.send_signal(signal.SIGINT)
    watching.communicate(timeout=30)
    assert ray(folder, "down", "cluster.yaml", "-y").returncode == 0
