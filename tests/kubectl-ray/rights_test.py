"""Users who may do half of what the program can do: RBAC as a fake API server plays it."""

import json

import pytest
from fake_api import FakeApi, pod, pod_list, run, status, write_kubeconfig

CORE, APPS, RAY = "/api/v1/namespaces/default/", "/apis/apps/v1/namespaces/default/", "/apis/ray.io/v1"
RAY_CLUSTER = {
    "apiVersion": "ray.io/v1", "kind": "RayCluster",
    "metadata": {"name": "big", "namespace": "default", "uid": "u"},
    "spec": {"workerGroupSpecs": [{"groupName": "g", "replicas": 1}]},
    "status": {"state": "ready"},
}


def deployment(name, node_type, group):
    labels = {"ray.io/cluster": "plain", "ray.io/node-type": node_type, "ray.io/group": group,
              "app.kubernetes.io/managed-by": "kubectl-ray"}
    return {"kind": "Deployment", "metadata": {"name": name, "namespace": "default", "uid": "u", "labels": labels},
            "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "ray"}]}}}}


HEAD, WORKER = deployment("plain-head", "head", "headgroup"), deployment("plain-g-worker", "worker", "g")


def refuse(resource):
    return lambda r: r.send(403, status(403, "Forbidden", f'User "u" may not see {resource}'))


def answer(body):
    return lambda r: r.send(200, body)


def deployments(request):
    if request.method == "POST":
        return request.send(201, json.loads(request.body))
    return request.send(200, {"items": [WORKER if "node-type%3Dworker" in request.query else HEAD]})


OPEN = {
    RAY: answer({"resources": [{"name": "rayclusters"}, {"name": "rayjobs"}]}),
    RAY + "/namespaces/default/rayclusters": answer({"items": [RAY_CLUSTER]}),
    RAY + "/namespaces/default/rayclusters/big": answer(RAY_CLUSTER),
    RAY + "/namespaces/default/rayclusters/new": lambda r: (
        r.send(404, status(404, "NotFound", name="new")) if r.method == "GET" else r.send(201, json.loads(r.body))),
    RAY + "/namespaces/default/rayjobs": answer({"items": []}),
    APPS + "deployments": deployments,
    APPS + "deployments/plain-head": answer(HEAD),
    APPS + "deployments/plain-g-worker": answer(WORKER),
    CORE + "pods": answer(pod_list()),
    CORE + "services": lambda r: r.send(201, json.loads(r.body)) if r.method == "POST" else r.send(200, pod_list()),
}
NO_RAY = {path: refuse("ray.io") for path in OPEN if path.startswith(RAY + "/")}
NO_DEPLOYMENTS = {path: refuse("deployments") for path in OPEN if path.startswith(APPS)}
NO_RAY |= {RAY + "/namespaces/default/rayclusters/plain": refuse("ray.io")}
NO_DEPLOYMENTS |= {APPS + f"deployments/{name}-head": refuse("deployments") for name in ("new", "big", "plain")}


def ask(tmp_path, closed, *words):
    with FakeApi({**OPEN, **closed}) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port), *words)
    result.requests = api.requests
    return result


@pytest.mark.parametrize("closed, words, code, out", [
    (NO_DEPLOYMENTS, "get cluster -o name", 0, b"raycluster.ray.io/big"),
    (NO_DEPLOYMENTS, "get cluster big -o name", 0, b"raycluster.ray.io/big"),
    (NO_DEPLOYMENTS, "get workergroup", 0, b"big"),
    (NO_DEPLOYMENTS, "status", 1, b"big in namespace default"),
    (NO_DEPLOYMENTS, "create cluster new --no-agent", 0, b"Created Ray cluster: new"),
    (NO_RAY, "get cluster -o name", 0, b"plain"),
    (NO_RAY, "get cluster plain -o name", 0, b"plain"),
    (NO_RAY, "get workergroup", 0, b"plain"),
    (NO_RAY, "status plain", 1, b"plain in namespace default"),
    (NO_RAY, "scale cluster plain -w g --replicas 2", 0, b"Scaled Replicas: 1 to 2"),
    (NO_RAY, "suspend plain", 0, b"Suspended Ray cluster plain"),
    (NO_RAY, "delete plain --yes", 0, b"Deleted raycluster plain"),
    (NO_RAY, "create cluster new --no-agent --without-operator --worker-replicas 0", 0, b"Created Ray cluster: new"),
    ({RAY + "/namespaces/default/rayjobs": refuse("rayjobs")} | NO_DEPLOYMENTS, "job list", 0, b""),
], ids=str)
def test_one_kind_of_cluster_that_is_refused_counts_as_none(tmp_path, closed, words, code, out):
    result = ask(tmp_path, closed, *words.split())
    assert result.returncode == code, result.stderr
    assert out in result.stdout, result.stdout
    assert b"error" not in result.stderr


