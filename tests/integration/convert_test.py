"""What `convert` prints of each file of the old years, judged by a real API server with KubeRay's definitions: strictly, in a dry run."""

import json
import pathlib
import ssl
import urllib.error
import urllib.request

import pytest

from api_server import TOKEN, kuberay_api_server

LEGACY = pathlib.Path(__file__).resolve().parents[1] / "testdata/legacy"
SAMPLES = sorted(str(path.relative_to(LEGACY)) for path in LEGACY.glob("*/*.yaml"))
PLURALS = {
    "RayCluster": "rayclusters", "RayJob": "rayjobs", "RayService": "rayservices", "Deployment": "deployments", "Service": "services",
    "ConfigMap": "configmaps", "Job": "jobs",
}


@pytest.fixture(scope="module")
def server():
    with kuberay_api_server() as running:
        running.request("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "ray"}})
        yield running


def convert(server, *arguments):
    done = server.ray("convert", *arguments, "-o", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def judge(server, item):
    """Server-side apply as `kubectl apply --server-side --dry-run=server --validate=strict` does; returns the object and warnings."""
    version = item["apiVersion"]
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    path = f"{group}/namespaces/{item['metadata'].get('namespace', 'default')}/{PLURALS[item['kind']]}"
    query = "?dryRun=All&fieldValidation=Strict&fieldManager=test"
    method, kind = ("PATCH", "application/apply-patch+yaml") if "name" in item["metadata"] else ("POST", "application/json")
    if method == "PATCH":
        path += "/" + item["metadata"]["name"]
    request = urllib.request.Request(server.url + path + query, json.dumps(item).encode(),
                                     {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30, context=ssl._create_unverified_context()) as answer:
            return json.load(answer), answer.headers.get_all("Warning") or []
    except urllib.error.HTTPError as error:
        pytest.fail(f"{item['kind']} {item['metadata']}: {error.read().decode()}")


def pod_templates(item):
    if item["kind"] in ("RayCluster", "RayJob"):
        spec = item["spec"].get("rayClusterSpec") or item["spec"]
        return [group["template"] for group in [spec["headGroupSpec"], *spec.get("workerGroupSpecs", [])]]
    return [item["spec"]["template"]] if item["kind"] in ("Deployment", "Job") else []


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_it_prints_is_valid(server, sample):
    items = convert(server, "-f", str(LEGACY / sample))["items"]
    assert items
    for item in items:
        stored, warnings = judge(server, item)
        assert stored["kind"] == item["kind"]
        assert not warnings
        # KubeRay's definitions do not look into pods: the API server does, for the pods themselves.
        for template in pod_templates(item):
            judge_pod(server, template)


def judge_pod(server, template):
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {**template.get("metadata", {}), "generateName": "x-"}, "spec": template["spec"]}
    request = urllib.request.Request(
        f"{server.url}/api/v1/namespaces/default/pods?dryRun=All&fieldValidation=Strict", json.dumps(pod).encode(),
        {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}, method="POST")
    try:
        urllib.request.urlopen(request, timeout=30, context=ssl._create_unverified_context()).close()
    except urllib.error.HTTPError as error:
        pytest.fail(f"{template}: {error.read().decode()}")


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if "rayjob" not in sample])
def test_without_an_operator(server, sample):
    for item in convert(server, "-f", str(LEGACY / sample), "--without-operator")["items"]:
        assert item["kind"] not in ("RayCluster", "RayJob")
        judge(server, item)


def test_a_directory_and_a_list(server):
    listed = convert(server, "-f", str(LEGACY / "microsoft"))
    assert [item["kind"] for item in listed["items"]] == ["ConfigMap", "RayCluster", "Service", "RayCluster", "Service"]
    everything = convert(server, "-R", "-f", str(LEGACY))
    assert len(everything["items"]) > len(listed["items"])
    assert {note["kind"] for note in everything["notes"]} == {"dropped", "guessed", "needs a person"}
    assert all(note["source"].startswith(str(LEGACY)) and note["message"] for note in everything["notes"])


def test_check_is_a_gate(server):
    sample = str(LEGACY / "v1alpha1/kuberay-0.3-complete.yaml")
    refused = server.ray("convert", "--check", "-f", sample)
    assert refused.returncode == 1
    assert f"{sample}:21: dropped: spec.headGroupSpec.replicas" in refused.stderr
    today = convert(server, "-f", sample)
    path = server.directory / "today.json"
    path.write_text(json.dumps({**today, "notes": []}))
    passed = server.ray("convert", "--check", "-f", str(path))
    assert passed.returncode == 0, passed.stderr
    assert passed.stderr == ""
