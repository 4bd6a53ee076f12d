"""`apply` against a real API server with KubeRay's real definitions: what it says of a file is what the server does with it."""

import json
import os
import subprocess

import pytest

from api_server import kuberay_api_server
from cluster import part

KUBECTL = part("kubernetes") / "kubectl"
CLUSTER = """\
apiVersion: ray.io/v1
kind: RayCluster
metadata:
  name: demo
spec:
  rayVersion: 2.60.0
  headGroupSpec:
    rayStartParams: {}
    template:
      spec:
        containers:
        - name: ray
          image: ray:2.60.0
  workerGroupSpecs:
  - groupName: cpus
    replicas: 1
    minReplicas: 0
    maxReplicas: 4
    template:
      spec:
        containers:
        - name: ray
          image: ray:2.60.0
"""
PATH = "/apis/ray.io/v1/namespaces/default/rayclusters/demo"


@pytest.fixture(scope="module")
def server():
    with kuberay_api_server() as running:
        yield running


@pytest.fixture
def cluster(server, tmp_path):
    """A folder with demo.yaml, applied; it is gone afterwards."""
    path = tmp_path / "demo.yaml"
    path.write_text(CLUSTER)
    done = apply(server, path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "raycluster.ray.io/demo created\n", "")
    yield path
    server.request("DELETE", PATH)


def apply(server, path, *arguments):
    return subprocess.run([os.environ["KUBECTL_RAY"], "apply", "-f", path.name, *arguments], cwd=path.parent,
                          env={**os.environ, "KUBECONFIG": str(server.kubeconfig)}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)


def changes(server, path):
    done = apply(server, path, "--dry-run=server", "-o", "json")
    assert done.returncode == 0, done.stderr
    (item,) = json.loads(done.stdout)["objects"]
    return item["outcome"], {change["field"]: (change["line"], change["effect"]) for change in item["changes"]}


def replace(path, *pairs):
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)


def test_the_same_file_changes_nothing(server, cluster):
    """Although the server has added defaults."""
    assert changes(server, cluster) == ("unchanged", {})
    before = server.request("GET", PATH)["metadata"]["resourceVersion"]
    done = apply(server, cluster)
    assert (done.returncode, done.stdout, done.stderr) == (0, "raycluster.ray.io/demo unchanged\n", "")
    assert server.request("GET", PATH)["metadata"]["resourceVersion"] == before


def test_each_change_has_its_line_and_effect(server, cluster):
    replace(cluster, ("replicas: 1", "replicas: 3"), ("image: ray:2.60.0", "image: ray:2.61.0"))
    assert changes(server, cluster) == ("configured", {
        "spec.headGroupSpec.template.spec.containers[ray].image": (13, "new pods only"),
        "spec.workerGroupSpecs[cpus].replicas": (16, "in place")})
    assert server.request("GET", PATH)["spec"]["workerGroupSpecs"][0]["replicas"] == 1
    done = apply(server, cluster)
    assert (done.returncode, done.stdout) == (0, "raycluster.ray.io/demo configured\n")
    assert "demo.yaml:16: spec.workerGroupSpecs[cpus].replicas: 1 -> 3\n    in place" in done.stderr
    assert server.request("GET", PATH)["spec"]["workerGroupSpecs"][0]["replicas"] == 3


def test_diff_is_what_kubectl_diff_ends_with(server, cluster):
    """0 without a difference, 1 with one, more if it fails; and the lines are those of `kubectl diff`."""
    def both():
        ours = apply(server, cluster, "--diff")
        theirs = subprocess.run([KUBECTL, "diff", "--server-side", "--field-manager=kubectl-ray", "-f", cluster.name],
                                cwd=cluster.parent, env={**os.environ, "KUBECONFIG": str(server.kubeconfig)},
                                capture_output=True, text=True, timeout=60, check=False)
        changed = [[line.replace(" ", "").replace('"', "") for line in done.stdout.splitlines()
                    if line.startswith(("+ ", "- ")) and "generation:" not in line] for done in (ours, theirs)]
        assert ours.returncode == theirs.returncode, ours.stderr + theirs.stderr
        assert changed[0] == changed[1]
        return ours
    assert (both().returncode, both().stdout) == (0, "")
    replace(cluster, ("replicas: 1", "replicas: 3"))
    before = server.request("GET", PATH)["metadata"]["resourceVersion"]
    done = both()
    assert done.returncode == 1 and done.stdout.startswith("--- raycluster.ray.io/demo\n+++ raycluster.ray.io/demo\n@@ ")
    assert server.request("GET", PATH)["metadata"]["resourceVersion"] == before
    replace(cluster, ("rayVersion", "rayVerson"))
    assert apply(server, cluster, "--diff").returncode == 2


def test_a_field_that_left_the_file_goes(server, cluster):
    replace(cluster, ("  rayVersion: 2.60.0\n", ""))
    done = apply(server, cluster)
    assert done.returncode == 0 and "spec.rayVersion: removed, it was \"2.60.0\"" in done.stderr
    assert "rayVersion" not in server.request("GET", PATH)["spec"]


