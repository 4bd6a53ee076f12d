"""What KubeRay's operator does or says with a RayCluster or RayService, played by a fake API server, reported at once."""

import json

import pytest
from fake_api import FakeApi, pod_list, run, write_kubeconfig

CORE, RAY = "/api/v1/namespaces/default/", "/apis/ray.io/v1"
CLUSTERS = RAY + "/namespaces/default/rayclusters"
SERVED = {RAY: lambda r: r.send(200, {"resources": [{"name": n} for n in ("rayclusters", "rayjobs", "rayservices")]}),
          CORE + "pods": lambda r: r.send(200, pod_list()), "/apis/apps/v1/namespaces/default/deployments": lambda r: r.send(200, pod_list())}


def cluster(spec=None, status=None):
    made = {"apiVersion": "ray.io/v1", "kind": "RayCluster", "spec": spec or {},
            "metadata": {"name": "demo", "namespace": "default", "uid": "u1"}}
    return made | ({"status": status} if status else {})


def event(message, reason="InvalidRayClusterSpec", uid="u1", time="2026-11-29T07:00:00Z"):
    return {"type": "Warning", "reason": reason, "message": message, "lastTimestamp": time,
            "involvedObject": {"kind": "RayCluster", "name": "demo", "uid": uid}}


class Created:
    """Routes of a RayCluster that is there once it was applied, and whose status the operator leaves empty."""

    def __init__(self, events):
        self.there = False
        self.routes = {**SERVED, CLUSTERS + "/demo": self.serve, CORE + "events": lambda r: r.send(200, {"items": events(r)})}

    def serve(self, request):
        if request.method == "PATCH":
            self.there = True
            return request.send(201, cluster(json.loads(request.body)["spec"]))
        return request.send(200, cluster()) if self.there else request.send(404, {"kind": "Status", "details": {"name": "demo"}})


def create(tmp_path, routes, timeout="60s"):
    with FakeApi(routes) as api:
        return run(write_kubeconfig(tmp_path / "config", api.port), "create", "cluster", "demo", "--no-agent", "--wait",
                   "--timeout", timeout)


# KubeRay 1.7 without the feature gate: the status stays empty, and a warning event has the reason.
def test_a_spec_that_the_operator_refuses_ends_the_wait_with_its_event(tmp_path):
    def events(request):
        assert "involvedObject.uid%3Du1" in request.query
        return [event("older", time="2026-11-29T06:00:00Z"), event("The RayCluster spec is invalid default/demo:\nno such gate"),
                event("a pod was made", reason="CreatedHeadPod", time="2026-11-29T08:00:00Z")]

    result = create(tmp_path, Created(events).routes)
    assert result.returncode == 1
    assert (b'cannot become ready: KubeRay refuses it: The RayCluster spec is invalid default/demo:; no such gate'
            in result.stderr), result.stderr


def test_without_an_event_the_operator_is_asked_for(tmp_path):
    result = create(tmp_path, Created(lambda r: []).routes, timeout="1s")
    assert result.returncode == 1 and b"is KubeRay's operator running?" in result.stderr


@pytest.mark.parametrize("events, words", [
    ([event("The spec is bad")], b"not ready: KubeRay refuses it: The spec is bad"),
    ([], b"there are no pods yet; is KubeRay's operator running?"),
], ids=["refused", "no operator"])
def test_status_tells_it(tmp_path, events, words):
    routes = {**SERVED, CLUSTERS + "/demo": lambda r: r.send(200, cluster()),
              CORE + "events": lambda r: r.send(200, {"items": events})}
    with FakeApi(routes) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port), "status", "demo")
    assert result.returncode == 1 and words in result.stdout, result.stdout


# The same file applied again without its line `suspend: true`: KubeRay keeps the cluster suspended.
def test_resume_writes_false_where_the_cluster_stays_suspended_without_the_field(tmp_path):
    patches = []
    stays = cluster(status={"state": "suspended", "conditions": [{"type": "RayClusterSuspended", "status": "True"}]})

    def serve(request):
        if request.method == "PATCH":
            patches.append(json.loads(request.body))
        request.send(200, stays)

    with FakeApi({**SERVED, CLUSTERS + "/demo": serve}) as api:
        config = write_kubeconfig(tmp_path / "config", api.port)
        shown = run(config, "status", "demo")
        assert b"demo in namespace default: suspended" in shown.stdout
        result = run(config, "resume", "demo")
    assert result.returncode == 0 and b"Resumed Ray cluster demo" in result.stdout
    assert patches == [{"spec": {"suspend": False}}]


