"""`get -w` as a process: what comes when, and what ends it."""

import json
import os
import signal
import subprocess
import threading

import pytest
from fake_api import FakeApi, environment, status, write_kubeconfig

RAY_API = {"resources": [{"name": "rayclusters"}, {"name": "rayjobs"}]}
CLUSTERS = "/apis/ray.io/v1/namespaces/default/rayclusters"
JOBS = "/apis/ray.io/v1/namespaces/default/rayjobs"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
refuse = lambda request: request.send(403, status(403, "Forbidden", "not for you"))


def cluster(state, version="1", name="demo", kind="RayCluster"):
    return {"apiVersion": "ray.io/v1", "kind": kind, "spec": {}, "status": {"state": state},
            "metadata": {"name": name, "namespace": "default", "uid": "u", "resourceVersion": version}}


class Feed:
    """A list, and a watch that sends what is put into it until the other side hangs up."""

    def __init__(self, *first):
        self.first, self.events, self.more = first, [], threading.Condition()

    def tell(self, type, object):
        with self.more:
            self.events.append({"type": type, "object": object})
            self.more.notify_all()

    def __call__(self, request):
        if "watch=true" not in request.query:
            return request.send(200, {"kind": "List", "metadata": {"resourceVersion": "1"}, "items": list(self.first)})
        request.start_stream()
        told = 0
        while True:
            with self.more:
                self.more.wait_for(lambda: len(self.events) > told, 60)
                fresh, told = self.events[told:], len(self.events)
            for event in fresh:
                request.chunk(event)


def api(**routes):
    return FakeApi({"/apis/ray.io/v1": lambda r: r.send(200, RAY_API), CLUSTERS: routes.get("clusters", Feed()),
                    JOBS: routes.get("jobs", Feed()), DEPLOYMENTS: routes.get("deployments", Feed())})


class Watch:
    def __init__(self, tmp_path, server, *words):
        self.process = subprocess.Popen([os.environ["KUBECTL_RAY"], "get", *words, "-w"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=environment(write_kubeconfig(tmp_path / "config", server.port)), text=True)
        self.timer = threading.Timer(60, self.process.kill)
        self.timer.start()

    def line(self):
        return self.process.stdout.readline()

    def object(self):
        """The next one of -o json."""
        text = self.line()
        while text.count("{") != text.count("}"):
            text += self.line()
        return json.loads(text)

    def end(self, number=None):
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        self.timer.cancel()
        return self.process.returncode, out, err


@pytest.mark.parametrize("name", [[], ["demo"]])
@pytest.mark.parametrize("noun, kind", [("cluster", "RayCluster"), ("job", "RayJob")])
def test_a_jsonpath_is_printed_at_each_change(tmp_path, noun, kind, name):
    feed = Feed(cluster("suspended", kind=kind))
    with api(clusters=feed, jobs=feed) as server:
        watch = Watch(tmp_path, server, noun, *name, "-o=jsonpath={.status.state}{\"\\n\"}")
        assert watch.line() == "suspended\n"
        feed.tell("MODIFIED", cluster("ready", "2", kind=kind))
        assert watch.line() == "ready\n"
        assert watch.end(signal.SIGINT) == (-signal.SIGINT, "", "")


def test_json_is_one_object_after_another_and_a_deletion_one_more(tmp_path):
    feed = Feed(cluster("ready"))
    with api(clusters=feed) as server:
        watch = Watch(tmp_path, server, "cluster", "-o", "json")
        assert watch.object()["status"]["state"] == "ready"
        feed.tell("DELETED", cluster("gone", "2"))
        assert watch.object()["status"]["state"] == "gone"
        assert watch.end(signal.SIGTERM)[0] == -signal.SIGTERM


def test_a_deletion_is_a_row(tmp_path):
    feed = Feed(cluster("ready"))
    with api(clusters=feed) as server:
        watch = Watch(tmp_path, server, "cluster", "-o", "custom-columns=NAME:.metadata.name,STATE:.status.state")
        assert [watch.line() for _ in range(2)] == ["NAME   STATE\n", "demo   ready\n"]
        feed.tell("DELETED", cluster("gone", "2"))
        assert watch.line() == "demo   gone\n"
        watch.end(signal.SIGINT)


def test_a_reader_that_goes_ends_it(tmp_path):
    feed = Feed(cluster("ready"))
    with api(clusters=feed) as server:
        watch = Watch(tmp_path, server, "cluster", "-o", "name")
        assert watch.line() == "raycluster.ray.io/demo\n"
        watch.process.stdout.close()
        feed.tell("MODIFIED", cluster("ready", "2"))
        assert watch.process.wait(30) == 1
        watch.timer.cancel()


def head(version):
    labels = {"ray.io/cluster": "demo", "ray.io/node-type": "head", "app.kubernetes.io/managed-by": "kubectl-ray"}
    return {"metadata": {"name": "demo-head", "namespace": "default", "uid": "u", "resourceVersion": version, "labels": labels},
            "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "ray"}]}}}}


@pytest.mark.parametrize("refused, left_out", [
    ("deployments", "clusters made without the operator are left out: "),
    ("clusters", "clusters of the KubeRay operator are left out: "),
])
@pytest.mark.parametrize("noun", ["cluster", "workergroup"])
def test_a_refusal_of_one_kind_leaves_the_other_and_is_noted_once(tmp_path, noun, refused, left_out):
    objects = {"clusters": lambda version: cluster("ready", version), "deployments": head}
    feeds = {name: Feed(made("1")) for name, made in objects.items()} | {refused: refuse}
    seen = "clusters" if refused == "deployments" else "deployments"
    with api(**feeds) as server:
        watch = Watch(tmp_path, server, noun, "-o", "name")
        note = watch.process.stderr.readline()
        assert note.startswith("note: " + left_out) and "not for you" in note
        if noun == "cluster":
            assert watch.line() == "raycluster.ray.io/demo\n"
            feeds[seen].tell("MODIFIED", objects[seen]("2"))
            assert watch.line() == "raycluster.ray.io/demo\n"
        code, _, err = watch.end(signal.SIGINT)
        assert (code, err) == (-signal.SIGINT, "")


def test_a_refusal_of_both_ends_it_with_the_reason(tmp_path):
    with api(clusters=refuse, deployments=refuse) as server:
        code, out, err = Watch(tmp_path, server, "cluster").end()
        assert (code, out) == (1, "") and "not for you" in err and "note: " not in err