def test_misspelt_fields_are_errors_with_their_lines(server, cluster):
    replace(cluster, ("    replicas: 1", "    replicaz: 1"), ("rayVersion", "rayVerson"))
    for arguments in ([], ["--dry-run=server"]):
        done = apply(server, cluster, *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert "demo.yaml:6: .spec.rayVerson: field not declared in schema" in done.stderr
        # Server-side apply stops at some complaints; the plugin's own look at the definitions names all.
        assert "demo.yaml:16: did you mean replicas?" in done.stderr


def test_values_of_a_wrong_kind_are_errors_with_their_lines(server, cluster):
    replace(cluster, ("replicas: 1", "replicas: one"))
    assert "demo.yaml:16: .spec.workerGroupSpecs[0].replicas: expected numeric" in apply(server, cluster).stderr
    replace(cluster, ("replicas: one", "replicas: 1"), ("spec:\n", "spec:\n  upgradeStrategy: {type: Rebuild}\n"))
    assert "demo.yaml:6: spec.upgradeStrategy.type: Unsupported value: \"Rebuild\"" in apply(server, cluster).stderr


def test_what_the_operator_refuses_never_arrives(server, cluster):
    replace(cluster, ("minReplicas: 0", "minReplicas: 5"))
    done = apply(server, cluster)
    assert done.returncode == 2
    assert "demo.yaml:17: spec.workerGroupSpecs[0].minReplicas is 5, more than maxReplicas, 4" in done.stderr
    assert server.request("GET", PATH)["spec"]["workerGroupSpecs"][0]["minReplicas"] == 0
    assert apply(server, cluster, "--ignore-rules").returncode == 0
    assert server.request("GET", PATH)["spec"]["workerGroupSpecs"][0]["minReplicas"] == 5


def test_a_conflict_names_the_other_manager_and_is_forced(server, cluster):
    server.request("PATCH", PATH + "?fieldManager=autoscaler",
                   [{"op": "replace", "path": "/spec/workerGroupSpecs/0/replicas", "value": 4}], "application/json-patch+json")
    done = apply(server, cluster)
    assert done.returncode == 1
    assert "conflict with \"autoscaler\"" in done.stderr and "demo.yaml:14: .spec.workerGroupSpecs" in done.stderr
    assert "--force-conflicts" in done.stderr
    done = apply(server, cluster, "--force-conflicts")
    assert done.returncode == 0 and "replicas: 4 -> 1" in done.stderr
    assert server.request("GET", PATH)["spec"]["workerGroupSpecs"][0]["replicas"] == 1


def test_pods_are_not_recreated_unasked(server, cluster):
    replace(cluster, ("spec:\n", "spec:\n  upgradeStrategy: {type: Recreate}\n"))
    assert apply(server, cluster).returncode == 0
    replace(cluster, ("rayVersion: 2.60.0", "rayVersion: 2.61.0"))
    assert changes(server, cluster)[1] == {"spec.rayVersion": (7, "recreates all pods")}
    done = apply(server, cluster)
    assert done.returncode == 2 and "--yes" in done.stderr
    assert server.request("GET", PATH)["spec"]["rayVersion"] == "2.60.0"
    assert apply(server, cluster, "-y").returncode == 0
    assert server.request("GET", PATH)["spec"]["rayVersion"] == "2.61.0"


def test_objects_of_other_kinds_in_a_namespace_of_the_same_file(server, tmp_path):
    """The dry run of an object in a namespace that is not there yet has no judgement."""
    path = tmp_path / "all.yaml"
    path.write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n---\n"
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: code, namespace: new}\ndata: {a.py: 'print(1)'}\n---\n"
                    + CLUSTER.replace("name: demo", "name: demo\n  namespace: new", 1))
    done = apply(server, path)
    assert (done.returncode, done.stdout) == (
        0, "namespace/new created\nconfigmap/code created\nraycluster.ray.io/demo created\n"), done.stderr
    replace(path, ("print(1)", "print(2)"))
    done = apply(server, path, "--dry-run=server")
    assert done.stdout == ("namespace/new unchanged (server dry run)\nconfigmap/code configured (server dry run)\n"
                           "  all.yaml:8: data[a.py]: \"print(1)\" -> \"print(2)\"\n    in place\n"
                           "raycluster.ray.io/demo unchanged (server dry run)\n")


def test_one_refused_object_stops_all(server, tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\n---\n"
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: second}\ndata:\n  a: 1\n")
    done = apply(server, path)
    assert done.returncode == 1 and "two.yaml:9: .data.a: expected string" in done.stderr
    names = [item["metadata"]["name"] for item in server.request("GET", "/api/v1/namespaces/default/configmaps")["items"]]
    assert "first" not in names


def test_warnings_of_the_server_are_printed_once(server, tmp_path):
    path = tmp_path / "endpoints.yaml"
    path.write_text("apiVersion: v1\nkind: Endpoints\nmetadata: {name: old}\n")
    done = apply(server, path)
    assert done.returncode == 0
    assert done.stderr.count("Warning: v1 Endpoints is deprecated") == 1


def test_other_commands_write_under_the_same_manager(server, tmp_path):
    """`create cluster`, then `apply` of what it made: no conflict."""
    made = server.ray("create", "cluster", "made", "--no-agent", "-o", "json")
    assert made.returncode == 0, made.stderr
    dry = server.ray("create", "cluster", "made", "--no-agent", "--dry-run")
    path = tmp_path / "made.yaml"
    path.write_text(dry.stdout)
    done = apply(server, path)
    assert (done.returncode, done.stdout) == (0, "raycluster.ray.io/made unchanged\n"), done.stderr
