"""doctor on a real API server: a site with planted faults, each found; a user without rights; a file before anything exists."""

import json
import os
import subprocess
import zipfile

import pytest
import yaml

from api_server import kuberay_api_server, wait_for

NS = "/api/v1/namespaces/site"
CREATE = ["create", "cluster", "demo", "-n", "site", "--no-agent", "--pod-security", "privileged", "--head-cpu", "1", "--head-memory", "2Gi", "--worker-cpu", "1",
          "--worker-memory", "2Gi"]
PLANTED = ["--worker-replicas", "3", "--worker-node-selectors", "gpu=a100", "--set", 'spec.headGroupSpec.rayStartParams.node-manager-port="10100"',
           "--image", "rayproject/ray:2.60.0-py311", "--set", "spec.workerGroupSpecs[0].template.spec.containers[0].image=rayproject/ray:2.59.0-py312"]


def resource(kind, name, spec, api="v1"):
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, "spec": spec}


@pytest.fixture(scope="module")
def site():
    with kuberay_api_server() as server:
        server.request("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": "site", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})
        server.request("POST", "/api/v1/nodes", resource("Node", "node-1", {}))
        server.request("PATCH", "/api/v1/nodes/node-1/status", {"status": {
            "allocatable": {"cpu": "8", "memory": "32Gi"}, "conditions": [{"type": "Ready", "status": "True"}]}}, "application/merge-patch+json")
        yield server


@pytest.fixture
def cluster(site):
    done = site.ray(*CREATE, *PLANTED)
    assert done.returncode == 0, done.stderr
    yield site
    assert site.ray("delete", "demo", "-n", "site", "-y").returncode == 0


def plant(server):
    """What no controller of a bare API server does, is written here: a quota's status."""
    quota = server.request("POST", NS + "/resourcequotas", resource("ResourceQuota", "small", {"hard": {"requests.cpu": "3"}}))
    quota["status"] = {"hard": {"requests.cpu": "3"}, "used": {"requests.cpu": "1"}}
    server.request("PUT", NS + "/resourcequotas/small/status", quota)
    server.request("POST", NS + "/limitranges", resource("LimitRange", "narrow", {"limits": [{"type": "Container", "min": {"cpu": "300m"}}]}))
    server.request("POST", "/apis/networking.k8s.io/v1/namespaces/site/networkpolicies", resource(
        "NetworkPolicy", "closed", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, "networking.k8s.io/v1"))


def uproot(server):
    server.request("DELETE", NS + "/resourcequotas/small")
    server.request("DELETE", NS + "/limitranges/narrow")
    server.request("DELETE", "/apis/networking.k8s.io/v1/namespaces/site/networkpolicies/closed")


def findings(done):
    """By code: the worst level and all evidence."""
    found = {}
    for item in json.loads(done.stdout)["items"]:
        found.setdefault(item["code"], []).append((item["level"], item["evidence"]))
    return found


def test_each_planted_fault_is_found(cluster):
    plant(cluster)
    try:
        done = cluster.ray("doctor", "demo", "-n", "site", "-o", "json")
    finally:
        uproot(cluster)
    assert done.returncode == 1, done.stderr
    found = findings(done)
    for code, words in {
        "KR202": "there is no operator",
        "KR301": 'quota "small": requests.cpu is 3, 1 are used, and the pods to come need 4',
        "KR302": 'container "wait-gcs-ready" of group "default-group" has cpu 200m, and at least 300m by LimitRange "narrow"',
        "KR303": "violates PodSecurity",
        "KR304": "has no label gpu=a100",
        "KR403": 'group "default-group" has Ray 2.59.0, the head 2.60.0',
        "KR501": "port 10100 of \"node-manager-port\" lies among the workers' ports 10002 to 19999",
        "KR504": 'NetworkPolicy "closed" keeps pods of "default-group" from port 6379 of "headgroup"',
    }.items():
        assert any(level == "fail" and words in evidence for level, evidence in found[code]), (code, found[code])
    assert found["KR101"][0][0] == found["KR201"][0][0] == "ok"


def test_a_file_is_examined_before_anything_exists(site, tmp_path):
    manifest = tmp_path / "cluster.yaml"
    made = site.ray(*CREATE, *PLANTED, "--dry-run")
    manifest.write_text(made.stdout)
    document = [doc for doc in yaml.safe_load_all(made.stdout) if doc["kind"] == "RayCluster"][0]
    document["spec"]["headGroupSpec"]["replicaz"] = 1
    manifest.write_text(yaml.safe_dump(document))
    done = site.ray("doctor", "-n", "site", "-f", str(manifest), "-o", "json")
    assert done.returncode == 1, done.stderr
    found = findings(done)
    assert "replicaz" in found["KR401"][0][1]
    level, evidence = found["KR304"][0]
    line = manifest.read_text().splitlines()[int(evidence.split(":")[1]) - 1]
    assert level == "fail" and evidence.startswith(f"{manifest}:") and "spec:" in line
    assert site.request("GET", "/apis/ray.io/v1/namespaces/site/rayclusters")["items"] == []
    assert site.request("GET", NS + "/pods")["items"] == []


