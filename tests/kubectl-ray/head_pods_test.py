"""Heads as webhooks, sidecars and failing probes leave them: they are asked all the same, and in the right container."""

import pytest
from fake_api import FakeApi, forward_to, pod_list, run, status, write_kubeconfig
from fake_dashboard import FakeDashboard

PODS = "/api/v1/namespaces/default/pods"
RUNNING = {"started": True, "ready": True, "state": {"running": {}}}
UNREADY = {**RUNNING, "ready": False}


def head(ray=RUNNING, beside=None, port=8265):
    """A head pod that is not Ready, with a container `beside` (its status) before Ray's, as Istio has it."""
    containers = [{"name": "istio-proxy"}] if beside else []
    containers.append({"name": "ray-head", "ports": [{"name": "dashboard", "containerPort": port}]})
    statuses = [{"name": "istio-proxy", "restartCount": 0, **beside}] if beside else []
    return {
        "metadata": {"name": "head", "namespace": "default", "uid": "u", "resourceVersion": "1",
                     "labels": {"ray.io/cluster": "demo", "ray.io/node-type": "head", "ray.io/group": "headgroup"}},
        "spec": {"nodeName": "n", "containers": containers},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
                   "containerStatuses": [*statuses, {"name": "ray-head", "restartCount": 0, **ray}]},
    }


def ask(tmp_path, pod, forward, *words, more=None):
    routes = {PODS: lambda r: r.send(200, pod_list(pod)), PODS + "/head": lambda r: r.send(200, pod),
              PODS + "/head/portforward": forward, **(more or {})}
    with FakeApi(routes) as api:
        result = run(write_kubeconfig(tmp_path / "config", api.port), *words)
    result.requests = api.requests
    return result


# KubeRay's SidecarMode leaves an ended container in the head (kuberay#4945); a probe fails where the head has too much to do.
@pytest.mark.parametrize("pod", [
    head(UNREADY), head(RUNNING, {"state": {"terminated": {"exitCode": 0}}}),
    head(RUNNING, {"state": {"terminated": {"exitCode": 1}}}),
    head(RUNNING, {"state": {"waiting": {"reason": "CrashLoopBackOff"}}}),
], ids=["its probe fails", "a submitter has ended", "a submitter has failed", "a sidecar crashes"])
@pytest.mark.parametrize("words, code, out", [
    ("job list", 0, b"job-1"), ("job get job-1", 0, b"job-1"), ("job status job-1", None, b"RUNNING"),
    ("job logs job-1", 0, b"hello"), ("job stop job-1 --no-wait", 0, b""),
])
def test_a_head_whose_ray_runs_is_asked(tmp_path, pod, words, code, out):
    with FakeDashboard(b"hello\n", questions=1000) as dashboard:
        dashboard.submit({"submission_id": "job-1", "entrypoint": "true"})
        result = ask(tmp_path, pod, forward_to({8265: dashboard.port}), *words.split(), "--cluster", "demo")
        stopped = dashboard.jobs["job-1"]["stopped"]
    assert code is None or result.returncode == code, result.stderr
    assert out in result.stdout + result.stderr, result.stderr
    assert stopped == ("stop" in words)


def test_what_does_not_answer_says_that_the_head_was_not_ready(tmp_path):
    result = ask(tmp_path, head(UNREADY), forward_to({}), "job", "list", "--cluster", "demo")
    assert result.returncode == 1
    assert b'nothing answers on port 8265 of pod "head"' in result.stderr
    assert b'the head is not ready: pod "head" runs Ray but is not ready' in result.stderr


def test_submit_waits_for_a_head_that_is_not_ready(tmp_path):
    with FakeDashboard() as dashboard:
        result = ask(tmp_path, head(UNREADY), forward_to({8265: dashboard.port}), "job", "submit", "--cluster", "demo",
                     "--cluster-timeout", "1s", "--", "true")
        assert not dashboard.runs
    assert result.returncode == 13 and b"runs Ray but is not ready" in result.stderr


def test_the_ray_container_is_meant_wherever_it_stands(tmp_path):
    pod = head(RUNNING, RUNNING, port=18265)
    with FakeDashboard(questions=1000) as dashboard:
        dashboard.submit({"submission_id": "job-1", "entrypoint": "true"})
        result = ask(tmp_path, pod, forward_to({18265: dashboard.port}), "job", "list", "--cluster", "demo")
    assert result.returncode == 0 and b"job-1" in result.stdout, result.stderr
    result = ask(tmp_path, pod, None, "logs", "demo", more={PODS + "/head/log": lambda r: r.send(200, "")})
    assert any("/log?container=ray-head&" in request for request in result.requests)
    refuse = {PODS + "/head/exec": lambda r: r.send(500, status(500))}
    result = ask(tmp_path, pod, None, "exec", "demo", "--", "true", more=refuse)
    assert any("/exec?" in request and "container=ray-head" in request for request in result.requests)


