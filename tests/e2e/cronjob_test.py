"""A RayCronJob under KubeRay's own operator, with its feature gate on: made, run by hand, suspended and deleted by our commands."""

import contextlib
import json

import cluster
import kuberay
import pytest
from cluster_life import SMALL, ray

OPERATOR = ("deployment/kuberay-operator", "-n", "kuberay-operator")
# Every fourth year: what runs here is run by hand.
SCHEDULE = "11 4 29 2 *"
# What a shell would expand, and what list2cmdline would quote, has to arrive as it is.
PROGRAM = "print('it is \"$HOME\"', 1 + 1)"


def set_container(container):
    patch = [{"op": "replace", "path": "/spec/template/spec/containers/0", "value": container}]
    cluster.kubectl("patch", *OPERATOR, "--type=json", "-p", json.dumps(patch))
    cluster.kubectl("rollout", "status", *OPERATOR, "--timeout=240s", timeout=250)


@contextlib.contextmanager
def gate():
    """On while it lasts; the operator is then as it was before."""
    before = cluster.kubectl_json("get", *OPERATOR)["spec"]["template"]["spec"]["containers"][0]
    flag = "--feature-gates="
    gates = [each.removeprefix(flag) for each in before.get("args", []) if each.startswith(flag)]
    others = [each for each in before.get("args", []) if not each.startswith(flag)]
    # With a tenth of a core, as it has it, its start takes half a minute here.
    resources = {**before.get("resources", {}), "limits": {"cpu": "1", "memory": "512Mi"}}
    try:
        set_container({**before, "args": [*others, flag + ",".join([*gates, "RayCronJob=true"])], "resources": resources})
        yield
    finally:
        set_container(before)


@pytest.fixture
def ns():
    with kuberay.operator(), cluster.namespace("cron") as name, gate():
        yield name


def ok(done):
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def cron_job(ns, field):
    return cluster.kubectl_json("get", "raycronjob", "rare", "-n", ns)["spec"].get(field)


def test_life_of_a_cron_job(ns):
    made = ok(ray(ns, "create", "cronjob", "rare", "--schedule", SCHEDULE, *SMALL, "--worker-replicas", "0",
                  "--ttl-seconds-after-finished", "30", "--", "python", "-c", PROGRAM))
    assert made.stdout == "raycronjob.ray.io/rare created\n"
    assert "It runs next at 20" in made.stderr and "-02-29 04:11 UTC, in " in made.stderr
    assert "feature gate" not in made.stderr
    assert "waits for its next run" in ok(ray(ns, "status", "raycronjob/rare")).stdout

    assert ok(ray(ns, "create", "job", "by-hand", "--from", "cronjob/rare")).stdout == "rayjob.ray.io/by-hand created\n"
    followed = ok(ray(ns, "job", "logs", "-f", "rayjob/by-hand", timeout=240))
    assert 'it is "$HOME" 2' in followed.stdout.splitlines()
    kuberay.wait_until(lambda: cluster.kubectl_json("get", "rayjob", "by-hand", "-n", ns)["status"]["jobDeploymentStatus"],
                       lambda state: state == "Complete")
    run = json.loads(ok(ray(ns, "status", "raycronjob/rare", "-o", "json")).stdout)["runs"]
    assert [(each["rayJob"], each["status"], each["scheduled"]) for each in run] == [("by-hand", "SUCCEEDED", None)]

    ok(ray(ns, "suspend", "raycronjob/rare"))
    assert cron_job(ns, "suspend") is True
    assert ok(ray(ns, "resume", "raycronjob/rare")).stdout == f"Resumed RayCronJob rare in namespace {ns}\n"
    assert not cron_job(ns, "suspend")

    ok(ray(ns, "delete", "raycronjob/rare", "--yes"))
    kuberay.wait_until(lambda: cluster.kubectl("get", "rayjobs,rayclusters", "-n", ns, "-o", "name"), lambda names: names == "", 120)
