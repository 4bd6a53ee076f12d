"""-o name of every kind: what `kubectl get -o name` (0.36.3) prints of it, or, of a dashboard's job, what the job commands take."""

import os
import subprocess

import pytest

from fake_api import FakeApi, pod, pod_list, run, write_kubeconfig
from fake_dashboard import FakeDashboard

RAY = "/apis/ray.io/v1"
PLURALS = {"RayCluster": "rayclusters", "RayJob": "rayjobs", "RayService": "rayservices", "RayCronJob": "raycronjobs"}


def served(kind):
    """A custom resource's list: its items come with kind and version, those of a built-in one without."""
    item = {"apiVersion": "ray.io/v1", "kind": kind, "metadata": {"name": "demo", "namespace": "default", "uid": "u"},
            "spec": {"workerGroupSpecs": [{"groupName": "g"}]}}
    return lambda request: request.send(200, {"metadata": {"resourceVersion": "1"}, "items": [item]})


ROUTES = {
    RAY: lambda request: request.send(200, {"resources": [{"name": plural} for plural in PLURALS.values()]}),
    "/apis/apps/v1/namespaces/default/deployments": lambda request: request.send(200, {"items": []}),
    "/api/v1/namespaces/default/pods": lambda request: request.send(200, pod_list(pod("demo-head"))),
    **{f"{RAY}/namespaces/default/{plural}": served(kind) for kind, plural in PLURALS.items()},
    f"{RAY}/namespaces/default/rayclusters/demo": lambda request: request.send(404),
}


@pytest.mark.parametrize("words, name", [
    ("cluster", "raycluster.ray.io/demo"),
    ("job", "rayjob.ray.io/demo"),
    ("job demo", "rayjob.ray.io/demo"),
    ("service", "rayservice.ray.io/demo"),
    ("service demo", "rayservice.ray.io/demo"),
    ("cronjob", "raycronjob.ray.io/demo"),
    ("cronjob demo", "raycronjob.ray.io/demo"),
    ("node", "pod/demo-head"),
    ("node demo-head", "pod/demo-head"),
    ("workergroup", "workergroup.ray.io/g"),
    ("workergroup g", "workergroup.ray.io/g"),
])
def test_an_object_is_named_as_kubectl_names_it(tmp_path, words, name):
    with FakeApi(ROUTES) as api:
        done = run(write_kubeconfig(tmp_path / "config", api.port), "get", *words.split(), "-o", "name")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, name + "\n", b"")


@pytest.mark.parametrize("words", ["get j", "list", "list --status succeeded"])
def test_a_job_is_named_as_the_job_commands_take_it(words):
    with FakeDashboard(questions=0) as dashboard:
        dashboard.jobs["j"] = {"asked": 0, "body": {"entrypoint": "x"}, "stopped": False}
        done = subprocess.run([os.environ["KUBECTL_RAY"], "job", *words.split(), "--address", f"127.0.0.1:{dashboard.port}", "-o", "name"],
                              capture_output=True, timeout=60, env={"PATH": "/usr/bin:/bin"})
    assert (done.returncode, done.stdout, done.stderr) == (0, b"j\n", b"")


@pytest.mark.parametrize("output, first", [("name", b"j\n"), ("json", b"{\n")])
def test_a_watch_of_jobs_prints_one_after_another(output, first):
    with FakeDashboard(questions=0) as dashboard:
        dashboard.jobs["j"] = {"asked": 0, "body": {"entrypoint": "x"}, "stopped": False}
        command = [os.environ["KUBECTL_RAY"], "job", "list", "-w", "--address", f"127.0.0.1:{dashboard.port}", "-o", output]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"}) as process:
            assert process.stdout.readline() == first
            if output == "json":
                assert process.stdout.readline().startswith(b'    "')  # a field of the job, and no list around it
            process.terminate()
