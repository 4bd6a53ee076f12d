"""The life of KubeRay's operator by our commands alone: 1.5.1, 1.6.2 and back, with a cluster and a job running through it."""

import json
import os
import subprocess

import cluster
import pytest
from cluster_life import SMALL, ray
from kuberay import SCRIPT, wait_until

# Ends when it is asked to.
PROGRAM = "import os, time\nwhile not os.path.exists('/tmp/enough'): time.sleep(0.5)\nprint('ended well')"


@pytest.fixture(scope="module")
def images():
    """The images of both releases, for the nodes."""
    for version in ("v1.5.1", "v1.6.2"):
        done = subprocess.run([SCRIPT, "image"], env={**os.environ, "KUBECTL_RAY_KUBERAY_VERSION": version}, capture_output=True,
                              text=True, timeout=900, check=False)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def home(images):
    """The operator's namespace. Nothing of the operator is left, whatever happens."""
    with cluster.namespace("operator") as name:
        yield name
        ray(name, "operator", "uninstall", "--yes", "--adopt", "--delete-objects", timeout=400)
        count = len(cluster.run("kubectl", "get", "rayclusters,rayjobs,rayservices", "-A", "-o", "name").stdout.split())
        ray(name, "operator", "uninstall", "--yes", "--adopt", "--delete-crds", str(count), timeout=400)


def ok(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def operator(ns, *words):
    return ray(ns, "operator", *words, timeout=400)


def deployment(ns):
    return cluster.kubectl_json("get", "deployment", "kuberay-operator", "-n", ns)["spec"]["template"]["spec"]["containers"][0]


def report(ns):
    done = operator(ns, "status", "-o", "json")
    return done.returncode, json.loads(done.stdout)


def pods(ns):
    """Who they are, and how often their containers were started again."""
    return sorted((pod["metadata"]["uid"], sum(each["restartCount"] for each in pod["status"]["containerStatuses"]))
                  for pod in cluster.kubectl_json("get", "pods", "-n", ns)["items"])


def wait_until_it_looks_after(home, name):
    """The operator's own word that it has looked at the cluster."""
    wait_until(lambda: cluster.run("kubectl", "logs", "-n", home, "deployment/kuberay-operator").stdout,
               lambda log: any("RayCluster" in line and name in line for line in log.splitlines()))


def test_up_and_back_with_a_cluster_and_a_job_running(home):
    ok(operator(home, "install", "--version", "1.5.1", "--image", "localhost/kuberay-operator:1.5.1", "--yes"))
    # A tenth of a core would make each of its starts here a matter of half a minute; what people set is kept.
    cluster.kubectl("set", "resources", "deployment/kuberay-operator", "-n", home, "--requests=cpu=50m,memory=64Mi", "--limits=cpu=1")
    cluster.kubectl("set", "env", "deployment/kuberay-operator", "-n", home, "CLUSTER_DOMAIN=cluster.local")
    waited = operator(home, "install", "--version", "1.5.1", "--wait", "--yes")
    assert ok(waited) == "" and "There is nothing to change." in waited.stderr
    kept = deployment(home)
    code, now = report(home)
    assert code == 0 and [each["version"] for each in now["operators"]] == ["1.5.1"], now

    with cluster.namespace("passenger") as ns:
        ok(ray(ns, "create", "cluster", "demo", *SMALL, "--worker-replicas", "0", "--wait"))
        ok(ray(ns, "job", "submit", "--cluster", "demo", "--no-wait", "--submission-id", "passenger", "--", "python", "-c", PROGRAM))
        before = pods(ns)

        up = operator(home, "upgrade", "--wait", "--yes")
        ok(up)
        assert "~ RayJobDeletionPolicy: off -> on" in up.stderr
        assert deployment(home)["image"] == "localhost/kuberay-operator:1.6.2"
        assert {name: deployment(home)[name] for name in ("env", "resources")} == {name: kept[name] for name in ("env", "resources")}
        wait_until_it_looks_after(home, "demo")
        code, now = report(home)
        assert code == 0 and {each["release"] for each in now["definitions"]} == {"1.6"}, now
        assert pods(ns) == before

        ok(operator(home, "upgrade", "--version", "1.5.1", "--wait", "--yes"))
        wait_until_it_looks_after(home, "demo")
        code, now = report(home)
        assert code == 0 and [each["version"] for each in now["operators"]] == ["1.5.1"], now
        assert pods(ns) == before

        ok(ray(ns, "exec", "demo", "--", "touch", "/tmp/enough"))
        ok(ray(ns, "job", "watch", "passenger", "--cluster", "demo"))
        assert "ended well" in ok(ray(ns, "job", "logs", "passenger", "--cluster", "demo"))

        refused = operator(home, "uninstall", "--yes")
        assert refused.returncode == 1 and "it looks after 1 raycluster" in refused.stderr
        gone = ok(operator(home, "uninstall", "--yes", "--delete-crds", "1")).splitlines()
        assert gone[0] == "1 raycluster deleted" and "deployment.apps/kuberay-operator deleted" in gone
        # The API server takes a definition away once its objects are gone.
        wait_until(lambda: cluster.run("kubectl", "get", "crd", "rayclusters.ray.io").returncode, lambda code: code == 1)


def test_a_wait_ends_with_the_operators_own_words(home):
    refused = operator(home, "install", "--feature-gates", "NoSuchGate=true", "--yes")
    assert refused.returncode == 1 and "exits on feature gates that it does not know: NoSuchGate" in refused.stderr
    ok(operator(home, "install", "--image", "localhost/kuberay-operator:1.6.2", "--yes"))
    patch = [{"op": "add", "path": "/spec/template/spec/containers/0/args", "value": ["--batch-scheduler=nobody"]}]
    cluster.kubectl("patch", "deployment", "kuberay-operator", "-n", home, "--type=json", "-p", json.dumps(patch))
    failed = operator(home, "install", "--wait", "--timeout", "3m", "--yes")
    assert failed.returncode == 1 and "ends as often as it is started" in failed.stderr, failed.stderr
    assert "batch scheduler configs validation failed" in failed.stderr, failed.stderr
    code, now = report(home)
    assert code == 1 and any("batch scheduler" in each for each in now["operators"][0]["errors"]), now
