"""What happens to a cluster of either kind after its creation, for the tests of both."""

import json

from cluster import kubectl, kubectl_json, run
from kuberay import wait_until

SMALL = ["--head-cpu", "200m", "--head-memory", "1500Mi", "--worker-cpu", "100m", "--worker-memory", "1Gi"]


def ray(ns, *arguments, timeout=240):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    return run("kubectl", "ray", *arguments[:split], "-n", ns, *arguments[split:], timeout=timeout)


def workers_of(ns):
    return kubectl_json("get", "pods", "-n", ns, "-l", "ray.io/node-type=worker")["items"]


def live(ns):
    """Created, shown, scaled, suspended, resumed and deleted, alone in its namespace."""
    done = ray(ns, "create", "cluster", "life", *SMALL, "--wait")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["Created Ray cluster: life", "Ray cluster life is provisioned"]

    done = ray(ns, "status", "life", "-o", "json")
    assert done.returncode == 0, done.stdout
    status = json.loads(done.stdout)
    assert status["well"] and status["ray"]["nodesAlive"] == 2, status

    assert ray(ns, "scale", "cluster", "life", "-w", "default-group", "-r", "2").returncode == 0
    workers = wait_until(lambda: workers_of(ns), lambda pods: len(pods) == 2)
    kubectl("wait", "--for=condition=Ready", "pod", "-n", ns, "-l", "ray.io/cluster=life", "--timeout=240s", timeout=250)
    victim = workers[0]["metadata"]["name"]
    done = ray(ns, "scale", "cluster", "life", "--remove-pod", victim)
    assert done.returncode == 0, done.stderr
    kubectl("wait", "--for=delete", "pod", victim, "-n", ns, "--timeout=240s", timeout=250)
    left = workers_of(ns)
    assert len(left) == 1 and left[0]["metadata"]["name"] != victim

    assert ray(ns, "suspend", "life", "--wait").returncode == 0
    assert kubectl_json("get", "pods", "-n", ns)["items"] == []
    done = ray(ns, "status", "life")
    assert done.returncode == 1 and "suspended" in done.stdout.splitlines()[0]
    done = ray(ns, "resume", "life", "--wait")
    assert done.returncode == 0, done.stderr

    done = ray(ns, "delete", "life", "--yes", "--wait")
    assert done.returncode == 0, done.stderr
    assert kubectl_json("get", "deployments,services,pods", "-n", ns)["items"] == []
