"""`autoscaler` and `status` ask the GCS itself, with Ray's token, and the dashboard only for what that does not say."""

import base64
import json
import pathlib
import time

from fake_api import FakeApi, forward_to, pod_list, run, write_kubeconfig
from fake_gcs import INTERNAL_KV_GET, Answer, FakeGcs, field, fields

CORE = "/api/v1/namespaces/default"
STATUS = pathlib.Path(__file__).parents[1] / "fuzz/corpus/gcs_status/v2"  # as Ray encodes it
METHOD = "/ray.rpc.autoscaler.AutoscalerStateService/GetClusterStatus"
CLUSTER = {"metadata": {"name": "demo", "namespace": "default"},
           "spec": {"enableInTreeAutoscaling": True, "headGroupSpec": {},
                    "workerGroupSpecs": [{"groupName": "small", "minReplicas": 0, "replicas": 2, "maxReplicas": 2, "idleTimeoutSeconds": 3600}]},
           "status": {"state": "ready"}}
HEAD = {"metadata": {"name": "head", "namespace": "default",
                     "labels": {"ray.io/cluster": "demo", "ray.io/node-type": "head", "ray.io/group": "headgroup"}},
        "spec": {"containers": [{"name": "ray-head", "env": [
            {"name": "RAY_AUTH_MODE", "value": "token"},
            {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": "demo", "key": "auth_token"}}}]}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
                   "containerStatuses": [{"name": "ray-head", "restartCount": 0, "started": True, "ready": True, "state": {"running": {}}}]}}


def look(tmp_path, forward, *words, command="autoscaler", head=HEAD):
    secret = {"data": {"auth_token": base64.b64encode(b"secret").decode()}}
    with FakeApi({"/apis/ray.io/v1": lambda r: r.send(200, {"resources": [{"name": "rayclusters"}]}),
                  "/apis/ray.io/v1/namespaces/default/rayclusters/demo": lambda r: r.send(200, CLUSTER),
                  CORE + "/pods": lambda r: r.send(200, pod_list(head)), CORE + "/secrets/demo": lambda r: r.send(200, secret),
                  CORE + "/events": lambda r: r.send(200, {"items": []}), CORE + "/pods/head/portforward": forward}) as api:
        return run(write_kubeconfig(tmp_path / "config", api.port), command, "demo", *words)


def test_the_gcs_is_asked_with_the_token_and_no_dashboard(tmp_path):
    with FakeGcs() as gcs:
        gcs.replies[METHOD] = Answer(STATUS.read_bytes())
        result = look(tmp_path, forward_to({6379: gcs.port}), "-o", "json")
        (path, headers, message), = gcs.calls
    assert result.returncode == 0, result.stderr
    assert (path, headers["authorization"], message) == (METHOD, "Bearer secret", b"")
    seen = json.loads(result.stdout)
    assert (seen["source"], seen["version"], seen["rayFailure"]) == ("GCS", "v2", None)
    idle = {node["pod"]: node for node in seen["idle"]}
    assert (idle["demo-small-a"]["idleSeconds"], idle["demo-small-a"]["goesInSeconds"]) == (45, 3555)


def test_the_state_of_v1_is_read_from_the_store(tmp_path):
    with FakeGcs() as gcs:
        gcs.replies[METHOD] = Answer(STATUS.with_name("v1").read_bytes())
        gcs.replies[INTERNAL_KV_GET] = Answer(field(2, json.dumps({"time": time.time() - 300})))
        result = look(tmp_path, forward_to({6379: gcs.port}), "-o", "json")
        asked = gcs.wait_for_call(INTERNAL_KV_GET)
    assert result.returncode == 0, result.stderr
    assert fields(asked[2])[1] == [b"__autoscaling_status"] and asked[1]["authorization"] == "Bearer secret"
    seen = json.loads(result.stdout)
    assert (seen["version"], seen["source"], seen["autoscalerState"]) == ("v1", "GCS", None)
    assert 299 <= seen["autoscalerAgeSeconds"] < 400


def test_a_ray_without_the_call_is_asked_at_its_dashboard(tmp_path):
    with FakeGcs() as gcs:
        gcs.replies[METHOD] = Answer(grpc_status="12")
        result = look(tmp_path, forward_to({6379: gcs.port}), "-o", "json")
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)
    assert seen["gcsFailure"] == "this Ray does not have the call"
    assert seen["source"] is None and "8265" in seen["rayFailure"]


def test_a_status_is_the_gcs_s_also_without_a_dashboard(tmp_path):
    with FakeGcs() as gcs:
        gcs.replies[METHOD] = Answer(STATUS.read_bytes())
        result = look(tmp_path, forward_to({6379: gcs.port}), "-o", "json", command="status")
        calls = [path for path, _, _ in gcs.calls]
    assert calls == [METHOD], result.stderr
    ray = json.loads(result.stdout)["ray"]
    assert (ray["source"], ray["gcsFailure"], ray["failure"]) == ("GCS", "", "")
    assert (ray["nodesAlive"], ray["nodesDead"], ray["usage"][0]) == (5, 1, "1.0/6.0 CPU")
    assert ray["waiting"][0]["cause"] and "8265" in ray["jobsFailure"]


def test_who_may_not_forward_ports_is_refused_at_the_gcs(tmp_path):
    refused = []

    def forbid(request):
        refused.append(request.query)
        request.send(403, {"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no"})

    result = look(tmp_path, forbid, "-o", "json", command="status")
    ray = json.loads(result.stdout)["ray"]
    assert ray["source"] is None and ray["failure"], result.stderr
    assert set(refused) == {"ports=6379"}  # the dashboard, which needs the same right, is not tried


def test_a_gcs_with_tls_is_not_asked(tmp_path):
    head = json.loads(json.dumps(HEAD))
    head["spec"]["containers"][0]["env"] = [{"name": "RAY_USE_TLS", "value": "1"}]
    with FakeGcs() as gcs:
        for command in ("status", "autoscaler"):
            result = look(tmp_path, forward_to({6379: gcs.port}), "-o", "json", command=command, head=head)
            seen = json.loads(result.stdout)
            assert "has TLS (RAY_USE_TLS)" in seen.get("ray", seen)["gcsFailure"], result.stderr
        assert not gcs.calls