@pytest.mark.parametrize("closed, left_out", [
    (NO_DEPLOYMENTS, b"clusters made without the operator are left out: "),
    (NO_RAY, b"clusters of the KubeRay operator are left out: "),
], ids=["deployments", "ray.io"])
def test_what_was_left_out_is_said_once(tmp_path, closed, left_out):
    result = ask(tmp_path, closed, "get", "cluster")
    assert result.stderr.count(b"note: ") == 1 and b"note: " + left_out in result.stderr
    assert b"may not see" in result.stderr


def test_a_cluster_not_found_among_those_one_may_see_is_not_called_absent(tmp_path):
    for closed in (NO_RAY | {APPS + "deployments/x-head": lambda r: r.send(404, status(404, name="x-head"))},
                   NO_DEPLOYMENTS | {APPS + "deployments/x-head": refuse("deployments")}):
        closed = closed | ({RAY + "/namespaces/default/rayclusters/x": refuse("ray.io")} if RAY + "/namespaces/default/rayjobs" in closed else {})
        result = ask(tmp_path, closed, "get", "cluster", "x")
        assert result.returncode == 1
        assert b'cannot find Ray cluster "x" in namespace "default", as far as it may be looked for' in result.stderr


@pytest.mark.parametrize("words", ["get cluster", "get cluster plain", "get workergroup", "status", "status plain",
                                   "delete plain --yes", "create cluster new --no-agent",
                                   "create cluster new --no-agent --without-operator", "job list"])
def test_both_refused_is_an_error(tmp_path, words):
    result = ask(tmp_path, NO_RAY | NO_DEPLOYMENTS, *words.split())
    assert result.returncode == 1
    assert b"forbidden: User \"u\" may not see" in result.stderr and b"kubectl auth can-i" in result.stderr


def test_the_only_kind_there_is_refused_is_an_error(tmp_path):
    not_served = {RAY: lambda r: r.send(404, "404 page not found")}
    result = ask(tmp_path, NO_DEPLOYMENTS | not_served, "get", "cluster")
    assert result.returncode == 1 and b"forbidden: User \"u\" may not see deployments" in result.stderr


# Server-side apply of a name that is taken would change the cluster there is.
def test_a_raycluster_is_not_applied_where_its_name_cannot_be_looked_for(tmp_path):
    result = ask(tmp_path, NO_RAY, "create", "cluster", "plain2", "--no-agent")
    assert result.returncode == 1
    result = ask(tmp_path, {RAY + "/namespaces/default/rayclusters/new": refuse("ray.io")}, "create", "cluster", "new",
                 "--no-agent")
    assert result.returncode == 1 and b"--without-operator" in result.stderr


def test_config_maps_that_are_refused_name_the_ways_around(tmp_path):
    result = ask(tmp_path, {CORE + "configmaps": refuse("configmaps")}, "create", "cluster", "new")
    assert result.returncode == 1
    assert b"--agent-image" in result.stderr and b"--no-agent" in result.stderr


def test_config_maps_that_may_not_be_looked_for_are_made(tmp_path):
    class Routes(dict):
        def get(self, path, default=None):
            return refuse("configmaps") if path.startswith(CORE + "configmaps/") else super().get(path, default)

    with FakeApi(Routes({**OPEN, CORE + "configmaps": lambda r: r.send(409, status(409, "AlreadyExists"))})) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port), "create", "cluster", "new")
    assert result.returncode == 0, result.stderr


def ready_head():
    head = pod("head")
    head["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
    return head


def test_a_refused_port_forward_names_both_verbs(tmp_path):
    head = {CORE + "pods": answer(pod_list(ready_head())), CORE + "pods/head/portforward": refuse("ports")}
    result = ask(tmp_path, head, "job", "list", "--cluster", "demo")
    assert result.returncode == 1
    assert b'the verbs "get" and "create" on "pods/portforward"' in result.stderr
