"""Logs of RayJobs that are over, from whatever is left of their pods: the driver's file in a pod that runs, the pod that
submitted the job, the lines that ray-init-agent brought to its pod's log, or nothing at all."""

import json
import subprocess

import cluster
import pytest

LINES = "".join(f"line {i}\n" for i in range(5))
PRINT = "for i in 0 1 2 3 4; do echo line $i; done"


def kubectl_with(text, *arguments):
    done = subprocess.run(["kubectl", *arguments], env=cluster.environment(), input=text, text=True, capture_output=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def pod(name, labels, script, container="ray"):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels},
            "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [
                {"name": container, "image": cluster.IMAGE, "imagePullPolicy": "Never", "command": ["bash", "-c", script],
                 "resources": {"requests": {"cpu": "20m"}}}]}}


def head(job, script, container="ray"):
    return pod(f"{job}-head", {"ray.io/cluster": f"{job}-cluster", "ray.io/node-type": "head"}, script, container)


def ray_job(name, status):
    # managedBy: an operator that runs here by chance leaves it alone.
    spec = {"submissionMode": "K8sJobMode", "entrypoint": "x", "managedBy": "kueue.x-k8s.io/multikueue", "rayClusterSpec": {
        "headGroupSpec": {"rayStartParams": {}, "template": {"spec": {"containers": [{"name": "ray", "image": cluster.IMAGE}]}}}}}
    return {"apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"name": name}, "spec": spec}, {
        "jobId": f"{name}-id", "rayClusterName": f"{name}-cluster", "jobStatus": status, "message": "it fell over\nmore",
        "jobDeploymentStatus": "Failed" if status == "FAILED" else "Complete"}


LOGS = "/tmp/ray/session_latest/logs"
PODS = [
    head("file", f"mkdir -p {LOGS}; ({PRINT}) > {LOGS}/job-driver-file-id.log; touch /tmp/ready; while :; do sleep 1; done"),
    pod("submitter-x1", {"job-name": "submitter"}, PRINT, container="ray-job-submitter"),
    head("sidecar", PRINT, container="ray-job-submitter"),
    head("agent", f"echo '[raylet] not this'; ({PRINT}) | sed 's/^/[job-driver agent-id] /'; echo '[job-driver other-id] nor this'"),
    head("agent-json", "for i in 0 1 2 3 4; do echo "
         "'{\"component\":\"job-driver\",\"job\":\"agent-json-id\",\"message\":\"line '$i'\"}'; done"),
]
JOBS = {"file": "SUCCEEDED", "submitter": "FAILED", "sidecar": "SUCCEEDED", "agent": "STOPPED", "agent-json": "SUCCEEDED",
        "nothing": "SUCCEEDED"}


@pytest.fixture(scope="module")
def definitions():
    there = cluster.run("kubectl", "get", "crd", "rayjobs.ray.io").returncode == 0
    crds = cluster.ROOT / "tests" / "cluster" / "crds"
    if not there:
        subprocess.run([crds, "install"], check=True, capture_output=True)
    yield
    if not there:
        subprocess.run([crds, "remove"], check=True, capture_output=True)


@pytest.fixture(scope="module")
def ns(definitions):
    with cluster.namespace("rayjob-logs") as name:
        made = [ray_job(job, status) for job, status in JOBS.items()]
        kubectl_with(json.dumps({"apiVersion": "v1", "kind": "List", "items": [*PODS, *(job for job, _ in made)]}),
                     "create", "-n", name, "-f", "-")
        for job, status in made:
            cluster.kubectl("patch", "rayjob", job["metadata"]["name"], "-n", name, "--subresource=status", "--type=merge",
                            "-p", json.dumps({"status": status}))
        ended = [f"pod/{one['metadata']['name']}" for one in PODS[1:]]
        cluster.kubectl("wait", "-n", name, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=120s", *ended, timeout=150)
        cluster.kubectl("wait", "-n", name, "--for=condition=Ready", "--timeout=120s", "pod/file-head", timeout=150)
        cluster.kubectl("exec", "-n", name, "file-head", "--", "bash", "-c", "until [ -e /tmp/ready ]; do sleep 0.1; done")
        yield name


def ray(ns, *arguments):
    return cluster.run("kubectl", "ray", "job", *arguments, "-n", ns)


@pytest.mark.parametrize("name", [name for name in JOBS if name != "nothing"])
def test_its_output_is_where_it_was_left(ns, name):
    done = ray(ns, "logs", f"rayjob/{name}")
    assert (done.returncode, done.stdout) == (0, LINES), done.stderr
    done = ray(ns, "logs", f"{name}-id", "--tail", "2")
    assert (done.returncode, done.stdout) == (0, "line 3\nline 4\n"), done.stderr


@pytest.mark.parametrize("name, code", [("file", 0), ("submitter", 10), ("agent", 11)])
def test_following_it_ends_as_it_did(ns, name, code):
    done = ray(ns, "logs", "-f", f"rayjob/{name}")
    assert (done.returncode, done.stdout) == (code, LINES), done.stderr
    assert f"Job {name}-id finished with status {JOBS[name]}." in done.stderr
    assert ray(ns, "watch", f"rayjob/{name}").returncode == code


def test_of_a_job_whose_pods_are_gone_its_end_is_still_told(ns):
    done = ray(ns, "logs", "rayjob/nothing")
    assert (done.returncode, done.stdout) == (1, "")
    assert 'cannot find the output of job "nothing-id": none of its pods is there any more' in done.stderr
    assert ray(ns, "watch", "rayjob/nothing").returncode == 0
    done = ray(ns, "status", "rayjob/nothing")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Status for job 'rayjob/nothing': SUCCEEDED"), done.stderr
    done = ray(ns, "list", "--status", "failed", "-o", "name")
    assert done.stdout == "rayjob/submitter\n", done.stderr
