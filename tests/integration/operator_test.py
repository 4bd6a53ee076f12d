"""`operator install|upgrade|status|uninstall`: what is carried, against KubeRay's Go module; what is sent, against a real API
server, which has no controllers: its Deployments stay without pods. tests/e2e/operator_test.py has the operator itself."""

import copy
import json
import re
import subprocess

import pytest
import yaml
from api_server import api_server, wait_for
from cluster import ROOT

RELEASES = ["1.5.1", "1.6.2"]
DEFINITIONS = ["rayclusters", "raycronjobs", "rayjobs", "rayservices"]
NAMESPACE = "/api/v1/namespaces/"
DEPLOYMENT = "/apis/apps/v1/namespaces/{}/deployments/kuberay-operator"
DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
RIGHTS = "/apis/rbac.authorization.k8s.io/v1/"


def module(version):
    """The folder of KubeRay's operator's source."""
    script = f'. {ROOT}/tests/cluster/lib.sh; here={ROOT}/tests/cluster; go_module github.com/ray-project/kuberay/ray-operator v{version}'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ROOT / done.stdout.strip()


def documents(file):
    return [document for document in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader) if document]


def ok(done):
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def server():
    with api_server() as running:
        yield running


def printed(server, version, *flags):
    """What an install would send, by kind and name."""
    text = ok(server.ray("operator", "install", "--version", version, "--dry-run", "-n", "default", *flags))
    objects = list(yaml.load_all(text, Loader=yaml.CSafeLoader))
    return {(each["kind"], each["metadata"]["name"]): each for each in objects}


def triples(role):
    return {(group, resource, verb) for rule in role["rules"] for group in rule["apiGroups"] for resource in rule["resources"]
            for verb in rule["verbs"]}


# What is carried ---------------------------------------------------------------------------------------------------------


def test_the_definitions_in_the_tree_are_those_of_the_module():
    folders = [f"{version}={module(version)}/config/crd/bases" for version in RELEASES]
    made = subprocess.run([ROOT / "kubectl-ray/operator/share-definitions", *folders], capture_output=True, text=True, check=True)
    assert made.stdout == (ROOT / "kubectl-ray/operator/definitions.jsonl").read_text()


@pytest.mark.parametrize("version", RELEASES)
def test_definitions_are_sent_as_the_module_has_them(server, version):
    sent = printed(server, version)
    files = sorted((module(version) / "config/crd/bases").glob("*.yaml"))
    assert len(files) == len([kind for kind, _ in sent if kind == "CustomResourceDefinition"])
    for file in files:
        [definition] = documents(file)
        definition["metadata"].pop("creationTimestamp", None)
        assert sent["CustomResourceDefinition", definition["metadata"]["name"]] == definition


@pytest.mark.parametrize("version", RELEASES)
def test_rights_are_those_of_the_module(server, version):
    sent = printed(server, version)
    for file in ("role.yaml", "leader_election_role.yaml"):
        [role] = documents(module(version) / "config/rbac" / file)
        assert triples(sent[role["kind"], role["metadata"]["name"]]) == triples(role)
    for file in ("role_binding.yaml", "leader_election_role_binding.yaml"):
        [binding] = documents(module(version) / "config/rbac" / file)
        ours = sent[binding["kind"], binding["metadata"]["name"]]
        assert ours["roleRef"] == binding["roleRef"]
        assert ours["subjects"] == [{**subject, "namespace": "default"} for subject in binding["subjects"]]


