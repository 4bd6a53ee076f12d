"""KubeRay as its users install it: Helm (built from its Go module) puts its charts in, and the plugin works with what they made,
in their namespace and under their names."""

import contextlib
import json
import subprocess

import cluster
import kuberay
import pytest

SMALL = {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"memory": "2Gi"}}
RAY = {"image": {"repository": "localhost/ray", "tag": cluster.RAY_VERSION, "pullPolicy": "Never"},
       "head": {"resources": SMALL, "rayStartParams": {"num-cpus": "1"}},
       "worker": {"resources": SMALL, "replicas": 1, "groupName": "workergroup", "rayStartParams": {"num-cpus": "1"}}}


def helm(*arguments, values=None):
    environment = cluster.environment()
    done = subprocess.run([cluster.part("helm") / "helm", *arguments, *(["--values", "-"] if values else [])], env=environment,
                          input=json.dumps(values or {}), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def release(name, chart, ns, values):
    helm("install", name, cluster.part("kuberay-chart") / chart, "--namespace", ns, "--wait", "--timeout", "3m", values=values)
    try:
        yield
    finally:
        helm("uninstall", name, "--namespace", ns, "--wait")


@pytest.fixture(scope="module")
def ns():
    kuberay.change("image")
    repository, tag = "localhost/kuberay-operator", cluster.part("kuberay-operator").name.split("-")[2].removeprefix("v")
    values = {"image": {"repository": repository, "tag": tag}, "resources": {"requests": {"cpu": "50m"}}}
    try:
        with cluster.namespace("kuberay-system") as system, release("kuberay-operator", "kuberay-operator", system, values):
            with cluster.namespace("helm") as name, release("team", "ray-cluster", name, RAY):
                yield name
    finally:
        subprocess.run([cluster.ROOT / "tests/cluster/crds", "remove"], check=True, capture_output=True)  # Helm leaves them


def ray(ns, *arguments):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    done = cluster.run("kubectl", "ray", *arguments[:split], "-n", ns, *arguments[split:], timeout=240)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def test_the_plugin_works_with_a_cluster_of_the_chart(ns):
    kuberay.wait_until(lambda: cluster.kubectl_json("get", "raycluster", "team-kuberay", "-n", ns).get("status", {}).get("state"),
                       lambda state: state == "ready", timeout=180)
    assert ray(ns, "get", "cluster").splitlines()[1].split()[0] == "team-kuberay"
    assert json.loads(ray(ns, "status", "team-kuberay", "-o", "json"))["well"]
    program = "import ray; ray.init(); print(len(ray.nodes()), 'nodes')"
    assert "2 nodes" in ray(ns, "job", "submit", "--cluster", "team-kuberay", "--", "python", "-c", program).splitlines()
    ray(ns, "scale", "cluster", "team-kuberay", "-w", "workergroup", "--min-replicas", "0", "-r", "0")
    cluster.kubectl("wait", "--for=delete", "pod", "-n", ns, "-l", "ray.io/cluster=team-kuberay,ray.io/node-type=worker",
                    "--timeout=120s", timeout=130)
    assert "Ray runtime started" in ray(ns, "logs", "team-kuberay", "--node-type", "head")
    assert ray(ns, "exec", "team-kuberay", "--", "echo", "here") == "here\n"