def test_who_may_not_look_gets_every_line(cluster, tmp_path):
    role = "/apis/rbac.authorization.k8s.io/v1/namespaces/site/"
    rules = [{"apiGroups": ["ray.io"], "resources": ["rayclusters"], "verbs": ["get", "list"]}]
    cluster.request("POST", role + "roles", {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "ray"}, "rules": rules})
    cluster.request("POST", role + "rolebindings", {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "ray"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "ray"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "ann"}]})
    report = tmp_path / "report.zip"
    done = cluster.ray("doctor", "demo", "-n", "site", "--as", "ann", "-o", "json", "--report", str(report))
    assert done.returncode == 1, done.stderr
    found = findings(done)
    hidden = {code for code, lines in found.items() if lines[0][0] == "hidden"}
    assert {"KR202", "KR301", "KR302", "KR303", "KR304", "KR504"} <= hidden
    assert found["KR101"][0][0] in ("warn", "fail") and "you may not" in found["KR101"][0][1]
    assert found["KR501"][0][0] == "fail"
    with zipfile.ZipFile(report) as zipped:
        assert "notRead" in json.loads(zipped.read("nodes.json"))
        assert json.loads(zipped.read("cluster.json"))["metadata"]["name"] == "demo"


def running_head(server):
    """A head's pod that a kubelet would have started."""
    head = resource("Pod", "demo-head", {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "ray-head", "image": "example.com/ray:1", "securityContext": {
            "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}]})
    head["metadata"]["labels"] = {"ray.io/cluster": "demo", "ray.io/node-type": "head", "ray.io/group": "headgroup", "ray.io/is-ray-node": "yes"}
    server.request("POST", NS + "/pods", head)
    server.request("PATCH", NS + "/pods/demo-head/status", {"status": {
        "phase": "Running", "podIP": "10.1.1.1", "podIPs": [{"ip": "10.1.1.1"}], "containerStatuses": [{
            "name": "ray-head", "ready": True, "started": True, "image": "x", "imageID": "", "restartCount": 0,
            "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}}, "application/merge-patch+json")


def strangers(server):
    names = [pod["metadata"]["name"] for pod in server.request("GET", NS + "/pods")["items"]]
    return [name for name in names if name.startswith("kubectl-ray-stranger-")]


@pytest.mark.parametrize("code, level", [(0, "ok"), (3, "fail")])
def test_what_a_policy_forbids_is_tried_by_a_pod_of_its_own(cluster, code, level):
    policies = "/apis/networking.k8s.io/v1/namespaces/site/networkpolicies"
    cluster.request("POST", policies, resource("NetworkPolicy", "closed", {"podSelector": {}, "policyTypes": ["Ingress"]}, "networking.k8s.io/v1"))
    running_head(cluster)
    try:
        with subprocess.Popen([os.environ["KUBECTL_RAY"], "doctor", "demo", "-n", "site", "--probe", "--no-exec", "-o", "json"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "KUBECONFIG": str(cluster.kubeconfig)}) as doctor:
            wait_for(lambda: strangers(cluster) or doctor.poll() is not None)
            assert strangers(cluster), doctor.communicate()
            stranger = strangers(cluster)[0]
            cluster.request("PATCH", f"{NS}/pods/{stranger}/status", {"status": {
                "phase": "Failed" if code else "Succeeded", "containerStatuses": [{
                    "name": "stranger", "ready": False, "image": "x", "imageID": "", "restartCount": 0,
                    "state": {"terminated": {"exitCode": code}}}]}}, "application/merge-patch+json")
            stdout, stderr = doctor.communicate(timeout=120)
        assert {item["level"] for item in json.loads(stdout)["items"] if item["code"] == "KR508"} == {level}, stderr
        assert f'pod "{stranger}" tries what NetworkPolicy "closed" forbids' in stderr
        assert strangers(cluster) == []
    finally:
        cluster.request("DELETE", policies + "/closed")
        cluster.request("DELETE", NS + "/pods/demo-head?gracePeriodSeconds=0")


def test_suppressed_checks_and_bad_words(site):
    done = site.ray("doctor", "-n", "site", "--suppress", "KR202", "--suppress", "KR101", "-o", "name")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "KR202" not in done.stdout and "KR201" in done.stdout
    done = site.ray("doctor", "--suppress", "KR999")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'cannot suppress "KR999"' in done.stderr
    done = site.ray("doctor", "gone", "-n", "site")
    assert (done.returncode, done.stdout) == (1, "") and '"gone"' in done.stderr
