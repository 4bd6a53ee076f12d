"""create, get, scale, suspend, delete against a real API server, with KubeRay's real CRDs and without."""

import json

import pytest
import yaml

from both_servers import kuberay, plain, server


def objects(server, path):
    return [item["metadata"]["name"] for item in server.request("GET", path)["items"]]


def ok(done):
    assert done.returncode == 0, done.stderr
    return done.stdout


EVERYTHING = [
    "--labels", "app=ray,env=dev", "--annotations", "ttl-hours=24", "--head-cpu", "1", "--head-memory", "5Gi", "--head-gpu", "1",
    "--head-ephemeral-storage", "10Gi", "--head-ray-start-params", "dashboard-port=8266", "--head-node-selectors", "a=b",
    "--worker-replicas", "3", "--worker-cpu", "500m", "--worker-memory", "1Gi", "--worker-ray-start-params", "num-cpus=4",
    "--toleration", "gpu=yes:NoSchedule", "--env", "A=b=c", "--volume", "pvc/data:/data:ro", "--volume", "emptydir:/scratch",
    "--image-pull-secret", "registry", "--priority-class", "high", "--service-account", "ray",
    "--pod-template", "{spec: {containers: [{securityContext: {runAsNonRoot: true}}]}}",
    "--set", "spec.headGroupSpec.template.spec.hostname=head",
]


@pytest.mark.parametrize("flags", [[], EVERYTHING, ["--no-agent"], ["--agent-image", "example.com/agent:1"]])
def test_the_server_takes_what_a_dry_run_makes(server, flags):
    before = objects(server, "/api/v1/namespaces/default/configmaps")
    names = ok(server.ray("create", "cluster", "dry", *flags, "--dry-run=server", "-o", "name")).split()
    assert names[0] in ("deployment.apps/dry-head", "raycluster.ray.io/dry")
    with_config_maps = not any(flag in flags for flag in ("--no-agent", "--agent-image"))
    assert any(name.startswith("configmap/ray-init-agent-") for name in names) == with_config_maps
    assert objects(server, "/api/v1/namespaces/default/configmaps") == before
    assert server.ray("get", "cluster", "dry").returncode == 1


def test_strict_validation_finds_no_unknown_field(server):
    manifest = list(yaml.safe_load_all(ok(server.ray("create", "cluster", "strict", *EVERYTHING, "--dry-run"))))
    for obj in manifest:
        group = "/api/v1" if obj["apiVersion"] == "v1" else "/apis/" + obj["apiVersion"]
        plural = obj["kind"].lower() + "s"
        server.request("POST", f"{group}/namespaces/default/{plural}?dryRun=All&fieldValidation=Strict", obj)


def test_a_cluster_from_create_to_delete(server):
    assert ok(server.ray("create", "cluster", "life", "--worker-replicas", "2", "--labels", "app=life")) == "Created Ray cluster: life\n"
    again = server.ray("create", "cluster", "life")
    assert again.returncode == 1 and "already exists" in again.stderr
    row = ok(server.ray("get", "cluster")).splitlines()[1].split()
    assert row[:2] == ["life", "default"]
    assert ok(server.ray("get", "cluster", "-l", "app=life", "-o", "name")) == "raycluster.ray.io/life\n"
    assert ok(server.ray("get", "cluster", "-l", "app=other", "-o", "name")) == ""

    done = ok(server.ray("scale", "cluster", "life", "-w", "default-group", "-r", "3", "--max-replicas", "4"))
    assert done == (
        "Updated worker group default-group in Ray cluster life in namespace default "
        "(Scaled maxReplicas: 2147483647 to 4, Scaled Replicas: 2 to 3)\n"
    )
    beyond = server.ray("scale", "cluster", "life", "-w", "default-group", "-r", "5")
    assert beyond.returncode == 2 and "--max-replicas (4)" in beyond.stderr

    ok(server.ray("create", "workergroup", "gpu", "-c", "life", "--worker-gpu", "1"))
    assert server.ray("create", "workergroup", "gpu", "-c", "life").returncode == 1
    group = json.loads(ok(server.ray("get", "workergroup", "gpu", "-o", "json")))["items"][0]
    assert group["spec"]["minReplicas"] == 1 and group["spec"]["maxReplicas"] == 10

    assert "Suspended" in ok(server.ray("suspend", "life"))
    assert "already suspended" in ok(server.ray("suspend", "life"))
    assert json.loads(ok(server.ray("get", "cluster", "life", "-o", "json")))["spec"]["suspend"] is True
    assert "Resumed" in ok(server.ray("resume", "life"))
    cluster = json.loads(ok(server.ray("get", "cluster", "life", "-o", "json")))
    assert not cluster["spec"].get("suspend")
    assert [g["replicas"] for g in cluster["spec"]["workerGroupSpecs"]] == [3, 1]

    assert ok(server.ray("delete", "cluster/life", "--yes")) == "Deleted raycluster life\n"
    near = server.ray("delete", "lifee", "--yes")
    assert near.returncode == 1 and "not found" in near.stderr


