"""What KubeRay does to RayJobs, for tests of what follows them: their status alone. No cluster comes of it; their jobs are
looked for on a dashboard at hand.

States and fields are those of ray-operator/controllers/ray/rayjob_controller.go (1.7).
"""

import contextlib
import datetime
import json
import threading
import urllib.error
import urllib.request

INTERACTIVE = "InteractiveMode"


class RayJobOperator:
    """Reconciles the RayJobs of namespace `default` while its `with` lasts.

    server: an api_server.ApiServer. dashboard_port: of the dashboard that all their clusters have. Until `sees` is set it
    does not see a RayJob, until `cluster_is_ready` is set every cluster is still starting; both are set to begin with.
    """

    def __init__(self, server, dashboard_port):
        self.server = server
        self.dashboard = f"http://127.0.0.1:{dashboard_port}"
        self.sees, self.cluster_is_ready = threading.Event(), threading.Event()
        self.sees.set()
        self.cluster_is_ready.set()
        self.failure = None
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()
        assert self.failure is None, self.failure

    def _run(self):
        try:
            while not self.stopped.wait(0.05):  # the operator too asks a dashboard again and again
                if not self.sees.is_set():
                    continue
                for ray_job in self.server.request("GET", path())["items"]:
                    with unless_deleted_meanwhile():
                        self._reconcile(ray_job)
        except Exception as error:  # asserted by __exit__, on the test's own thread
            self.failure = error

    def _reconcile(self, ray_job):
        old = ray_job.get("status") or {}
        if not old:
            self._own_worker_groups(ray_job)
        new = self._next(ray_job["metadata"]["name"], ray_job["spec"], dict(old))
        if new == old:
            return
        gone = {key: None for key in old if key not in new}
        self.server.request("PATCH", path(ray_job["metadata"]["name"]) + "/status", {"status": {**new, **gone}},
                            "application/merge-patch+json")

    def _own_worker_groups(self, ray_job):
        """As the operator does when it writes the whole object back, with what its own types add."""
        groups = ray_job["spec"]["rayClusterSpec"].get("workerGroupSpecs")
        if groups:
            owned = [{**group, "scaleStrategy": {}} for group in groups]
            self.server.request("PATCH", path(ray_job["metadata"]["name"]) + "?fieldManager=kuberay-operator",
                                {"spec": {"rayClusterSpec": {"workerGroupSpecs": owned}}}, "application/merge-patch+json")

    def _next(self, name, spec, status):
        state = status.get("jobDeploymentStatus", "")
        if state == "" and spec.get("backoffLimit") and spec.get("submissionMode") == INTERACTIVE:
            return {"jobDeploymentStatus": "ValidationFailed", "reason": "ValidationFailed",
                    "message": "The RayJob spec is invalid: backoffLimit is incompatible with InteractiveMode"}
        if state == "":
            return {"jobDeploymentStatus": "Initializing", "rayClusterName": name + "-abcde", "startTime": now()}
        if state in ("Initializing", "Running") and spec.get("suspend"):
            return {**status, "jobDeploymentStatus": "Suspending"}
        if state in ("Initializing", "Running") and is_past_deadline(spec, status):
            return {**status, "jobDeploymentStatus": "Failed", "reason": "DeadlineExceeded",
                    "message": "The RayJob has passed the activeDeadlineSeconds. StartTime: ..."}
        if state == "Initializing" and self.cluster_is_ready.is_set():
            return {**status, "jobDeploymentStatus": "Waiting", "dashboardURL": self.dashboard.removeprefix("http://")}
        if state == "Waiting" and spec.get("jobId"):
            return {**status, "jobDeploymentStatus": "Running", "jobId": spec["jobId"]}
        if state == "Running":
            return self._with_job(status)
        if state == "Suspending":
            return {"jobDeploymentStatus": "Suspended"}
        if state == "Suspended" and not spec.get("suspend"):
            return {}
        return status

    def _with_job(self, status):
        try:
            with urllib.request.urlopen(f"{self.dashboard}/api/jobs/{status['jobId']}", timeout=10) as answer:
                job = json.load(answer)
        except OSError:
            return status
        over = job["status"] in ("SUCCEEDED", "FAILED", "STOPPED")
        failed = job["status"] == "FAILED"
        return {**status, "jobStatus": job["status"], "message": job["message"],
                "jobDeploymentStatus": ("Failed" if failed else "Complete") if over else "Running",
                **({"reason": "AppFailed"} if failed else {}), **({"endTime": now()} if over else {})}


@contextlib.contextmanager
def unless_deleted_meanwhile():
    try:
        yield
    except urllib.error.HTTPError as error:
        if error.code not in (404, 409):  # 409: and made again
            raise


def path(name=""):
    return "/apis/ray.io/v1/namespaces/default/rayjobs" + (f"/{name}" if name else "")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_past_deadline(spec, status):
    begin = datetime.datetime.strptime(status["startTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    age = (datetime.datetime.now(datetime.timezone.utc) - begin).total_seconds()
    return spec.get("activeDeadlineSeconds") is not None and age > spec["activeDeadlineSeconds"]
