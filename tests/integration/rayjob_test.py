"""`job submit --name` and `-f` through to the RayJob's own final status: a real API server with KubeRay's real definitions,
what KubeRay does to the status, and a dashboard that runs the jobs."""

import json
import os
import re
import signal
import subprocess

import pytest
import yaml

from api_server import kuberay_api_server, wait_for
from cluster import IMAGE, RAY_VERSION
from cutting_proxy import CuttingProxy
from fake_dashboard import FakeDashboard
from ray_job_operator import RayJobOperator, path

PROGRAM = os.environ["KUBECTL_RAY"]
LOG = "".join(f"line {i}\n" for i in range(400)).encode()
FILE = {"apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"name": "from-file"},
        "spec": {"submissionMode": "InteractiveMode", "runtimeEnvYAML": "env_vars: {COLOR: blue}\n",
                 "rayClusterSpec": {"rayVersion": RAY_VERSION, "headGroupSpec": {"rayStartParams": {}, "template": {
                     "spec": {"containers": [{"name": "head", "image": IMAGE}]}}}}}}


@pytest.fixture(scope="module")
def server():
    with kuberay_api_server() as running:
        yield running


@pytest.fixture
def dashboard():
    with FakeDashboard(LOG, questions=6) as running:
        yield running


@pytest.fixture
def operator(server, dashboard):
    with RayJobOperator(server, dashboard.port) as running:
        yield running
        running.cluster_is_ready.set()
        running.sees.set()
        server.request("DELETE", path())


def command(kubeconfig, port, verb, *arguments):
    return [PROGRAM, "--kubeconfig", str(kubeconfig), "job", verb, "--address", f"127.0.0.1:{port}", *arguments]


def run(server, port, *arguments):
    return subprocess.run(command(server.kubeconfig, port, *arguments), stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120, check=False)


