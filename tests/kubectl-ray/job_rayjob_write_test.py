"""What `job submit` writes of a RayJob, and what the API server says to it, with the real binary."""

import json

import pytest

from fake_api import FakeApi, run, status, write_kubeconfig

PATH = "/apis/ray.io/v1/namespaces/default/rayjobs"
FILE = """---
# What belongs to it.
apiVersion: v1
kind: ConfigMap
metadata: {name: code}
---
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: sample}
spec:
  submissionMode: InteractiveMode
  rayClusterSpec:
    headGroupSpec:
      rayStartParams: {}
      template: &pod
        spec:
          containers: [{name: head, image: example.com/ray:1}]
          volumes: [{name: key, secret: {secretName: key, defaultMode: 0400}}]
    workerGroupSpecs:
    - groupName: workers
      template: {<<: *pod, metadata: {labels: {a: 'yes'}}}
---
"""


def submit(folder, api, *arguments):
    """Its exit code and stderr. There is never a cluster to run in."""
    kubeconfig = write_kubeconfig(folder / "kubeconfig", api.port)
    done = run(kubeconfig, "job", "submit", *arguments, "--submission-id", "j", "--cluster-timeout", "1s", "--", "true")
    return done.returncode, done.stderr.decode()


class Server:
    """Keeps one RayJob, as an API server does that gives `answer` to each write."""

    def __init__(self, stored=None, code=201, body=None, headers=None):
        self.stored, self.code, self.body, self.headers, self.written = stored, code, body, headers, []

    def collection(self, request):
        if request.method == "GET" and "watch=" in request.query:
            request.send(200)  # a watch that ends at once
            return
        if request.method == "GET":
            items = [self.stored] if self.stored else []
            request.send(200, {"kind": "RayJobList", "metadata": {"resourceVersion": "1"}, "items": items})
            return
        self.written.append((request.method, request.query, json.loads(request.body)))
        if self.stored:
            request.send(409, status(409, "AlreadyExists", 'rayjobs.ray.io "sample" already exists', name="sample"))
        else:
            request.send(self.code, self.body or self.written[-1][2], self.headers)

    def object(self, request):
        assert request.method == "GET", "a RayJob that is there is not written to"
        if self.stored:
            request.send(200, self.stored)
        else:
            request.send(404, status(404, "NotFound", "not found", name="sample"))

    def routes(self):
        return {PATH: self.collection, PATH + "/sample": self.object}


def test_of_several_documents_the_rayjob_is_made_with_its_merges_and_modes(tmp_path):
    (tmp_path / "j.yaml").write_text(FILE)
    server = Server()
    with FakeApi(server.routes()) as api:
        code, told = submit(tmp_path, api, "-f", str(tmp_path / "j.yaml"))
    [(method, query, made)] = server.written
    assert method == "POST" and "fieldValidation=Strict" in query.split("&")
    spec = made["spec"]["rayClusterSpec"]
    assert spec["headGroupSpec"]["template"]["spec"]["volumes"][0]["secret"]["defaultMode"] == 0o400
    assert spec["workerGroupSpecs"][0]["template"] == {
        **spec["headGroupSpec"]["template"], "metadata": {"labels": {"a": "yes"}}}
    assert f'warning: of {tmp_path}/j.yaml only the RayJob is made, not ConfigMap "code"; make that with kubectl\n' in told


@pytest.mark.parametrize("text, cause", [
    ("", "it holds no RayJob"),
    ("---\n", "it holds no RayJob"),
    (FILE + FILE.replace("sample", "other"), "it holds several RayJobs"),
    # An API server of 1.34 refuses it when it is sent to the path of v1, with a 400 and no way out.
    (FILE.replace("ray.io/v1", "ray.io/v1alpha1"), 'its apiVersion is "ray.io/v1alpha1", not "ray.io/v1"\n'
                                                   "Write apiVersion: ray.io/v1 in the file"),
])
def test_files_that_mean_no_one_rayjob_are_refused(tmp_path, text, cause):
    (tmp_path / "j.yaml").write_text(text)
    with FakeApi({}) as api:
        code, told = submit(tmp_path, api, "-f", str(tmp_path / "j.yaml"))
    assert code == 2 and cause in told
    assert api.requests == []


def test_a_field_that_the_server_does_not_know_is_told_and_nothing_waits(tmp_path):
    refusal = status(400, "BadRequest", 'strict decoding error: unknown field "spec.shutdownAfterJobFinish"')
    server = Server(code=400, body=refusal)
    with FakeApi(server.routes()) as api:
        code, told = submit(tmp_path, api, "--name", "sample")
    assert code == 2
    assert 'unknown field "spec.shutdownAfterJobFinish"' in told


def test_warnings_of_the_server_are_printed_as_kubectl_prints_them(tmp_path):
    warning = r'299 - "would violate PodSecurity \"restricted:latest\": x", 299 - "ray.io/v1alpha1 is deprecated' + "\x1b[31m" + '"'
    server = Server(headers={"Warning": warning})
    with FakeApi(server.routes()) as api:
        code, told = submit(tmp_path, api, "--name", "sample")
    assert 'Warning: would violate PodSecurity "restricted:latest": x\nWarning: ray.io/v1alpha1 is deprecated\\x1b[31m\n' in told


@pytest.mark.parametrize("job_id, goes_on", [("j", True), ("another", False)])
def test_a_rayjob_that_is_there_is_never_taken_over(tmp_path, job_id, goes_on):
    stored = {"metadata": {"name": "sample", "uid": "u", "resourceVersion": "1"}, "spec": {"jobId": job_id}, "status": {}}
    server = Server(stored=stored)
    with FakeApi(server.routes()) as api:
        code, told = submit(tmp_path, api, "--name", "sample")
    assert [method for method, _, _ in server.written] == ["POST"]
    if goes_on:  # it is this very submission's, which was cut off before
        assert code == 13 and "Submitted RayJob sample." in told
    else:
        assert code != 0 and 'cannot make RayJob "sample": one of this name is there already' in told


def test_a_prestop_hook_that_stops_ray_is_warned_of(tmp_path):
    file = tmp_path / "job.yaml"
    hook = "lifecycle: {preStop: {exec: {command: [/bin/sh, -c, ray stop]}}}"
    file.write_text(FILE.replace("image: example.com/ray:1", f"image: example.com/ray:1, {hook}"))
    with FakeApi(Server().routes()) as api:
        _, said = submit(tmp_path, api, "-f", str(file))
        kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", api.port)
        created = run(kubeconfig, "create", "cluster", "x", "--dry-run", "-o", "name", "--without-operator", "--pod-template",
                      f"spec: {{containers: [{{name: ray-worker, {hook}}}]}}")
    assert [line for line in said.splitlines() if "preStop" in line] == [
        f'warning: the preStop hook of container "head" of {group} runs `ray stop`, which ends Ray before its pod can be '
        "drained: take it out" for group in ["the head", 'worker group "workers"']]
    assert created.returncode == 0
    assert created.stderr.count(b"preStop") == 1
    assert b'of container "ray-worker" of worker group "default-group" runs `ray stop`' in created.stderr
