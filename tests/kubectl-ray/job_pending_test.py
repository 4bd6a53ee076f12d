"""Why a job waits: `job status` asks the cluster's GCS for nodes and what is in use, and the dashboard only if that does not answer."""

import json
import pathlib

from fake_api import FakeApi, forward_to, pod_list, run, write_kubeconfig
from fake_dashboard import FakeDashboard
from fake_gcs import Answer, FakeGcs

CORE = "/api/v1/namespaces/default"
STATUS = pathlib.Path(__file__).parents[1] / "fuzz/corpus/gcs_status/v2"  # as Ray encodes it: no node has more than one GPU
METHOD = "/ray.rpc.autoscaler.AutoscalerStateService/GetClusterStatus"
GROUP = {"groupName": "gpu", "minReplicas": 0, "replicas": 1, "maxReplicas": 1, "template": {"spec": {"containers": [
    {"name": "ray-worker", "resources": {"limits": {"cpu": "2", "nvidia.com/gpu": "1"}}}]}}}
CLUSTER = {"metadata": {"name": "demo", "namespace": "default"}, "status": {"state": "ready"},
           "spec": {"enableInTreeAutoscaling": True, "headGroupSpec": {}, "workerGroupSpecs": [GROUP]}}


def pod(name, node_type, group):
    return {"metadata": {"name": name, "namespace": "default",
                         "labels": {"ray.io/cluster": "demo", "ray.io/node-type": node_type, "ray.io/group": group}},
            "spec": {"nodeName": "n1", "containers": [{"name": "ray-" + node_type}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [
                {"name": "ray-" + node_type, "restartCount": 0, "started": True, "ready": True, "state": {"running": {}}}]}}


HEAD, WORKER = pod("head", "head", "headgroup"), pod("demo-gpu-a", "worker", "gpu")


def waiting(tmp_path, gcs_answer, needs, cluster=CLUSTER, worker=WORKER):
    """The line that says why, and the paths that the dashboard was asked for beside the job's."""
    with FakeGcs() as gcs, FakeDashboard(job={"status": "PENDING", "message": "Job has not started yet."}) as dashboard:
        gcs.replies[METHOD] = gcs_answer
        dashboard.jobs["j"] = {"asked": 0, "body": {"submission_id": "j", "entrypoint": "x"}, "stopped": False}
        dashboard.state = {"actors": [{"required_resources": needs}]}
        dashboard.cluster_status = [{}, "Resources\n----\nTotal Usage:\n 0.0/2.0 CPU\n"]
        with FakeApi({"/apis/ray.io/v1": lambda r: r.send(200, {"resources": [{"name": "rayclusters"}, {"name": "rayjobs"}]}),
                      "/apis/ray.io/v1/namespaces/default/rayclusters/demo": lambda r: r.send(200, cluster),
                      CORE + "/pods": lambda r: r.send(200, pod_list(HEAD, worker)), CORE + "/events": lambda r: r.send(200, {"items": []}),
                      CORE + "/pods/head/portforward": forward_to({6379: gcs.port, 8265: dashboard.port})}) as api:
            done = run(write_kubeconfig(tmp_path / "config", api.port), "job", "status", "j", "--cluster", "demo")
        asked = [line.split()[1].split("?")[0] for line in dashboard.requests]
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.decode().splitlines() if line.startswith("Waiting: ")]
    return "".join(lines), [path for path in asked if "/nodes" in path or "cluster_status" in path]


def test_the_gcs_s_nodes_count_and_the_group_s_reason_follows(tmp_path):
    why, asked = waiting(tmp_path, Answer(STATUS.read_bytes()), {"CPU": 1.0, "GPU": 4.0})
    assert why == ("Waiting: no node of the cluster has what its entrypoint asks for: GPU: 4 (the most that one has is 1); "
                   "no group has nodes that could hold it; nearest is gpu, which lacks GPU: 4 (it has 1)")
    assert not asked  # the dashboard's lists of nodes are long


def test_without_an_autoscaler_what_is_lacking_is_all_there_is_to_say(tmp_path):
    cluster = json.loads(json.dumps(CLUSTER))
    del cluster["spec"]["enableInTreeAutoscaling"]
    why, _ = waiting(tmp_path, Answer(STATUS.read_bytes()), {"GPU": 4.0}, cluster)
    assert why == "Waiting: no node of the cluster has what its entrypoint asks for: GPU: 4 (the most that one has is 1)"


def test_a_pod_that_is_not_well_is_the_reason_before_the_group_s(tmp_path):
    worker = json.loads(json.dumps(WORKER))
    worker["spec"].pop("nodeName")
    worker["status"] = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                                                            "message": "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."}]}
    why, _ = waiting(tmp_path, Answer(STATUS.read_bytes()), {"GPU": 4.0}, worker=worker)
    assert "GPU: 4 (the most that one has is 1); pod \"demo-gpu-a\" " in why and "Insufficient nvidia.com/gpu" in why
    assert "no group" not in why


def test_a_gcs_that_does_not_have_the_call_leaves_it_to_the_dashboard(tmp_path):
    why, asked = waiting(tmp_path, Answer(grpc_status="12"), {"GPU": 4.0})
    assert why.startswith("Waiting: no node of the cluster has what its entrypoint asks for: GPU: 4; ")
    assert "nearest is gpu, which lacks GPU: 4 (it has 1)" in why
    assert asked == ["/api/v0/nodes", "/api/cluster_status"]