def test_owned_objects_name_their_owner(plain):
    ok(plain.ray("create", "cluster", "owned"))
    head = plain.request("GET", "/apis/apps/v1/namespaces/default/deployments/owned-head")
    for path in ("/apis/apps/v1/namespaces/default/deployments/owned-default-group-worker", "/api/v1/namespaces/default/services/owned-head-svc"):
        owners = plain.request("GET", path)["metadata"]["ownerReferences"]
        assert [o["uid"] for o in owners] == [head["metadata"]["uid"]]
    ok(plain.ray("delete", "owned", "-y"))


def test_a_refused_part_takes_back_what_was_made(plain):
    plain.request("POST", "/api/v1/namespaces/default/services", {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "half-head-svc"}, "spec": {"ports": [{"port": 1}]}})
    done = plain.ray("create", "cluster", "half")
    assert done.returncode == 1 and "half-head-svc" in done.stderr
    assert "half-head" not in objects(plain, "/apis/apps/v1/namespaces/default/deployments")


def test_without_operator_makes_deployments_beside_the_crds(kuberay):
    ok(kuberay.ray("create", "cluster", "beside", "--without-operator"))
    assert "beside-head" in objects(kuberay, "/apis/apps/v1/namespaces/default/deployments")
    assert kuberay.ray("create", "cluster", "beside").returncode == 1
    assert "beside" in ok(kuberay.ray("get", "cluster"))
    ok(kuberay.ray("delete", "beside", "-y"))


def test_autoscaler_needs_the_operator(plain, kuberay):
    done = plain.ray("create", "cluster", "auto", "--autoscaler", "v2")
    assert done.returncode == 2 and "operator" in done.stderr
    made = ok(kuberay.ray("create", "cluster", "auto", "--autoscaler", "V2", "--no-agent", "--dry-run=server", "-o", "json"))
    assert json.loads(made)["spec"]["autoscalerOptions"]["version"] == "v2"


def test_jobs_and_services_only_where_they_are_served(plain, kuberay):
    done = plain.ray("get", "job")
    assert done.returncode == 1 and "KubeRay operator" in done.stderr
    done = kuberay.ray("get", "service")
    assert done.returncode == 0 and done.stdout == "" and "No RayServices found" in done.stderr


@pytest.mark.parametrize("arguments,words", [
    (["create", "cluster", ""], "it is empty"),
    (["create", "cluster", "Ünïcode"], "not a DNS label"),
    (["create", "cluster", "a" * 100000], "100000 characters"),
    (["create", "cluster", "x", "--head-cpu", ""], None),
    (["create", "cluster", "x", "--head-cpu", "-1"], "cannot be negative"),
    (["create", "cluster", "x", "--head-memory", "9" * 1000], "larger than"),
    (["create", "cluster", "x", "--worker-replicas", "-1"], "cannot have -1 replicas"),
    (["create", "cluster", "x", "--worker-replicas", "99999999999"], "--worker-replicas"),
    (["create", "cluster", "x", "--labels", "novalue"], "KEY=VALUE"),
    (["create", "cluster", "x", "--labels", "a b=c"], "a b"),
    (["create", "cluster", "x", "--env", "SECRET"], "NAME=VALUE"),
    (["create", "cluster", "x", "--toleration", "a:Never"], "effect"),
    (["create", "cluster", "x", "--volume", "nfs/x:/y"], "source"),
    (["create", "cluster", "x", "--volume", "pvc/x:y"], "absolute"),
    (["create", "cluster", "x", "--set", "spec"], "PATH=VALUE"),
    (["create", "cluster", "x", "--set", "..=1"], "empty"),
    (["create", "cluster", "x", "--pod-template", "{kind: Pod}"], "unknown key"),
    (["create", "cluster", "x", "--pod-template", "/no/such/file"], "no such file"),
    (["create", "cluster", "x", "--file", "/no/such/file"], "no such file"),
    (["create", "cluster", "x", "--dry-run=maybe"], "dry run"),
    (["create", "cluster", "x", "-o", "xml"], "xml"),
    (["create", "cluster", "x", "--timeout", "soon"], "--timeout"),
    (["create", "cluster", "x", "--worker-ray-start-params", "num-cpus=500m"], "num-cpus"),
    (["scale", "cluster", "x"], "worker-group"),
    (["scale", "cluster", "x", "-w", "g"], "--replicas"),
    (["scale", "cluster", "x", "-w", "g", "-r", "-2"], "non-negative"),
    (["get", "cluster", "-o", "jsn"], 'Did you mean "json"?'),
    (["get", "cluster", "-o", "jsonpath={.a"], "brace"),
    (["get", "cluster", "-o", "custom-columns=NAME"], "HEADER:PATH"),
    (["delete"], "TARGET"),
    (["suspend", "pod/x"], "pod"),
])
def test_bad_input_is_a_usage_error_and_sends_nothing(plain, arguments, words):
    done = plain.ray(*arguments)
    if words is None:  # an empty quantity asks for nothing
        assert done.returncode == 0
        ok(plain.ray("delete", "x", "-y"))
        return
    assert done.returncode == 2, done.stderr
    assert words.lower() in done.stderr.lower()
    assert len(done.stderr) < 2000 and done.stdout == ""
    assert "x-head" not in objects(plain, "/apis/apps/v1/namespaces/default/deployments")
