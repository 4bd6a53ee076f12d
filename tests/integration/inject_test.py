"""inject and uninject: every sample of KubeRay's module, and objects in a real API server with KubeRay's real CRDs."""

import copy
import json
import os
import pathlib
import subprocess
import urllib.error

import pytest
import yaml

from api_server import kuberay_api_server
from cluster import part

SAMPLES = part("kuberay-crds") / "samples"
AGENT = ["--agent-image", "example.com/ray-init-agent:1"]


def program(*arguments, given=b"") -> subprocess.CompletedProcess:
    return subprocess.run([os.environ["KUBECTL_RAY"], *arguments], input=given, capture_output=True, timeout=60, check=False)


def samples() -> list[pathlib.Path]:
    return sorted(path for path in SAMPLES.rglob("*") if path.suffix in (".yaml", ".yml"))


def documents(text: bytes) -> list[dict]:
    return [document for document in yaml.safe_load_all(text) if document]


def ray_objects(text: bytes) -> list[dict]:
    return [document for document in documents(text) if document.get("apiVersion") == "ray.io/v1"]


@pytest.fixture(scope="module")
def server():
    with kuberay_api_server() as running:
        yield running


@pytest.mark.parametrize("way", [AGENT, ["--config-map", "omit"], []], ids=["image", "omitted", "config-map"])
def test_every_sample_is_given_back_to_the_byte(way):
    assert len(samples()) > 80
    injected_objects = 0
    for sample in samples():
        text = sample.read_bytes()
        injected = program("inject", "-f", str(sample), *way)
        assert injected.returncode == 0, f"{sample}: {injected.stderr.decode()}"
        assert program("inject", *way, given=injected.stdout).stdout == injected.stdout, sample
        assert program("uninject", given=injected.stdout).stdout == text, sample
        pods = sum(1 for document in ray_objects(text) if "clusterSelector" not in document.get("spec", {}))
        assert (injected.stdout != text) == (pods > 0), sample
        injected_objects += pods
    assert injected_objects > 60


def test_the_api_server_takes_every_injected_sample(server):
    judged = 0
    for sample in samples():
        before = {(o["kind"], o["metadata"]["name"]): o for o in ray_objects(sample.read_bytes())}
        injected = program("inject", "-f", str(sample), *AGENT)
        for document in ray_objects(injected.stdout):
            kind, name = document["kind"], document["metadata"]["name"]
            path = f"/apis/ray.io/v1/namespaces/default/{kind.lower()}s/{name}?fieldManager=test&dryRun=All&fieldValidation=Strict"
            try:
                server.request("PATCH", path, before[kind, name], "application/apply-patch+yaml")
            except urllib.error.HTTPError:
                continue  # a sample that strict validation refuses as it is
            server.request("PATCH", path, document, "application/apply-patch+yaml")
            judged += 1
    assert judged > 60


def cluster(name):
    container = {"name": "ray-head", "image": "rayproject/ray:2.60.0"}
    return {"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": name},
            "spec": {"headGroupSpec": {"rayStartParams": {}, "template": {"spec": {"containers": [container]}}}}}


def deployment(name):
    container = {"name": "head", "image": "rayproject/ray:2.60.0", "command": ["ray", "start", "--head", "--block"]}
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}}


PATHS = {"raycluster": ("/apis/ray.io/v1/namespaces/default/rayclusters/", cluster),
         "deployment": ("/apis/apps/v1/namespaces/default/deployments/", deployment)}


@pytest.fixture(params=sorted(PATHS))
def live(server, request):
    """TYPE/NAME of an object in the API server, and a way to read its spec."""
    path, make = PATHS[request.param]
    name = "demo"
    server.request("POST", path.rstrip("/"), make(name))
    yield f"{request.param}/{name}", lambda: server.request("GET", path + name)["spec"]
    server.request("DELETE", path + name)


def pod_template(spec):
    return spec["template"] if "template" in spec else spec["headGroupSpec"]["template"]


def test_an_object_is_injected_and_given_back(server, live):
    target, spec = live
    before = copy.deepcopy(spec())
    done = server.ray("inject", target, "--yes")
    assert done.returncode == 0, done.stderr
    assert target.split("/")[0] in done.stdout and done.stdout.endswith(" injected\n")
    assert "What this changes:" in done.stderr
    container = pod_template(spec())["spec"]["containers"][0]
    assert container["command"][0] == "/ray-init-agent/ray-init-agent"
    names = [item["metadata"]["name"] for item in server.request("GET", "/api/v1/namespaces/default/configmaps")["items"]]
    assert any(name.startswith("ray-init-agent-") for name in names)
    again = server.ray("inject", target, "--yes")
    assert again.returncode == 0 and again.stdout == "" and "has the agent already" in again.stderr
    done = server.ray("uninject", target, "--yes")
    assert done.returncode == 0, done.stderr
    assert spec() == before


def test_nothing_changes_without_a_yes(server, live):
    target, spec = live
    before = copy.deepcopy(spec())
    asked = server.ray("inject", target, *AGENT)
    assert asked.returncode == 2 and "Are you sure" in asked.stderr
    diff = server.ray("inject", target, *AGENT, "--diff")
    assert diff.returncode == 0 and "+  " in diff.stdout and "ray-init-agent" in diff.stdout
    printed = server.ray("inject", target, *AGENT, "--dry-run")
    assert printed.returncode == 0
    assert pod_template(yaml.safe_load(printed.stdout)["spec"])["spec"]["initContainers"][0]["name"] == "ray-init-agent"
    judged = server.ray("inject", target, *AGENT, "--dry-run=server")
    assert judged.returncode == 0 and "server dry run" in judged.stdout
    assert spec() == before


def test_what_is_not_there_or_cannot_change_is_an_error(server):
    assert server.ray("inject", "rayservice/none", "--yes").returncode == 1
    refused = server.ray("inject", "pod/none", "--yes")
    assert refused.returncode == 2 and "a pod cannot be changed while it runs" in refused.stderr


def test_a_change_of_another_hand_is_not_lost(server):
    """The patch has the version it was made from: the API server refuses it for any other."""
    path = "/apis/ray.io/v1/namespaces/default/rayclusters"
    server.request("POST", path, cluster("raced"))
    try:
        old = server.request("GET", f"{path}/raced")
        changed = copy.deepcopy(old)
        changed["spec"]["rayVersion"] = "2.60.0"
        server.request("PUT", f"{path}/raced", changed)
        patch = {"metadata": {"resourceVersion": old["metadata"]["resourceVersion"]}, "spec": {"rayVersion": "2.9.3"}}
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.request("PATCH", f"{path}/raced", json.dumps(patch).encode(), "application/merge-patch+json")
        assert refused.value.code == 409
    finally:
        server.request("DELETE", f"{path}/raced")
