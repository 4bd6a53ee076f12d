"""`create cluster --wait` while the API server goes away and comes back."""

import itertools
import json
import os
import subprocess
import threading

import pytest

from fake_api import FakeApi, environment, pod, pod_list, run, status, write_kubeconfig

CORE, APPS = "/api/v1/namespaces/default/", "/apis/apps/v1/namespaces/default/"


def ready(name):
    made = pod(name)
    made["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
    made["status"]["containerStatuses"][0]["ready"] = True
    return made


def make(request):
    request.send(201, json.loads(request.body)) if request.method == "POST" else request.send(200, pod_list())


def routes(pods):
    return {APPS + "deployments": make, CORE + "services": make, CORE + "pods": pods}


def create(config, timeout="60s"):
    return subprocess.Popen([os.environ["KUBECTL_RAY"], "create", "cluster", "demo", "--without-operator", "--no-agent",
                             "--worker-replicas", "0", "--wait", "--timeout", timeout],
                            env=environment(config), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_wait_goes_on_with_the_server_that_comes_back(tmp_path):
    watched = threading.Event()

    def starting(request):
        if "watch=true" not in request.query:
            return request.send(200, pod_list(pod("head", running=False)))
        watched.set()
        request.start_stream()
        request.drop()

    def started(request):
        if "watch=true" not in request.query:
            return request.send(200, pod_list(ready("head"), version="2"))
        request.start_stream()
        request.chunk({"type": "MODIFIED", "object": ready("head")})
        request.end_stream()

    with FakeApi(routes(starting)) as api:
        process = create(write_kubeconfig(tmp_path / "config", api.port))
        assert watched.wait(60)
    with FakeApi(routes(started), api.port):
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out == "Created Ray cluster: demo\nRay cluster demo is provisioned\n"


def test_a_head_that_cannot_be_scheduled_is_given_up_with_its_reason(tmp_path):
    waiting = pod("head", running=False)
    waiting["status"] = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                                                             "message": "0/1 nodes are available: 1 Insufficient cpu."}]}

    def pods(request):
        if "watch=true" not in request.query:
            return request.send(200, pod_list(waiting))
        request.start_stream()
        return request.handler.rfile.read(1)  # until the other side hangs up

    with FakeApi(routes(pods)) as api:
        process = create(write_kubeconfig(tmp_path / "config", api.port), "3s")
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "Created Ray cluster: demo\n")
    assert 'error: Ray cluster "demo" is not ready after 3s: ' in err
    assert "cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu" in err.split("error: ")[1]
    assert "No node has so much cpu free" in err and "`kubectl ray delete demo -n default` ends it." in err


def test_a_conflict_in_the_middle_takes_back_what_was_made(tmp_path):
    deleted = []

    def deployment(request):
        if request.method == "GET":  # is the name free?
            return request.send(404, status(404, "NotFound", name="demo-head"))
        deleted.append(request.method)
        return request.send(200, {})

    refusing = {**routes(lambda r: r.send(200, pod_list())), APPS + "deployments/demo-head": deployment,
                CORE + "services": lambda r: r.send(409, status(409, "AlreadyExists", "services \"demo-head-svc\" already exists"))}
    with FakeApi(refusing) as api:
        process = create(write_kubeconfig(tmp_path / "config", api.port))
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and out == ""
    assert 'services "demo-head-svc" already exists' in err and deleted == ["DELETE"]


RESTRICTED = 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'
USED_UP = "exceeded quota: q, requested: pods=1, used: pods={used}, limited: pods=3"


def refused(request, words, names):
    """Deployments whose pods are refused, each time under another name, as their controllers write it."""
    if request.method == "POST":
        return request.send(201, json.loads(request.body))
    message = f'pods "demo-head-{next(names)}" is forbidden: {words(names)}'
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    return request.send(200, {"items": [{"metadata": {"name": "demo-head"}, "status": {"conditions": [condition]}}]})


def no_pods(request):
    if "watch=true" not in request.query:
        return request.send(200, pod_list())
    request.start_stream()
    return request.end_stream()


def wait_for_refused(tmp_path, words, timeout):
    names = itertools.count(1)
    routes_of_both = {**routes(no_pods), APPS + "deployments": lambda r: refused(r, words, names)}
    with FakeApi(routes_of_both) as api:
        return run(write_kubeconfig(tmp_path / "config", api.port), "create", "cluster", "demo", "--without-operator", "--no-agent",
                   "--worker-replicas", "0", "--wait", "--timeout", timeout, timeout=100)


def test_a_refusal_that_will_not_go_away_ends_the_wait_and_is_said_once(tmp_path):
    done = wait_for_refused(tmp_path, lambda _: RESTRICTED, "90s")
    assert done.returncode == 1
    said = done.stderr.decode()
    assert said.count(RESTRICTED) == 1, said
    assert f'Ray cluster "demo" cannot become ready: pods are refused: {RESTRICTED}\n' in said
    assert "--pod-security restricted" in said and "demo-head-1" not in said and "is not ready after" not in said


def test_a_quota_that_others_use_up_is_waited_for(tmp_path):
    numbers = itertools.count(1)
    done = wait_for_refused(tmp_path, lambda _: USED_UP.format(used=2 + next(numbers) % 2), "5s")
    said = done.stderr.decode()
    assert done.returncode == 1 and "is not ready after 5s" in said and "kubectl describe quota" in said, said


@pytest.mark.parametrize("words", [RESTRICTED, "exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"],
                         ids=["pod-security", "a-quota-that-the-head-uses-up"])
def test_workers_that_are_refused_beside_a_ready_head_end_the_wait(tmp_path, words):
    def head_alone(request):
        if "watch=true" not in request.query:
            return request.send(200, pod_list(ready("head")))
        request.start_stream()
        return request.end_stream()

    names = itertools.count(1)
    both = {**routes(head_alone), APPS + "deployments": lambda r: refused(r, lambda _: words, names)}
    with FakeApi(both) as api:
        done = run(write_kubeconfig(tmp_path / "config", api.port), "create", "cluster", "demo", "--without-operator", "--no-agent",
                   "--worker-replicas", "1", "--wait", "--timeout", "90s", timeout=100)
    assert done.returncode == 1 and b"cannot become ready: pods are refused: " + words.encode() in done.stderr, done.stderr