def refused(message):
    """KubeRay's condition of a cluster whose pods the API server does not take."""
    failure = {"type": "ReplicaFailure", "status": "True", "message": f'pods "demo-head-x" is forbidden: {message}'}
    return {**NO_HEAD, "status": {"conditions": [failure]}}


RAY_CLUSTERS = "/apis/ray.io/v1/namespaces/default/rayclusters"
NO_HEAD = {"metadata": {"name": "demo", "namespace": "default", "uid": "c"}, "spec": {"headGroupSpec": {}, "workerGroupSpecs": []}}


def submit_to(tmp_path, cluster, pods, forward=None):
    """Submits to a RayCluster, whose pods are the next of `pods` each time they are listed, and then the last."""
    left = list(pods)

    def listed(request):
        request.send(200, pod_list(*(left.pop(0) if len(left) > 1 else left[0])))

    more = {PODS: listed, "/apis/ray.io/v1": lambda r: r.send(200, {"resources": [{"name": "rayclusters"}]})}
    if cluster is not None:
        more[RAY_CLUSTERS + "/demo"] = lambda r: r.send(200, cluster)
    return ask(tmp_path, head(), forward, "job", "submit", "--cluster", "demo", "--cluster-timeout", "2s" if len(pods) == 1 else "1m",
               "--", "true", more=more)


# A Deployment's or KubeRay's pods come after the cluster: seen where CI submitted at once after `create cluster`.
def test_submit_waits_for_a_head_pod_that_is_not_made_yet(tmp_path):
    ready = head()
    ready["status"]["conditions"][0]["status"] = "True"
    with FakeDashboard(b"hello\n") as dashboard:
        result = submit_to(tmp_path, NO_HEAD, [[], [], [ready]], forward_to({8265: dashboard.port}))
        assert len(dashboard.runs) == 1
    assert result.returncode == 0, result.stderr
    assert result.stderr.count(b"Waiting for cluster demo: it has no head pod yet\n") == 1
    assert result.stdout.endswith(b"hello\n")


@pytest.mark.parametrize("cluster, code, words", [
    (NO_HEAD, 13, [b'error: cluster "demo" is not ready: it has no head pod yet', b"`kubectl ray status demo`"]),
    (None, 1, [b'"demo"', b"not found"]),
    ({**NO_HEAD, "spec": {"suspend": True, "headGroupSpec": {}}}, 1,
     [b'error: cluster "demo" is suspended', b"kubectl ray resume demo -n default"]),
    ({**NO_HEAD, "metadata": {**NO_HEAD["metadata"], "deletionTimestamp": "2026-11-29T00:00:00Z"}}, 1,
     [b'error: cluster "demo" is being deleted']),
    (refused("exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"), 13,
     [b"Waiting for cluster demo: it has no head pod yet; pods are refused: exceeded quota: q, requested: pods=1",
      b'error: cluster "demo" is not ready: it has no head pod yet; pods are refused: exceeded quota: q']),
    (refused('violates PodSecurity "restricted:latest": runAsNonRoot != true'), 1,
     [b'error: cluster "demo" cannot become ready: pods are refused: violates PodSecurity', b"--pod-security restricted"]),
], ids=["in vain", "no cluster", "suspended", "being deleted", "refused by a quota", "refused for good"])
def test_a_head_pod_that_does_not_come(tmp_path, cluster, code, words):
    result = submit_to(tmp_path, cluster, [[]])
    assert result.returncode == code and result.stdout == b"", result.stderr
    for word in words:
        assert word in result.stderr, result.stderr


def test_a_pending_job_whose_cluster_gets_no_workers_says_why(tmp_path):
    more = {"/apis/ray.io/v1": lambda r: r.send(200, {"resources": [{"name": "rayclusters"}]}),
            RAY_CLUSTERS + "/demo": lambda r: r.send(200, refused("exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"))}
    pod = head()
    pod["status"]["conditions"][0]["status"] = "True"
    with FakeDashboard(job={"status": "PENDING", "message": "Job has not started yet."}) as dashboard:
        dashboard.submit({"submission_id": "j", "entrypoint": "x"})
        done = ask(tmp_path, pod, forward_to({8265: dashboard.port}), "job", "status", "j", "--cluster", "demo", more=more)
    assert b"Waiting: " in done.stdout, done.stderr
    assert b"pods are refused: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2\n" in done.stdout