QUEUE = "/apis/kueue.x-k8s.io/"
WORKLOADS = [{"metadata": {"ownerReferences": [{"uid": "another"}]},
              "status": {"conditions": [{"type": "QuotaReserved", "status": "False", "message": "another's"}]}},
             {"metadata": {"ownerReferences": [{"uid": "u1"}]},
              "status": {"conditions": [{"type": "QuotaReserved", "status": "False", "message": "insufficient unused quota\nfor cpu"}]}}]


def queued_routes(version, patches):
    """A RayCluster that Kueue keeps suspended (kubernetes-sigs/kueue, pkg/controller/jobs/raycluster), and its Workloads."""
    waits = cluster({"suspend": True}, {"state": "suspended"})
    waits["metadata"]["labels"] = {"kueue.x-k8s.io/queue-name": "team"}

    def serve(request):
        if request.method == "PATCH":
            patches.append(request.body)
        request.send(200, waits)

    served = {QUEUE + version + "/namespaces/default/workloads": lambda r: r.send(200, {"items": WORKLOADS})} if version else {}
    return {**SERVED, **served, CLUSTERS + "/demo": serve}


@pytest.mark.parametrize("version, words", [
    ("v1beta1", b'not ready: Kueue has not admitted it yet from queue "team": insufficient unused quota; for cpu\n'),
    ("v1beta2", b'not ready: Kueue has not admitted it yet from queue "team": insufficient unused quota; for cpu\n'),
    (None, b'not ready: Kueue has not admitted it yet from queue "team"\n'),
])
def test_a_cluster_in_kueues_queue_waits_and_is_not_resumed_by_hand(tmp_path, version, words):
    patches = []
    with FakeApi(queued_routes(version, patches)) as api:
        config = write_kubeconfig(tmp_path / "config", api.port)
        shown, resumed = run(config, "status", "demo"), run(config, "resume", "demo")
    assert shown.returncode == 1 and words in shown.stdout, shown.stdout
    assert b"kubectl describe workloads.kueue.x-k8s.io -n default" in shown.stdout
    assert resumed.returncode == 1 and patches == []
    assert b'cannot resume Ray cluster "demo": Kueue admits it from queue "team"' in resumed.stderr


@pytest.mark.parametrize("status, words", [
    ({"pendingServiceStatus": {"rayClusterName": "demo"}}, b"demo in namespace default"),
    ({"activeServiceStatus": {"rayClusterName": "demo"}, "pendingServiceStatus": {"rayClusterName": "next"}},
     b"demo in namespace default"),
    ({"activeServiceStatus": {}}, b'"rayservice/s" has no Ray cluster yet'),
], ids=["starting", "upgrading", "none"])
def test_a_rayservice_that_starts_has_its_pending_cluster(tmp_path, status, words):
    routes = {**SERVED, CLUSTERS + "/demo": lambda r: r.send(200, cluster()),
              RAY + "/namespaces/default/rayservices/s": lambda r: r.send(200, {"status": status})}
    with FakeApi(routes) as api:
        config = write_kubeconfig(tmp_path / "config", api.port)
        result = run(config, "status", "rayservice/s")
        as_json = run(config, "status", "rayservice/s", "-o", "json")
    assert words in result.stdout + result.stderr
    # The service's own state stands above the diagnosis, and also where there is no cluster to diagnose.
    assert result.stdout.startswith(b"rayservice/s in namespace default: not running, 0 Serve endpoints\n"), result.stdout
    assert b"Serve endpoints" not in as_json.stdout


@pytest.mark.parametrize("words, hint", [
    ("delete rayjob/x --yes", b"`kubectl ray job list`"),
    ("logs rayjob/x", b"`kubectl ray job list`"),
    ("status rayservice/x", b"`kubectl ray create service -c CLUSTER`"),
    ("session services/x", b"`kubectl ray create service -c CLUSTER`"),
    ("get service", b"`kubectl ray create service -c CLUSTER`"),
])
def test_a_kind_that_is_not_served_names_its_way_out(tmp_path, words, hint):
    routes = {RAY: lambda r: r.send(200, {"resources": [{"name": "rayclusters"}]})}
    with FakeApi(routes) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port), *words.split())
    assert result.returncode == 1 and result.stdout == b""
    assert b"error: this API server has no Ray" in result.stderr and hint in result.stderr, result.stderr