class Submit:
    """A submit that runs meanwhile; read(text) waits until it said that on stderr."""

    def __init__(self, server, port, *arguments, kubeconfig=None):
        self.process = subprocess.Popen(command(kubeconfig or server.kubeconfig, port, "submit", *arguments),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.err = ""

    def read(self, text):
        while text not in self.err:
            line = self.process.stderr.readline()
            assert line, self.err
            self.err += line
        return self

    def end(self, signal_number=None):
        if signal_number:
            self.process.send_signal(signal_number)
        out, err = self.process.communicate(timeout=120)
        self.err += err
        return self.process.returncode, out.encode()


def status(server, name):
    return server.request("GET", path(name)).get("status") or {}


def wait_for_state(server, name, *states):
    wait_for(lambda: status(server, name).get("jobDeploymentStatus") in states)


def test_what_is_told_from_its_making_to_its_end(server, dashboard, operator):
    done = run(server, dashboard.port, "submit", "--name", "sample", "--submission-id", "j-1", "--ttl-seconds-after-finished", "60",
               "--", "python", "x.py")
    assert (done.returncode, done.stdout) == (0, LOG), done.stderr
    told = done.stderr.decode().replace(str(dashboard.port), "PORT")
    told = re.sub(r" --kubeconfig \S+", "", told)
    told = re.sub(r"(?m)^Current status: (?!SUCCEEDED).*\n", "", told)  # which of the states between it meets is a matter of time
    assert told == """Submitted RayJob sample.
Waiting for RayCluster
Checking Cluster Status for cluster sample-abcde...

------------------------------------
Job 'j-1' submitted successfully
------------------------------------

Next steps
  Query the logs of the job:
    kubectl ray job logs rayjob/sample --address 127.0.0.1:PORT
  Query the status of the job:
    kubectl ray job status rayjob/sample --address 127.0.0.1:PORT
  Request the job to be stopped:
    kubectl ray job stop rayjob/sample --address 127.0.0.1:PORT

Tailing logs until the job exits (disable with --no-wait):

---------------
Job 'j-1' succeeded
---------------

Waiting for job to finish...
Current status: SUCCEEDED (RayJob: sample, JobID: j-1)
Job j-1 finished with status SUCCEEDED.
""".replace("------------------------------------", "-" * len("Job 'j-1' submitted successfully")).replace(
        "---------------\nJob 'j-1' succeeded\n---------------", "{0}\nJob 'j-1' succeeded\n{0}".format("-" * len("Job 'j-1' succeeded")))
    assert status(server, "sample")["jobDeploymentStatus"] == "Complete"
    assert dashboard.runs == {"j-1": 1}


@pytest.mark.parametrize("end, job, code, told", [
    ("SUCCEEDED", {}, 0, "finished with status SUCCEEDED."),
    ("FAILED", {"driver_exit_code": 3, "message": "it fell over\nmore of it"}, 10, "finished with status FAILED.\nit fell over\n"),
    ("STOPPED", {"driver_exit_code": None}, 11, "finished with status STOPPED."),
])
def test_its_final_status_is_the_exit_code(server, dashboard, operator, end, job, code, told):
    dashboard.end, dashboard.job_fields = end, job
    done = run(server, dashboard.port, "submit", "--name", "ends", "--", "x")
    assert (done.returncode, done.stdout) == (code, LOG), done.stderr
    assert told in done.stderr.decode()
    # Anyone can ask again, later and from elsewhere.
    assert run(server, dashboard.port, "watch", "rayjob/ends").returncode == code
    done = run(server, dashboard.port, "logs", "-f", "rayjob/ends")
    assert (done.returncode, done.stdout) == (code, LOG)


def test_a_rayjob_of_a_file(server, dashboard, operator, tmp_path):
    file = tmp_path / "rayjob.yaml"
    file.write_text(yaml.safe_dump({**FILE, "metadata": {"generateName": "made-"}}))
    done = run(server, dashboard.port, "submit", "-f", str(file), "--submission-id", "j", "--ttl-seconds-after-finished", "9", "--",
               "python", "a b.py")
    assert (done.returncode, done.stdout) == (0, LOG), done.stderr
    name = re.search(r"Submitted RayJob (made-\w+)\.", done.stderr.decode())[1]
    spec = server.request("GET", path(name))["spec"]
    assert (spec["jobId"], spec["ttlSecondsAfterFinished"], spec["shutdownAfterJobFinishes"]) == ("j", 9, True)
    body = dashboard.jobs["j"]["body"]
    assert (body["entrypoint"], body["runtime_env"]) == ("python 'a b.py'", {"env_vars": {"COLOR": "blue"}})
    again = run(server, dashboard.port, "submit", "-f", str(file), "--runtime-env-json", '{"env_vars": {"A": "b"}}', "--no-wait", "--submission-id",
                "k", "--", "x")
    assert again.returncode == 0, again.stderr
    assert dashboard.jobs["k"]["body"]["runtime_env"] == {"env_vars": {"A": "b"}}


@pytest.mark.parametrize("change, told", [
    ({"kind": "RayCluster"}, "no RayJob"),
    ({"spec": {**FILE["spec"], "submissionMode": "K8sJobMode"}}, "submissionMode must be set to 'InteractiveMode'"),
    ({"spec": {**FILE["spec"], "backoffLimit": 2}}, "backoffLimit"),
    ({"metadata": {"name": "x", "namespace": "elsewhere"}}, "elsewhere"),
    ({"metadata": {}}, "metadata.name"),
    ({"spec": {**FILE["spec"], "ttlSecondsAfterFinished": 3}}, "shutdownAfterJobFinishes"),
])
def test_a_file_that_cannot_be_followed_makes_nothing(server, dashboard, operator, tmp_path, change, told):
    file = tmp_path / "rayjob.yaml"
    file.write_text(yaml.safe_dump({**FILE, **change}))
    done = run(server, dashboard.port, "submit", "-f", str(file), "--", "x")
    assert done.returncode == 2 and told in done.stderr.decode(), done.stderr
    assert server.request("GET", path())["items"] == [] and not dashboard.runs


def test_no_wait_leaves_its_end_to_the_operator(server, dashboard, operator):
    done = run(server, dashboard.port, "submit", "--name", "later", "--submission-id", "j", "--no-wait", "--", "x")
    assert (done.returncode, done.stdout) == (0, b"Ray job submitted with ID j\n"), done.stderr
    wait_for_state(server, "later", "Complete")
    assert run(server, dashboard.port, "watch", "rayjob/later").returncode == 0


def test_ctrl_c_while_it_runs_detaches_and_its_name_leads_back(server, dashboard, operator):
    dashboard.questions = 1 << 30
    submit = Submit(server, dashboard.port, "--name", "long", "--submission-id", "j", "--", "x")
    for _ in LOG.splitlines():
        submit.process.stdout.readline()
    assert submit.end(signal.SIGINT)[0] == 15
    assert "Detached from job 'j', which goes on." in submit.err
    assert "kubectl ray job logs -f rayjob/long" in submit.err and "kubectl ray job stop rayjob/long" in submit.err
    assert not dashboard.jobs["j"]["stopped"]
    wait_for_state(server, "long", "Running")
    dashboard.questions = 0
    done = run(server, dashboard.port, "logs", "-f", "rayjob/long")
    assert (done.returncode, done.stdout) == (0, LOG), done.stderr


@pytest.mark.parametrize("from_file", [False, True])
def test_ctrl_c_before_its_cluster_says_what_stays_and_how_to_go_on(server, dashboard, operator, tmp_path, from_file):
    file = tmp_path / "rayjob.yaml"
    file.write_text(yaml.safe_dump({**FILE, "metadata": {"name": "early"}}))
    operator.sees.clear()
    arguments = [*(["-f", str(file)] if from_file else ["--name", "early"]), "--submission-id", "j", "--", "x"]
    submit = Submit(server, dashboard.port, *arguments).read("Waiting for RayCluster")
    assert submit.end(signal.SIGINT) == (-signal.SIGINT, b"")
    assert 'RayJob "early" stays, and no job was submitted to it.' in submit.err
    assert "kubectl ray delete rayjob/early" in submit.err and "--submission-id j" in submit.err
    assert not dashboard.runs
    operator.sees.set()
    wait_for_state(server, "early", "Running")
    done = run(server, dashboard.port, "submit", *arguments)
    assert (done.returncode, done.stdout) == (0, LOG), done.stderr
    assert status(server, "early")["jobStatus"] == "SUCCEEDED"
    other = run(server, dashboard.port, "submit", *arguments[:-3], "k", "--", "x")
    assert other.returncode == 1 and b"one of this name is there already" in other.stderr
    assert dashboard.runs == {"j": 1}


@pytest.mark.parametrize("flag, code", [("--timeout", 14), ("--cluster-timeout", 13)])
def test_a_cluster_that_does_not_come_in_time(server, dashboard, operator, flag, code):
    operator.sees.clear()
    done = run(server, dashboard.port, "submit", "--name", "slow", flag, "5s", "--", "x")
    assert (done.returncode, done.stdout) == (code, b""), done.stderr
    assert 'RayJob "slow" has no cluster yet' in done.stderr.decode()
    assert "kubectl ray delete rayjob/slow" in done.stderr.decode()
    assert not dashboard.runs


def test_the_time_is_over_while_it_runs(server, dashboard, operator):
    dashboard.questions = 1 << 30
    # The time counts from the start, and the operator and the dashboard have their share of it.
    done = run(server, dashboard.port, "submit", "--name", "long", "--submission-id", "j", "--timeout", "10s", "--", "x")
    assert (done.returncode, done.stdout) == (14, LOG), done.stderr
    assert "kubectl ray job logs -f rayjob/long" in done.stderr.decode()
    assert not dashboard.jobs["j"]["stopped"]
    done = run(server, dashboard.port, "submit", "--name", "dead", "--submission-id", "k", "--deadline", "10s", "--", "x")
    assert done.returncode == 14 and dashboard.jobs["k"]["stopped"], done.stderr
    wait_for_state(server, "dead", "Complete")


def test_cut_connections_to_the_api_server_and_the_dashboard(server, dashboard, operator, tmp_path):
    with CuttingProxy(int(server.url.rsplit(":", 1)[1])) as api, CuttingProxy(dashboard.port, 2000, every=9000) as jobs:
        config = json.loads(server.kubeconfig.read_text())
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{api.port}"
        (tmp_path / "config").write_text(json.dumps(config))
        operator.sees.clear()
        submit = Submit(server, jobs.port, "--name", "cut", "--", "x", kubeconfig=tmp_path / "config")
        submit.read("Waiting for RayCluster")
        api.cut()
        operator.sees.set()
        submit.read("Tailing logs")
        operator.sees.clear()
        submit.read("Waiting for job to finish...")
        api.cut()
        operator.sees.set()
        assert submit.end() == (0, LOG), submit.err
        assert jobs.cuts > 0
    assert "finished with status SUCCEEDED." in submit.err
    assert list(dashboard.runs.values()) == [1]


def test_stop_suspends_one_whose_job_has_not_begun(server, dashboard, operator):
    operator.cluster_is_ready.clear()
    server.request("POST", path(), {**FILE, "spec": {**FILE["spec"], "jobId": "j", "shutdownAfterJobFinishes": True}})
    wait_for_state(server, "from-file", "Initializing")
    done = run(server, dashboard.port, "stop", "rayjob/from-file")
    assert done.returncode == 0, done.stderr
    assert "Suspended RayJob from-file, whose job had not begun" in done.stderr.decode()
    wait_for_state(server, "from-file", "Suspended")
    done = server.ray("job", "list", "-o", "custom-columns=ID:.ray_job,STATUS:.status")
    assert done.stdout.split()[-2:] == ["from-file", "STOPPED"], done.stderr
    operator.cluster_is_ready.set()
    server.request("PATCH", path("from-file"), {"spec": {"suspend": False}}, "application/merge-patch+json")
    wait_for_state(server, "from-file", "Running")


def test_stop_of_one_that_keeps_its_cluster_says_what_is_left_to_do(server, dashboard, operator):
    server.request("POST", path(), FILE)
    done = run(server, dashboard.port, "stop", "rayjob/from-file")
    assert done.returncode == 1 and "kubectl ray delete rayjob/from-file" in done.stderr.decode()


@pytest.mark.parametrize("end, told", [
    ("suspended", "is Suspended, and its job was never submitted"),
    ("deleted", "was deleted before its job was submitted"),
    ("deadline", "is Failed, and its job was never submitted: The RayJob has passed the activeDeadlineSeconds."),
])
def test_one_that_ends_before_its_job_is_no_endless_wait(server, dashboard, operator, tmp_path, end, told):
    # Without --address: its head pod is waited for, which no operator makes here.
    operator.cluster_is_ready.clear()
    file = tmp_path / "rayjob.yaml"
    file.write_text(yaml.safe_dump({**FILE, "spec": {**FILE["spec"], "shutdownAfterJobFinishes": True}}))
    process = subprocess.Popen([PROGRAM, "--kubeconfig", str(server.kubeconfig), "job", "submit", "-f", str(file), "--", "x"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        lines = iter(process.stderr.readline, "")
        assert any("Checking Cluster Status" in line for line in lines)
        change = {"suspended": {"suspend": True}, "deadline": {"activeDeadlineSeconds": 1}}.get(end)
        if change:
            server.request("PATCH", path("from-file"), {"spec": change}, "application/merge-patch+json")
        if end == "deleted":
            server.request("DELETE", path("from-file"))
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 13 and told in err, err
    assert not dashboard.runs


def test_one_that_kuberay_refuses(server, dashboard, operator):
    server.request("POST", path(), {**FILE, "spec": {**FILE["spec"], "backoffLimit": 1}})
    wait_for_state(server, "from-file", "ValidationFailed")
    done = run(server, dashboard.port, "watch", "rayjob/from-file")
    assert done.returncode == 10, done.stderr
    assert "finished with status FAILED.\nThe RayJob spec is invalid" in done.stderr.decode()


CLUSTER = "/apis/ray.io/v1/namespaces/default/rayclusters"


@pytest.mark.parametrize("state, code, told", [
    ("Complete", 0, "Job j finished with status SUCCEEDED."),
    ("Running", 1, "`kubectl ray job status rayjob/lost -n default` shows how its RayJob goes on."),
    ("", 1, 'Its RayJob "lost" is not there any more either.'),
])
def test_one_whose_cluster_is_deleted_while_it_is_followed(server, state, code, told):
    # No operator: with its ttl over it takes the cluster away as soon as the job is, before anyone has asked for the end.
    spec = FILE["spec"]["rayClusterSpec"]
    server.request("POST", CLUSTER, {"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "lost-abcde"}, "spec": spec})
    server.request("POST", path(), {**FILE, "metadata": {"name": "lost"}, "spec": {**FILE["spec"], "jobId": "j"}})
    status = {"jobId": "j", "jobDeploymentStatus": "Running", "jobStatus": "RUNNING", "rayClusterName": "lost-abcde"}
    server.request("PATCH", path("lost") + "/status", {"status": status}, "application/merge-patch+json")
    with FakeDashboard(LOG, questions=1 << 30) as dashboard, CuttingProxy(dashboard.port) as proxy:
        assert run(server, dashboard.port, "submit", "--submission-id", "j", "--no-wait", "--", "x").returncode == 0
        process = subprocess.Popen(command(server.kubeconfig, proxy.port, "logs", "-f", "rayjob/lost"), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in LOG.splitlines():
            process.stdout.readline()
        server.request("DELETE", f"{CLUSTER}/lost-abcde")
        if state == "Complete":
            over = {"jobDeploymentStatus": state, "jobStatus": "SUCCEEDED"}
            server.request("PATCH", path("lost") + "/status", {"status": over}, "application/merge-patch+json")
        if not state:
            server.request("DELETE", path("lost"))
    _, err = process.communicate(timeout=120)
    server.request("DELETE", path())
    assert process.returncode == code and told in err, err