@pytest.mark.parametrize("version", RELEASES)
def test_the_deployment_and_its_service_are_those_of_the_module(server, version):
    sent = printed(server, version)
    [theirs] = documents(module(version) / "config/manager/manager.yaml")
    ours = copy.deepcopy(sent["Deployment", "kuberay-operator"])
    container = theirs["spec"]["template"]["spec"]["containers"][0]
    # The gate is on by default since 1.3, as the file itself says; kustomize sets the image and the namespace.
    assert container.pop("args") == ["--feature-gates=RayClusterStatusConditions=true"]
    container["image"] = f"quay.io/kuberay/operator:v{version}"
    if version == "1.5.1":  # stricter since 1.6, and nothing of 1.5 writes to its root
        container["securityContext"] |= {"capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    assert ours["spec"] == theirs["spec"]
    [service] = documents(module(version) / "config/manager/service.yaml")
    ours = sent["Service", "kuberay-operator"]
    assert ours["spec"] == service["spec"]
    assert ours["metadata"]["annotations"] == service["metadata"]["annotations"]


@pytest.mark.parametrize("version", RELEASES)
def test_gates_are_those_of_the_module(version):
    source = (module(version) / "pkg/features/features.go").read_text()
    theirs = dict(re.findall(r"^\s+(\w+):\s+\{Default: (\w+),", source, re.M))
    table = (ROOT / "kubectl-ray/operator/release.cc").read_text().split(f'{{"{version}",')[1].split("RulesOfMinor")[0]
    assert dict(re.findall(r'\{"(\w+)", (true|false)\}', table)) == theirs


def test_images_are_those_of_what_is_sent(server):
    for version in RELEASES:
        images = ok(server.ray("operator", "images", "--version", version)).split()
        deployment = printed(server, version)["Deployment", "kuberay-operator"]
        assert images[0] == deployment["spec"]["template"]["spec"]["containers"][0]["image"]
        assert images[1].startswith("rayproject/ray:")


# What is sent -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def empty(server):
    """No KubeRay, and none of it left afterwards."""
    yield server
    for definition in DEFINITIONS:
        delete(server, DEFINITION + definition + ".ray.io")
    for ns in [each["metadata"]["name"] for each in server.request("GET", "/api/v1/namespaces")["items"]]:
        delete(server, DEPLOYMENT.format(ns))
        for kind in ("roles", "rolebindings"):
            delete(server, f"{RIGHTS}namespaces/{ns}/{kind}/kuberay-operator")
        delete(server, f"{NAMESPACE}{ns}/services/kuberay-operator")
    for kind in ("clusterroles", "clusterrolebindings"):
        delete(server, f"{RIGHTS}{kind}/kuberay-operator")


def delete(server, path):
    try:
        server.request("DELETE", path)
    except OSError:
        return
    wait_for(lambda: get(server, path) is None)


def get(server, path):
    try:
        return server.request("GET", path)
    except OSError:
        return None


def apply(server, path, manifest, manager):
    return server.request("PATCH", f"{path}?fieldManager={manager}&force=true", json.dumps(manifest).encode(), "application/apply-patch+yaml")


def install(server, *flags):
    return server.ray("operator", "install", "--yes", *flags)


def make_namespace(server, name):
    apply(server, NAMESPACE + name, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, "test")


def make_cluster(server, name):
    ok(server.ray("create", "cluster", name, "--no-agent"))


def test_an_install_is_whole_and_a_second_one_changes_nothing(empty):
    plan = empty.ray("operator", "install", "--dry-run=server")
    assert plan.returncode == 0 and plan.stdout == "", plan.stderr
    assert "+ customresourcedefinition.apiextensions.k8s.io/rayclusters.ray.io" in plan.stderr.splitlines()
    assert get(empty, DEFINITION + "rayclusters.ray.io") is None
    made = ok(install(empty)).splitlines()
    assert made[0] == "customresourcedefinition.apiextensions.k8s.io/rayclusters.ray.io created"
    assert made[-1] == "deployment.apps/kuberay-operator created"
    assert get(empty, NAMESPACE + "kuberay-operator") is not None
    again = install(empty)
    assert (again.returncode, again.stdout) == (0, ""), again.stderr
    assert "There is nothing to change." in again.stderr
    status = empty.ray("operator", "status", "-o", "json")
    report = json.loads(status.stdout)
    assert status.returncode == 1  # no controller makes its pod
    assert report["operators"][0]["version"] == "v1.6.2" and report["operators"][0]["owner"] == "kubectl ray"
    assert {each["release"] for each in report["definitions"]} == {"1.6"}
    assert report["problems"] == ['deployment/kuberay-operator in namespace "kuberay-operator" is not ready.']
    # What it is for: users with the role `edit` may make clusters. A controller that is not here adds the rules up.
    editor = get(empty, RIGHTS + "clusterroles/ray-editor")
    assert editor["metadata"]["labels"]["rbac.authorization.k8s.io/aggregate-to-edit"] == "true"


def test_there_and_back_again(empty):
    ok(install(empty, "--version", "1.5.1", "--feature-gates", "RayMultiHostIndexing=true"))
    refused = install(empty)
    assert refused.returncode == 1 and "`kubectl ray operator upgrade --version 1.6.2` replaces it." in refused.stderr
    up = empty.ray("operator", "upgrade", "--yes")
    ok(up)
    for line in ("    + spec.upgradeStrategy", "    + discovery.k8s.io/endpointslices: get, list, watch",
                 "    - endpoints: get, list, watch", "    ~ RayJobDeletionPolicy: off -> on", "    + RayCronJob (off)"):
        assert line in up.stderr.splitlines(), up.stderr
    container = get(empty, DEPLOYMENT.format("kuberay-operator"))["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "quay.io/kuberay/operator:v1.6.2"
    assert container["args"] == ["--feature-gates=RayMultiHostIndexing=true"]
    make_cluster(empty, "demo")
    empty.request("PATCH", "/apis/ray.io/v1/namespaces/default/rayclusters/demo", {"spec": {"upgradeStrategy": {"type": "Recreate"}}},
                  "application/merge-patch+json")
    ok(empty.ray("operator", "upgrade", "--yes", "--feature-gates", "RayCronJob=true"))
    back = empty.ray("operator", "upgrade", "--version", "1.5.1", "--yes")
    assert back.returncode == 1 and "exits on feature gates that it does not know: RayCronJob" in back.stderr
    back = empty.ray("operator", "upgrade", "--version", "1.5.1", "--yes", "--feature-gates", "RayMultiHostIndexing=true")
    ok(back)
    assert "does not know RayCluster's spec.upgradeStrategy, which is lost at the next write of default/demo" in back.stderr
    assert "properties" in get(empty, DEFINITION + "rayclusters.ray.io")["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    assert {each["release"] for each in json.loads(empty.ray("operator", "status", "-o", "json").stdout)["definitions"]} == {"1.5.1", "1.6"}
    ok(empty.ray("operator", "uninstall", "--yes", "--delete-crds", "1"))


def live_deployment(labels, annotations=None):
    [theirs] = documents(module("1.5.1") / "config/manager/manager.yaml")
    theirs["metadata"] = {"name": "kuberay-operator", "labels": labels, "annotations": annotations or {}}
    theirs["spec"]["selector"] = {"matchLabels": labels}
    theirs["spec"]["template"]["metadata"] = {"labels": labels}
    container = theirs["spec"]["template"]["spec"]["containers"][0]
    container |= {"image": "mirror.example/kuberay/operator:v1.5.1", "env": [{"name": "CLUSTER_DOMAIN", "value": "corp.local"}],
                  "resources": {"limits": {"memory": "4Gi"}}}
    return theirs


@pytest.mark.parametrize("manager", ["kubectl", "helm"])
def test_what_others_installed_is_taken_over_only_if_asked(empty, manager):
    labels = {"app.kubernetes.io/name": "kuberay-operator", "app.kubernetes.io/instance": "ours"}
    marks = {"meta.helm.sh/release-name": "ours", "meta.helm.sh/release-namespace": "default"} if manager == "helm" else {}
    path = DEPLOYMENT.format("default")
    before = apply(empty, path, live_deployment(labels, marks), manager)
    refused = empty.ray("operator", "upgrade", "--yes")
    owner = "Helm's release \"ours\"" if manager == "helm" else "kubectl"
    assert refused.returncode == 1 and f"- deployment.apps/kuberay-operator: {owner}" in refused.stderr, refused.stderr
    assert ("helm upgrade ours kuberay/kuberay-operator -n default" in refused.stderr) == (manager == "helm")
    assert get(empty, path)["metadata"]["generation"] == before["metadata"]["generation"]
    adopted = empty.ray("operator", "upgrade", "--yes", "--adopt")
    ok(adopted)
    assert ("-l owner=helm,name=ours" in adopted.stderr) == (manager == "helm")
    after = get(empty, path)
    assert after["spec"]["selector"]["matchLabels"] == labels
    container = after["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "mirror.example/kuberay/operator:v1.6.2"
    for kept in ("args", "env", "resources"):
        assert container[kept] == before["spec"]["template"]["spec"]["containers"][0][kept]
    # From now on it is ours.
    assert "There is nothing to change." in empty.ray("operator", "upgrade", "--yes").stderr


def test_an_install_does_not_make_definitions_older(empty):
    ok(install(empty))
    ok(empty.ray("operator", "uninstall", "--yes"))
    done = install(empty, "--version", "1.5.1")
    ok(done)
    assert "rayclusters.ray.io stays as it is: it is of a newer KubeRay" in done.stderr
    assert {each["release"] for each in json.loads(empty.ray("operator", "status", "-o", "json").stdout)["definitions"]} == {"1.6"}


def test_what_is_refused_is_listed_before_anything_is_changed(empty):
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "gives-roles"},
            "rules": [{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["*"], "verbs": ["get", "list", "create", "patch"]},
                      {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]}]}
    binding = {"apiVersion": role["apiVersion"], "kind": "ClusterRoleBinding", "metadata": {"name": "gives-roles"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "gives-roles"},
               "subjects": [{"kind": "User", "name": "alice", "apiGroup": "rbac.authorization.k8s.io"}]}
    apply(empty, RIGHTS + "clusterroles/gives-roles", role, "test")
    apply(empty, RIGHTS + "clusterrolebindings/gives-roles", binding, "test")
    refused = install(empty, "--as", "alice", "-n", "default")
    assert refused.returncode == 1 and "nothing was changed" in refused.stderr, refused.stderr
    assert "clusterrole.rbac.authorization.k8s.io/kuberay-operator: " in refused.stderr
    assert "attempting to grant RBAC permissions not currently held" in refused.stderr
    assert "--part admin" in refused.stderr
    assert get(empty, RIGHTS + "clusterroles/ray-viewer") is None or "ray-viewer: " in refused.stderr


def test_an_administrator_and_a_user_install_in_one_namespace(empty):
    make_namespace(empty, "team")
    rules = [{"apiGroups": [""], "resources": ["services", "serviceaccounts"], "verbs": ["get", "list", "create", "patch"]},
             {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "create", "patch"]}]
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "bob"}, "rules": rules}
    binding = {"apiVersion": role["apiVersion"], "kind": "RoleBinding", "metadata": {"name": "bob"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "bob"},
               "subjects": [{"kind": "User", "name": "bob", "apiGroup": "rbac.authorization.k8s.io"}]}
    apply(empty, RIGHTS + "namespaces/team/roles/bob", role, "test")
    apply(empty, RIGHTS + "namespaces/team/rolebindings/bob", binding, "test")
    bobs = ["operator", "install", "--namespaced", "--yes", "-n", "team", "--as", "bob"]
    alone = empty.ray(*bobs)
    assert alone.returncode == 1 and "--namespaced --part admin" in alone.stderr, alone.stderr
    for_admin = ok(empty.ray("operator", "install", "--namespaced", "--part", "admin", "--dry-run", "-n", "team"))
    kinds = {each["kind"] for each in yaml.load_all(for_admin, Loader=yaml.CSafeLoader)}
    assert kinds == {"CustomResourceDefinition", "ClusterRole", "Role", "RoleBinding"}
    ok(install(empty, "--namespaced", "--part", "admin", "-n", "team"))
    assert get(empty, RIGHTS + "clusterroles/kuberay-operator") is None
    assert ok(empty.ray(*bobs, "--part", "user")).splitlines()[-1] == "deployment.apps/kuberay-operator created"
    args = get(empty, DEPLOYMENT.format("team"))["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args == ["--watch-namespace=team"]
    make_namespace(empty, "wide")
    wide = install(empty, "-n", "wide")
    assert wide.returncode == 1 and "looks after the same objects" in wide.stderr, wide.stderr


def test_uninstall_asks_for_each_thing_that_goes(empty):
    ok(install(empty))
    make_cluster(empty, "demo")
    refused = empty.ray("operator", "uninstall", "--yes")
    assert refused.returncode == 1 and "it looks after 1 raycluster" in refused.stderr, refused.stderr
    wrong = empty.ray("operator", "uninstall", "--yes", "--delete-crds", "0")
    assert wrong.returncode == 1 and "1 raycluster of all namespaces would go with them, not 0" in wrong.stderr
    assert get(empty, DEPLOYMENT.format("kuberay-operator")) is not None
    kept = ok(empty.ray("operator", "uninstall", "--yes", "--keep-objects")).splitlines()
    assert kept[0] == "deployment.apps/kuberay-operator deleted"
    assert get(empty, DEPLOYMENT.format("kuberay-operator")) is None
    assert get(empty, RIGHTS + "clusterroles/kuberay-operator") is None
    assert ok(empty.ray("get", "cluster", "-o", "name")) == "raycluster.ray.io/demo\n"
    ok(install(empty))
    gone = ok(empty.ray("operator", "uninstall", "--yes", "--delete-crds", "1")).splitlines()
    assert gone[0] == "1 raycluster deleted"
    assert gone[-1].startswith("customresourcedefinition.apiextensions.k8s.io/ray")
    assert empty.ray("operator", "uninstall", "--yes").returncode == 1


def test_uninstall_says_whose_finalizer_it_waits_for(empty):
    ok(install(empty))
    make_cluster(empty, "held")
    path = "/apis/ray.io/v1/namespaces/default/rayclusters/held"
    empty.request("PATCH", path, {"metadata": {"finalizers": ["ray.io/gcs-ft-redis-cleanup-finalizer"]}}, "application/merge-patch+json")
    late = empty.ray("operator", "uninstall", "--yes", "--delete-objects", "--timeout", "2s")
    assert late.returncode == 1 and "ray.io/gcs-ft-redis-cleanup-finalizer" in late.stderr, late.stderr
    assert get(empty, DEPLOYMENT.format("kuberay-operator")) is not None
    empty.request("PATCH", path, {"metadata": {"finalizers": None}}, "application/merge-patch+json")
    ok(empty.ray("operator", "uninstall", "--yes"))
