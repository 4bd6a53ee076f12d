"""A worker's drain and watchdog, with a fake Ray and a GCS that plays along or does not."""
import contextlib
import socket
import subprocess
import time

import agent
import fake_gcs
import pytest
from fake_gcs import Answer, FakeGcs, field, node_info

# Says that it is up, and ends of TERM as `ray start --block` does: with 1.
RAY = """#!/bin/sh
trap 'echo ended; exit 1' TERM
echo up
while :; do sleep 0.05; done
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "ray").write_text(RAY)
    (tmp_path / "ray").chmod(0o755)
    return f"{tmp_path}:/usr/bin:/bin"


IDLE = 1  # ray.rpc.NodeSnapshot.NodeState
DIED, DRAINED = 2, 3  # ray.rpc.NodeDeathInfo.Reason


class Cluster(FakeGcs):
    """One worker, pod-1, busy until the test says otherwise."""

    def __init__(self, port=0):
        super().__init__(port=port)
        self.alive, self.death = True, None
        self.replies[fake_gcs.GET_ALL_NODE_INFO] = self.nodes

    def nodes(self, _, request):
        """As Ray 2.52: the living ones by default, one that is asked for dead too."""
        # What the GCS says of a living node may be from before the drain: idle.
        worker = node_info(b"node-1", "10.0.0.1", self.alive, instance_id="pod-1") + field(28, field(1, IDLE))
        if self.death:
            worker += field(29, field(1, self.death) + field(2, "as Ray puts it"))
        nodes = [node_info(b"head", "10.0.0.2", head=True), node_info(b"other", "10.0.0.3", instance_id="pod-2")]
        if self.alive or self.death:
            nodes.append(worker)
        selected = fake_gcs.fields(fake_gcs.fields(request).get(2, [b""])[0])  # GetAllNodeInfoRequest.NodeSelector
        for number, values in selected.items():  # 1: node_id, 3: node_ip_address; the same numbers in GcsNodeInfo are 1 and 2
            nodes = [node for node in nodes if fake_gcs.fields(node)[{1: 1, 3: 2}[number]] == values]
        return Answer(b"".join(field(2, node) for node in nodes))

    def break_connections(self):
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close_listener(self):
        """Connections that are open stay so."""
        self.stopped = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def start(gcs, path, *flags, **variables):
    process = agent.start("start", *flags, PATH=path, RAY_INIT_AGENT_NODE_TYPE="worker", FQ_RAY_IP="127.0.0.1",
                          RAY_PORT=str(gcs.port), RAY_CLOUD_INSTANCE_ID="pod-1", RAY_INIT_AGENT_LOGS="off", **variables)
    assert process.stdout.readline() == "up\n"
    return process


def questions(gcs):
    return [called for called, _, _ in gcs.calls].count(fake_gcs.GET_ALL_NODE_INFO)


def wait_until_the_drain_is_accepted(gcs):
    """Until the agent asks for its node again, which it does once it has read the answer."""
    gcs.wait_for_call(fake_gcs.DRAIN_NODE)
    gcs.wait_for_call(fake_gcs.GET_ALL_NODE_INFO, count=questions(gcs) + 1)


def test_a_worker_asks_to_be_drained_and_ends_once_it_is_idle(path):
    with Cluster() as gcs:
        process = start(gcs, path)
        before = time.time() * 1000
        process.terminate()
        call = gcs.wait_for_call(fake_gcs.DRAIN_NODE)
        request = fake_gcs.fields(call[2])
        assert request[1] == [b"node-1"]
        assert request[2] == [2]  # PREEMPTION
        assert 19000 < request[4][0] - before < 22000
        # One trial in two once lost its running tasks: the reported idleness of a living node was believed after a second,
        # which is four questions.
        gcs.wait_for_call(fake_gcs.GET_ALL_NODE_INFO, count=8)
        assert process.poll() is None
        gcs.alive, gcs.death = False, DRAINED
        assert process.wait(30) == 0
        out, err = process.communicate()
    assert out == "ended\n"
    assert "draining: the gcs moves this node's work away, for 20s at most" in err
    assert "drain: idle after" in err


def test_only_its_own_node_is_asked_for(path):
    with Cluster() as gcs:
        process = start(gcs, path, POD_IP="10.0.0.1")
        process.terminate()
        gcs.wait_for_call(fake_gcs.DRAIN_NODE)
        requests = [fake_gcs.fields(message) for called, _, message in gcs.calls if called == fake_gcs.GET_ALL_NODE_INFO]
        # NodeSelector.node_ip_address; state_filter ALIVE. Of 2,000 nodes the list is 2 MB, times the workers that end.
        assert requests[0] == {2: [field(3, "10.0.0.1")], 3: [0]}
        assert all(2 in request for request in requests)
        gcs.alive = False
        assert process.wait(30) == 0


def test_a_node_that_has_another_address_than_the_pod_is_found_by_its_name(path):
    with Cluster() as gcs:
        process = start(gcs, path, POD_IP="10.9.9.9")
        process.terminate()
        assert fake_gcs.fields(gcs.wait_for_call(fake_gcs.DRAIN_NODE)[2])[1] == [b"node-1"]
        gcs.alive = False
        assert process.wait(30) == 0


# Each of these ended Ray at once, and its work with it, though the drain had been accepted.
@pytest.mark.parametrize("fault", ["connection", "restart", "error"])
def test_no_failure_of_the_gcs_ends_a_drain_that_it_accepted(path, fault):
    gcs = Cluster().start()
    process = start(gcs, path)
    process.terminate()
    wait_until_the_drain_is_accepted(gcs)
    if fault == "connection":
        gcs.break_connections()
    elif fault == "restart":
        gcs.stop()
        gcs = Cluster(gcs.port).start()
    else:
        nodes, gcs.replies[fake_gcs.GET_ALL_NODE_INFO] = gcs.replies[fake_gcs.GET_ALL_NODE_INFO], Answer(grpc_status="14")
    gcs.wait_for_call(fake_gcs.GET_ALL_NODE_INFO, count=questions(gcs) + 3)
    if fault == "error":
        gcs.replies[fake_gcs.GET_ALL_NODE_INFO] = nodes
    assert process.poll() is None
    gcs.alive, gcs.death = False, DRAINED
    assert process.wait(30) == 0
    assert "drain: idle after" in process.stderr.read()
    gcs.stop()


def test_a_gcs_that_stays_away_after_it_accepted_is_named_at_the_deadline(path):
    gcs = Cluster().start()
    process = start(gcs, path, "--grace-period=13s")
    process.terminate()
    wait_until_the_drain_is_accepted(gcs)
    gcs.stop()
    assert process.wait(30) == 0
    assert "drain: the gcs is away (refused: connection refused) after 3s; ending ray" in process.stderr.read()


def test_a_drain_goes_over_the_watchdogs_connection(path):
    gcs = Cluster().start()
    process = start(gcs, path, "--gcs-silence=1h")
    gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID)
    gcs.wait_until_answers_are_read(4, process.pid)  # the wait's and the temp dir's, and the watchdog's two
    gcs.close_listener()  # no name server could be of use to a second connection, nor could it be made
    process.terminate()
    gcs.wait_for_call(fake_gcs.DRAIN_NODE)
    gcs.alive, gcs.death = False, DRAINED
    assert process.wait(30) == 0
    gcs.stop()


@pytest.mark.parametrize("fault", ["slow", "breaks off"])
def test_a_gcs_that_is_busy_when_the_drain_begins(path, fault):
    with Cluster() as gcs:
        calls = []

        def late(*request):
            calls.append(request)
            if len(calls) > 1:
                return gcs.nodes(*request)
            if fault == "breaks off":
                return Answer(b"", cut=0)
            time.sleep(1.5)  # twice as long as it was given once
            return gcs.nodes(*request)
        gcs.replies[fake_gcs.GET_ALL_NODE_INFO] = late
        process = start(gcs, path)
        process.terminate()
        gcs.wait_for_call(fake_gcs.DRAIN_NODE)
        gcs.alive = False
        assert process.wait(30) == 0


@pytest.mark.parametrize("death, message", [(DIED, ": as Ray puts it; ending ray"), (None, "s; ending ray")])
def test_a_node_that_is_gone_is_not_waited_for(path, death, message):
    with Cluster() as gcs:
        process = start(gcs, path)
        process.terminate()
        gcs.wait_for_call(fake_gcs.DRAIN_NODE)
        gcs.alive, gcs.death = False, death
        assert process.wait(30) == 0
    err = process.stderr.read()
    assert "drain: the node has left the cluster after" in err and message in err


def test_a_ray_that_ends_before_the_drain_is_over_has_not_failed(path, tmp_path):
    # `ray start --block` ends with 1 where its raylet is gone, which a drained one is.
    (tmp_path / "ray").write_text(f"#!/bin/sh\nmkfifo {tmp_path}/end\necho up\nread x < {tmp_path}/end\nexit 1\n")
    with Cluster() as gcs:
        process = start(gcs, path)
        process.terminate()
        gcs.wait_for_call(fake_gcs.DRAIN_NODE)
        (tmp_path / "end").write_text("x\n")
        assert process.wait(30) == 0
    assert "drain: ray has ended by itself" in process.stderr.read()


def test_the_deadline_of_a_drain(path):
    with Cluster() as gcs:
        process = start(gcs, path, "--grace-period=12s")
        begin = time.monotonic()
        process.terminate()
        assert process.wait(30) == 0
        assert time.monotonic() - begin > 1.9
    assert "drain: work is left after 2s; ending ray" in process.stderr.read()


def test_a_second_term_hurries(path):
    with Cluster() as gcs:
        process = start(gcs, path, "--grace-period=1h")
        process.terminate()
        gcs.wait_for_call(fake_gcs.DRAIN_NODE)
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize("flags", [["--drain=false"], ["--grace-period=5s"]])
def test_no_drain(path, flags):
    with Cluster() as gcs:
        process = start(gcs, path, *flags)
        process.terminate()
        assert process.wait(30) == 0
        assert fake_gcs.DRAIN_NODE not in [call[0] for call in gcs.calls]


def test_a_gcs_that_rejects_or_does_not_know_the_node(path):
    with Cluster() as gcs:
        gcs.replies[fake_gcs.DRAIN_NODE] = Answer(field(2, "not today"))
        process = start(gcs, path)
        process.terminate()
        assert process.wait(30) == 0
        assert "drain: the gcs does not want it: not today; ending ray" in process.stderr.read()
        gcs.alive = False
        process = start(gcs, path)
        process.terminate()
        assert process.wait(30) == 0
        assert "drain: the gcs has no living node of this pod: ray has not registered yet, or was stopped before SIGTERM came" in process.stderr.read()


@pytest.mark.parametrize("away", ["gone", "silent"])
def test_a_gcs_that_is_away_delays_nothing(path, away):
    gcs = Cluster().start()
    process = start(gcs, path, "--watchdog=false", "--grace-period=1h")
    gcs.replies[fake_gcs.GET_ALL_NODE_INFO] = Answer(None)
    if away == "gone":
        gcs.stop()
    process.terminate()
    assert process.wait(30) == 0
    assert "drain: the gcs is away" in process.stderr.read()
    gcs.stop()


def test_a_head_is_never_drained(path):
    process = agent.start("start", PATH=path, RAY_INIT_AGENT_NODE_TYPE="head", RAY_INIT_AGENT_LOGS="off")
    assert process.stdout.readline() == "up\n"
    process.terminate()
    assert process.wait(30) == 0
    assert "drain" not in process.stderr.read()


def test_a_head_that_came_back_as_another_cluster(path, tmp_path):
    message = tmp_path / "message"
    message.touch()
    with Cluster() as gcs:
        process = start(gcs, path, "--gcs-silence=6s", RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message))
        gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID)
        gcs.replies[fake_gcs.GET_CLUSTER_ID] = Answer(field(2, b"cluster-2"))
        assert process.wait(30) == 69
    assert "came back as another cluster" in message.read_text()


def test_a_gcs_that_stays_silent(path, tmp_path):
    message = tmp_path / "message"
    message.touch()
    gcs = Cluster().start()
    process = start(gcs, path, RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH=str(message), RAY_gcs_rpc_server_reconnect_timeout_s="3")
    gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID)
    gcs.stop()
    assert process.wait(30) == 70
    assert "is silent for" in message.read_text()
    assert "refused: connection refused" in message.read_text()


@pytest.mark.parametrize("config", [Answer(field(2, '{"gcs_rpc_server_reconnect_timeout_s": 3600}')), Answer(grpc_status="12")])
def test_the_clusters_own_configuration_counts_as_ray_has_it(path, config):
    gcs = Cluster().start()
    gcs.replies[fake_gcs.GET_INTERNAL_CONFIG] = config
    process = start(gcs, path, "--gcs-silence=1s", "--drain=false")
    gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID, count=2)
    gcs.stop()
    if config.grpc_status == "12":  # as of Ray 2.9
        assert process.wait(30) == 70
        return
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(3)
    process.terminate()
    assert process.wait(30) == 0


def test_a_gcs_that_answers_is_asked_six_times_in_its_silence(path):
    """It was asked each two seconds however long its silence may be. Each call begins a whole pause after the last answer."""
    asked = []

    def answer(*_):
        asked.append(time.monotonic())
        return Answer(field(2, b"cluster-1"))
    with Cluster() as gcs:
        gcs.replies[fake_gcs.GET_CLUSTER_ID] = answer
        process = start(gcs, path, "--gcs-silence=15s", "--drain=false")
        gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID, count=3)
        process.terminate()
        assert process.wait(30) == 0
    assert all(later - earlier >= 2.5 for earlier, later in zip(asked, asked[1:]))


def test_a_worker_whose_gcs_is_lost_ends_even_where_ray_does_not(path, tmp_path):
    # No kubelet asked for that end, so that none sends a SIGKILL after the grace period.
    (tmp_path / "ray").write_text("#!/bin/sh\ntrap '' TERM\necho up\nwhile :; do sleep 0.05; done\n")
    gcs = Cluster().start()
    process = start(gcs, path, "--gcs-silence=1s", "--grace-period=1s")
    gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID)
    gcs.stop()
    assert process.wait(30) == 70


def test_a_gcs_that_is_away_for_less_than_that_is_forgiven(path):
    gcs = Cluster().start()
    process = start(gcs, path, "--gcs-silence=1h")
    gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID)
    gcs.stop()
    with Cluster(gcs.port) as again:
        good, again.replies[fake_gcs.GET_CLUSTER_ID] = again.replies[fake_gcs.GET_CLUSTER_ID], Answer(grpc_status="14")
        again.wait_for_call(fake_gcs.GET_CLUSTER_ID, count=2)
        again.replies[fake_gcs.GET_CLUSTER_ID] = good
        again.wait_for_call(fake_gcs.GET_CLUSTER_ID, count=3)
        assert process.poll() is None
        process.terminate()
        again.wait_for_call(fake_gcs.DRAIN_NODE)
        again.alive = False
        assert process.wait(30) == 0
