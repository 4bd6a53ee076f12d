"""Where each of the official plugin's flags goes in the RayJob that is made, and in the job that is sent: whole dry runs."""

import os
import pathlib
import subprocess

import pytest

PROGRAM = os.environ["KUBECTL_RAY"]
GOLDENS = pathlib.Path(__file__).resolve().parents[1] / "testdata" / "rayjob"
CLUSTER = ["--image", "example.com/ray:1", "--ray-version", "2.50.1", "--head-cpu", "3", "--head-memory", "5Gi", "--head-gpu", "1",
           "--head-node-selectors", "zone=a,disk=ssd", "--worker-replicas", "4", "--worker-cpu", "500m", "--worker-memory", "6Gi",
           "--worker-gpu", "2", "--worker-node-selectors", "pool=gpu", "--ttl-seconds-after-finished", "120"]
JOB = ["--entrypoint-num-cpus", "2", "--entrypoint-num-gpus", "0.5", "--entrypoint-memory", "1000000", "--entrypoint-resource",
       '{"TPU": 1}', "--metadata-json", '{"team": "a"}', "--runtime-env", "env.yaml", "--headers", '{"X-Team": "a"}', "--verify", "false",
       "--verbose", "--no-wait", "--timeout", "120", "--log-style", "record", "--log-color", "false"]
FILE = """# A user's own.
apiVersion: ray.io/v1
kind: RayJob
metadata:
  name: from-file
  labels: {kueue.x-k8s.io/queue-name: users}
spec:
  submissionMode: InteractiveMode
  activeDeadlineSeconds: 600
  runtimeEnvYAML: |
    env_vars: {COLOR: blue}
  rayClusterSpec:
    headGroupSpec:
      rayStartParams: {}
      template: {spec: {containers: [{name: head, image: example.com/ray:1}]}}
"""


def dry_run(folder, *arguments, variables=()):
    (folder / "env.yaml").write_text("env_vars: {A: b}\npip: [requests==2.32.0]\n")
    (folder / "rayjob.yaml").write_text(FILE)
    command = [PROGRAM, "job", "submit", "--dry-run", "--submission-id", "raysubmit_golden", *arguments, "--", "python", "train.py", "a b"]
    # No cluster is asked: there is none.
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin", "KUBECONFIG": "/no/such/file", **dict(variables)})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name, arguments", [
    ("default.yaml", ["--name", "sample", "-n", "team"]),
    ("full.yaml", ["--name", "sample", "-n", "team", *CLUSTER, *JOB]),
    ("file.yaml", ["-f", "rayjob.yaml", "-n", "team"]),
    ("file-ttl.yaml", ["-f", "rayjob.yaml", "-n", "team", "--ttl-seconds-after-finished", "5", *JOB]),
    ("request.json", ["--cluster", "demo", *JOB]),
])
def test_a_dry_run_shows_what_would_be_sent(tmp_path, name, arguments):
    told = dry_run(tmp_path, *arguments)
    golden = GOLDENS / name
    if os.environ.get("UPDATE_GOLDENS") == "1":
        golden.write_text(told)
    assert told == golden.read_text(), f"UPDATE_GOLDENS=1 writes {golden}"


def test_the_image_of_the_environment(tmp_path):
    """As of create cluster: --image, else KUBECTL_RAY_IMAGE, else Ray's own of --ray-version; an empty one is none."""
    mine = {"KUBECTL_RAY_IMAGE": "example.com/mine:3"}
    arguments = ["-n", "default", "--name", "x", "--ray-version", "2.50.1"]
    assert "image: example.com/mine:3\n" in dry_run(tmp_path, *arguments, variables=mine)
    assert "image: example.com/mine:3\n" in dry_run(tmp_path, *arguments, "--image=", variables=mine)
    assert "image: example.com/ray:1\n" in dry_run(tmp_path, *arguments, "--image", "example.com/ray:1", variables=mine)
    assert "image: rayproject/ray:2.50.1\n" in dry_run(tmp_path, *arguments, variables={"KUBECTL_RAY_IMAGE": ""})
