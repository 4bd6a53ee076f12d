"""`logs -f` while streams break, containers restart and the API server goes away: no line lost, none twice."""

import json
import os
import signal
import subprocess
import threading

from fake_api import FakeApi, environment, pod, pod_list, status, write_kubeconfig

PODS = "/api/v1/namespaces/default/pods"


def line(second, text):
    return f"2026-11-21T03:00:{second:02d}.5Z {text}\n"


class Follower:
    """`logs -f demo` as a process whose lines are waited for."""

    def __init__(self, config, *flags):
        self.process = subprocess.Popen([os.environ["KUBECTL_RAY"], "logs", "-f", "demo", *flags],
                                        env=environment(config), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def lines(self, count):
        timer = threading.Timer(60, self.process.kill)
        timer.start()
        try:
            return [self.process.stdout.readline().decode() for _ in range(count)]
        finally:
            timer.cancel()

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=30)
        return self.process.returncode, out.decode()


def pods_route(first, events):
    """A list, then a watch that sends `events` (a list of (event to wait for, watch event)) and stays open."""

    def route(request):
        if "watch=true" not in request.query:
            return request.send(200, pod_list(*first))
        request.start_stream()
        for waited_for, event in events:
            waited_for.wait(60)
            request.chunk(event)
        threading.Event().wait(60)

    return route


def test_a_stream_that_breaks_goes_on_where_it_was(tmp_path):
    streams = []

    def log(request):
        streams.append(request.query)
        request.start_stream()
        if len(streams) == 1:
            request.chunk(line(1, "a") + line(2, "b") + "2026-11-21T03:00:02.7Z half")
            return request.drop()
        request.chunk(line(2, "b") + "2026-11-21T03:00:02.7Z half a line\n" + line(3, "c"))
        threading.Event().wait(60)

    with FakeApi({PODS: pods_route([pod("head")], []), PODS + "/head/log": log}) as api:
        follower = Follower(write_kubeconfig(tmp_path / "config", api.port), "--no-prefix")
        assert follower.lines(4) == ["a\n", "b\n", "half a line\n", "c\n"]
        assert follower.interrupt() == (-signal.SIGINT, "")
    assert "sinceTime=2026-11-21T03%3A00%3A02Z" in streams[1]


def test_new_pods_and_restarted_containers_are_picked_up(tmp_path):
    first_read, second_read = threading.Event(), threading.Event()
    streams = []

    def log(request):
        streams.append(request.query)
        request.start_stream()
        if len(streams) == 1:
            request.chunk(line(1, "before"))
            first_read.set()
        elif "previous=true" in request.query:
            request.chunk(line(1, "before") + line(2, "last words"))
        elif len(streams) > 2:
            request.chunk(line(3, "after"))
            second_read.set()
        request.end_stream()

    def worker_log(request):
        request.start_stream()
        request.chunk(line(4, "worker"))
        threading.Event().wait(60)

    events = [
        (first_read, {"type": "MODIFIED", "object": pod("head", restarts=1, version="2")}),
        (second_read, {"type": "ADDED", "object": pod("w", node_type="worker", version="3")}),
    ]
    with FakeApi({PODS: pods_route([pod("head")], events), PODS + "/head/log": log,
                  PODS + "/w/log": worker_log}) as api:
        follower = Follower(write_kubeconfig(tmp_path / "config", api.port))
        assert follower.lines(2) == ["[head] before\n", "[head] last words\n"]
        assert sorted(follower.lines(2)) == ["[head] after\n", "[w] worker\n"]  # two pods' order is nobody's
        assert follower.interrupt() == (-signal.SIGINT, "")


def test_an_api_server_that_restarts(tmp_path):
    def log(lines):
        def route(request):
            request.start_stream()
            request.chunk(lines)
            threading.Event().wait(0.2)
            request.drop()

        return route

    def watch_that_ends(request):
        if "watch=true" not in request.query:
            return request.send(200, pod_list(pod("head")))
        request.start_stream()
        threading.Event().wait(0.2)
        request.drop()

    with FakeApi({PODS: watch_that_ends, PODS + "/head/log": log(line(1, "a"))}) as api:
        follower = Follower(write_kubeconfig(tmp_path / "config", api.port), "--no-prefix")
        assert follower.lines(1) == ["a\n"]
    with FakeApi({PODS: watch_that_ends, PODS + "/head/log": log(line(1, "a") + line(2, "b"))}, api.port):
        assert follower.lines(1) == ["b\n"]
        assert follower.interrupt() == (-signal.SIGINT, "")


def test_410_lists_again_and_goes_on(tmp_path):
    joined = threading.Event()
    lists = []

    def pods(request):
        if "watch=true" in request.query:
            request.start_stream()
            if len(lists) <= 2:  # the command itself looks once, then the watch lists
                request.chunk({"type": "ERROR", "object": status(410, "Expired")})
                return request.end_stream()
            return threading.Event().wait(60)
        lists.append(request.query)
        request.send(200, pod_list(pod("head"), *([pod("w", node_type="worker")] if len(lists) > 2 else [])))

    def log(request):
        request.start_stream()
        request.chunk(line(1, "x"))
        joined.set()
        threading.Event().wait(60)

    with FakeApi({PODS: pods, PODS + "/head/log": log, PODS + "/w/log": log}) as api:
        follower = Follower(write_kubeconfig(tmp_path / "config", api.port))
        assert sorted(follower.lines(2)) == ["[head] x\n", "[w] x\n"]
        assert follower.interrupt() == (-signal.SIGINT, "")


def test_a_reader_that_goes_ends_it(tmp_path):
    def log(request):
        request.start_stream()
        for i in range(100000):
            request.chunk(json.dumps({"n": i}) + "\n")

    with FakeApi({PODS: pods_route([pod("head")], []), PODS + "/head/log": log}) as api:
        follower = Follower(write_kubeconfig(tmp_path / "config", api.port))
        assert follower.lines(1)
        follower.process.stdout.close()
        assert follower.process.wait(30) == 1
