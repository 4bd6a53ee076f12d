"""`kubectl ray rights`: a real API server lets a user who has just that Role do all that the command does, and writes down that
nothing of it was too much. There is no node: what a command does after it has reached Ray in a pod is in tests/e2e."""

import contextlib
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import urllib.error

import pytest
import yaml

from api_server import kuberay_api_server
from cluster import IMAGE

RBAC = "/apis/rbac.authorization.k8s.io/v1"
names = (f"r{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server():
    with kuberay_api_server() as running:
        plain = running.ray("create", "cluster", "plain", "--without-operator", "--no-agent", "--dry-run", "-o", "json")
        running.plain = [item for item in json.loads(plain.stdout)["items"] if item["kind"] == "Deployment"]
        yield running


def post(server, path, body, status=None):
    with contextlib.suppress(urllib.error.HTTPError):  # it is there already
        server.request("POST", path, body)
    if status:
        patch = json.dumps({"status": status}).encode()
        server.request("PATCH", f"{path}/{body['metadata']['name']}/status", patch, "application/merge-patch+json")


TOKEN = [{"name": "RAY_AUTH_MODE", "value": "token"},
         {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": "token", "key": "t"}}}]
READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
         "containerStatuses": [{"name": "ray", "ready": True, "started": True, "restartCount": 0, "image": "x", "imageID": "x",
                                "state": {"running": {}}}]}


def pod(name, cluster, node_type, status):
    labels = {"ray.io/cluster": cluster, "ray.io/node-type": node_type, "ray.io/is-ray-node": "yes",
              "ray.io/group": "headgroup" if node_type == "head" else "default-group"}
    return ({"metadata": {"name": name, "labels": labels},
             "spec": {"nodeName": "nowhere", "containers": [{"name": "ray", "image": "x", "env": TOKEN}]}}, status)


def ray_cluster(name, **spec):
    template = {"spec": {"containers": [{"name": "ray", "image": "x", "env": TOKEN}]}}
    return {"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": name},
            "spec": {"headGroupSpec": {"rayStartParams": {}, "template": template}, **spec, "workerGroupSpecs": [
                {"groupName": "default-group", "replicas": 1, "minReplicas": 0, "maxReplicas": 9, "rayStartParams": {}, "template": template}]}}


def ray_job(name, **spec):
    return {"apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"name": name},
            "spec": {"entrypoint": "true", "shutdownAfterJobFinishes": True, "rayClusterSpec": ray_cluster("x")["spec"], **spec}}


def cron_job(name):
    return {"apiVersion": "ray.io/v1", "kind": "RayCronJob", "metadata": {"name": name}, "spec": {"schedule": "0 3 * * *", "jobTemplate": ray_job("x")["spec"]}}


def job_status(cluster, state, **more):
    return {"rayClusterName": cluster, "jobId": "j", "jobDeploymentStatus": state, **more}


def fill(server, ns):
    """What commands are tried on; what an earlier command took away is made again."""
    core, ray = f"/api/v1/namespaces/{ns}", f"/apis/ray.io/v1/namespaces/{ns}"
    post(server, f"{core}/secrets", {"metadata": {"name": "token"}, "data": {"t": "dA=="}})
    post(server, f"{core}/services", {"metadata": {"name": "half-head-svc"}, "spec": {"ports": [{"port": 1}]}})
    post(server, f"{core}/services", {"metadata": {"name": "big-head-svc", "labels": {"ray.io/cluster": "big", "ray.io/node-type": "head"}},
                                      "spec": {"ports": [{"name": "dashboard", "port": 8265}]}})
    waiting = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}
    for body, status in (pod("big-head", "big", "head", READY), pod("big-worker", "big", "worker", READY),
                         pod("plain-head", "plain", "head", READY), pod("plain-default-group-worker", "plain", "worker", READY),
                         pod("sick-head", "sick", "head", waiting)):
        post(server, f"{core}/pods", body, status)
    for body in (ray_cluster("big"), ray_cluster("sick"), ray_cluster("asleep", suspend=True), ray_cluster("secured", authOptions={"mode": "token"})):
        post(server, f"{ray}/rayclusters", body)
    for item in server.plain:
        body = json.loads(json.dumps(item))
        body["metadata"]["namespace"] = ns
        body["spec"]["template"]["spec"]["containers"][0].setdefault("env", []).extend(TOKEN)
        post(server, f"/apis/apps/v1/namespaces/{ns}/deployments", body)
    post(server, f"{ray}/rayjobs", ray_job("rj"), job_status("big", "Running"))
    post(server, f"{ray}/rayjobs", ray_job("over"), job_status("", "Complete", jobStatus="SUCCEEDED"))
    post(server, f"{ray}/rayjobs", ray_job("early"), job_status("", "Initializing"))
    post(server, f"{ray}/rayjobs", ray_job("again", jobId="j", submissionMode="InteractiveMode"), job_status("sick2", "Initializing"))
    post(server, f"{ray}/rayservices", {"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"name": "svc"},
                                        "spec": {"rayClusterConfig": ray_cluster("x")["spec"]}}, {"activeServiceStatus": {"rayClusterName": "big"}})
    for name in ("cj", "gone"):
        post(server, f"{ray}/raycronjobs", cron_job(name))
    fill_injected(server, ns)


def fill_injected(server, ns):
    """What `uninject` changes: objects whose pods have an injection's record."""
    core, ray = f"/apis/apps/v1/namespaces/{ns}", f"/apis/ray.io/v1/namespaces/{ns}"
    cluster = ray_cluster("injected")
    for group in (cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]):
        group["template"]["metadata"] = {"annotations": {"kubectl.ray.io/injected": ""}}
    post(server, f"{ray}/rayclusters", cluster)
    injected_job = {"entrypoint": "true", "rayClusterSpec": cluster["spec"]}
    post(server, f"{ray}/rayjobs", {**ray_job("injected"), "spec": injected_job})
    post(server, f"{ray}/rayservices", {"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"name": "injected"},
                                        "spec": {"rayClusterConfig": cluster["spec"]}})
    container = {"name": "ray", "image": "x", "command": ["ray", "start", "--head"]}
    post(server, f"{ray}/raycronjobs", {**cron_job("injected"), "spec": {"schedule": "0 3 * * *", "jobTemplate": injected_job}})
    post(server, f"{core}/deployments", {
        "metadata": {"name": "injected"},
        "spec": {"selector": {"matchLabels": {"app": "injected"}},
                 "template": {"metadata": {"labels": {"app": "injected"}, "annotations": {"kubectl.ray.io/injected": ""}},
                              "spec": {"containers": [container]}}}})


LAUNCHER = """
cluster_name: NAME
provider: {type: kubernetes, use_internal_ips: true}
head_node_type: head
available_node_types:
  head: {resources: {CPU: 1}, node_config: &pod {spec: {containers: [{name: ray-node, image: example.com/ray:1}]}}}
  default-group: {resources: {CPU: 1}, min_workers: 1, max_workers: 1, node_config: *pod}
setup_commands: [echo NAME]
"""


def write_files(folder):
    """The files that the lines below name."""
    for name in ("big", "plain", "fresh"):
        (folder / f"{name}.yaml").write_text(LAUNCHER.replace("NAME", name))
    (folder / "script.py").write_text("print(1)")
    kinds = [ray_cluster("applied"), ray_job("applied", submissionMode="InteractiveMode", entrypoint=""),
             {"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"name": "applied"}, "spec": {"rayClusterConfig": ray_cluster("x")["spec"]}}, cron_job("applied")]
    (folder / "kinds.yaml").write_text(yaml.safe_dump_all(kinds))


# What each command is tried with. A line that would not end is interrupted; `{port}` is a free one of this machine.
COMMANDS = {
    "apply": ["apply -f {files}/kinds.yaml --yes", "apply -f {files}/kinds.yaml --dry-run=server"],
    "autoscaler": ["autoscaler", "autoscaler big", "autoscaler plain", "autoscaler secured"],
    "convert": ["convert -f {files}/big.yaml"],
    "doctor": ["doctor", "doctor big", "doctor plain"],
    "down": ["down {files}/big.yaml -y --workers-only", "down {files}/plain.yaml -y --workers-only", "down {files}/big.yaml -y --timeout 1s",
             "down {files}/plain.yaml -y --timeout 1s"],
    "get-head-ip": ["get-head-ip {files}/big.yaml"],
    "get-worker-ips": ["get-worker-ips big"],
    "monitor": ["monitor big", "monitor plain"],
    "operator images": ["operator images"],
    "rsync-down": ["rsync-down big notes.txt {files}", "rsync-down plain notes.txt {files}"],
    "rsync-up": ["rsync-up big {files}/script.py notes.py", "rsync-up plain {files}/script.py notes.py -A"],
    "submit": ["submit big {files}/script.py", "submit plain {files}/script.py"],
    "top cluster": ["top cluster", "top cluster plain"],
    "top node": ["top node -c plain"],
    "top pod": ["top pod", "top pod big-head"],
    "up": ["up {files}/fresh.yaml -y --timeout 4s", "up {files}/plain.yaml -y --without-operator --timeout 4s",
           "up {files}/plain.yaml -y --without-operator --restart-only --timeout 2s", "up {files}/big.yaml -y --restart-only --timeout 2s"],
    "attach": ["attach big", "attach worker/big-worker", "attach rayjob/rj", "attach rayservice/svc"],
    "completion": ["completion bash"],
    "create cluster": ["create cluster new", "create cluster bare --no-agent --wait --timeout 4s",
                       "create cluster dep --without-operator --no-agent --wait --timeout 3s", "create cluster half --without-operator --no-agent --network-policy"],
    "create networkpolicy": ["create networkpolicy big --allow-from namespace=ci", "create networkpolicy plain"],
    "create service": ["create service answers --import-path a:b --wait --timeout 3s", "create service -c big --import-path a:b",
                       "create service -c plain --import-path a:b"],
    "create workergroup": ["create workergroup g2 -c big", "create workergroup g3 -c big --no-agent", "create workergroup g2 -c plain --no-agent"],
    "create cronjob": ["create cronjob made --schedule @daily --image own -- true", "create cronjob other --schedule @daily --ray-cluster big -- true"],
    "create job": ["create job --from cronjob/cj", "create job made --image own -- true", "create job other --ray-cluster big -- true"],
    "delete": ["delete -c big --all -y", "delete x -c plain -y", "delete rayjob/over -y", "delete raycronjob/gone -y", "delete rayservice/svc -y --wait --timeout 1s", "delete big -y", "delete plain -y"],
    "exec": ["exec big -- true", "exec worker/big-worker -- true", "exec rayjob/rj -- true", "exec rayservice/svc -- true"],
    "get cluster": ["get cluster", "get cluster big", "get cluster plain", "get cluster -w"],
    "get cronjob": ["get cronjob", "get cronjob -w"],
    "get job": ["get job", "get job -w"],
    "get node": ["get node", "get node -w"],
    "get service": ["get service", "get service -w"],
    "get token": ["get token secured", "get token plain"],
    "get workergroup": ["get workergroup", "get workergroup -w"],
    "job delete": ["job delete x --ray-cluster big", "job delete x", "job delete rayjob/over"],
    "job get": ["job get x --ray-cluster big", "job get x", "job get rayjob/rj"],
    "job list": ["job list --ray-cluster big", "job list"],
    "job logs": ["job logs x --ray-cluster big", "job logs x", "job logs rayjob/rj", "job logs -f rayjob/over"],
    "job status": ["job status x --ray-cluster big", "job status x", "job status rayjob/rj"],
    "job stop": ["job stop x --ray-cluster big", "job stop x", "job stop rayjob/early"],
    "job submit": ["job submit --ray-cluster big --cluster-timeout 1s -- true", "job submit --name own --cluster-timeout 2s -- true",
                   "job submit --name again --submission-id j --cluster-timeout 3s -- true"],
    "job watch": ["job watch x --ray-cluster big", "job watch x", "job watch rayjob/over"],
    "log": ["log big --out-dir {files}", "log rayjob/rj --out-dir {files}", "log rayservice/svc --out-dir {files}"],
    "logs": ["logs big", "logs big -f", "logs big --out-dir {files}", "logs rayjob/rj", "logs rayservice/svc"],
    "options": ["options"],
    "prometheus generate": ["prometheus generate", "prometheus generate big", "prometheus generate plain", "prometheus generate --kuberay"],
    "resume": ["resume asleep --wait --timeout 4s", "suspend plain", "resume plain --wait --timeout 3s",
               "suspend rayjob/early", "resume rayjob/early --wait --timeout 1s", "resume rayservice/svc --wait --timeout 1s",
               "suspend raycronjob/cj", "resume raycronjob/cj -y"],
    "rights": ["rights"],
    "rollout history": ["rollout history rayservice/svc"],
    "rollout status": ["rollout status rayservice/svc --timeout 1s", "rollout status cluster/big"],
    "rollout undo": ["rollout undo rayservice/svc -y", "rollout undo rayservice/svc --cluster-only -y", "rollout undo rayservice/svc -y"],
    "run": ["run --ray-cluster big -- true"],
    "scale cluster": ["scale cluster big -w default-group -r 2", "scale cluster plain -w default-group -r 2",
                      "scale cluster big --remove-pod big-worker", "scale cluster plain --remove-pod plain-default-group-worker"],
    "session": ["session big --port {port}:dashboard", "session plain --port {port}:8000 --routes", "session rayjob/rj --port {port}:dashboard", "session rayservice/svc --port {port}:dashboard"],
    "session list": ["session list"],
    "session stop": ["session stop --all"],
    "status": ["status", "status rayjob/rj", "status rayservice/svc", "status raycronjob/cj"],
    "inject": [f"inject {target} -y" for target in ("raycluster/big", "rayjob/rj", "rayservice/svc", "raycronjob/cj", "deployment/plain-head")],
    "uninject": [f"uninject {target} -y" for target in ("raycluster/injected", "rayjob/injected", "rayservice/injected", "raycronjob/injected", "deployment/injected")],
    "suspend": ["suspend big --wait --timeout 1s", "suspend plain", "suspend rayjob/early --wait --timeout 1s",
                "suspend rayservice/svc --wait --timeout 1s", "suspend raycronjob/cj"],
    "version": ["version"],
}

# What stands in a Role for what comes after Ray has answered, which no pod does here: a job that is followed looks whether its
# cluster is still there (clusters/clusters.h). tests/e2e/locked_down_test.py runs that with such a Role.
AFTER_RAY = {
    # A RayService that is changed: its earlier spec is kept, of the newest ten.
    "apply": {("apps", "controllerrevisions", verb) for verb in ("list", "create", "patch", "delete")},
    "rollout undo": {("apps", "controllerrevisions", verb) for verb in ("create", "patch", "delete")},
    # Without an operator it has no cluster whose pods could be looked at.
    "create service": {("", "pods", "list")},
    "job logs": {("ray.io", "rayclusters", "get"), ("apps", "deployments", "get"), ("ray.io", "rayjobs", "watch"), ("", "events", "list"), ("", "pods/log", "get")},
    "job watch": {("ray.io", "rayclusters", "get"), ("apps", "deployments", "get"), ("ray.io", "rayjobs", "watch"), ("", "events", "list")},
    # Why a job that Ray calls pending waits.
    "job status": {("ray.io", "rayclusters", "get"), ("apps", "deployments", "get")},
    "job stop": {("ray.io", "rayclusters", "get"), ("apps", "deployments", "get")},
    "log": {("", "pods/log", "get"), ("", "pods/exec", "get")},
    "logs": {("", "pods/exec", "get")},
    # The definitions of KubeRay 1.6 have no spec.suspend of a RayService: nothing is switched, and so waited for.
    "resume": {("ray.io", "rayservices", "patch")},
    "suspend": {("ray.io", "rayservices", "list"), ("ray.io", "rayservices", "watch")},
    "rsync-down": {("", "pods/exec", "get")},
    "rsync-up": {("", "pods/exec", "get")},
    "submit": {("", "pods/exec", "get")},
    # The Prometheus operator's definitions are not here, and no operator of KubeRay whose Service would be looked for.
    "prometheus generate": {("monitoring.coreos.com", "prometheuses", "list"), ("monitoring.coreos.com", "podmonitors", "list"),
                            ("", "namespaces", "get"), ("", "services", "list")},
    "monitor": {("", "pods", "get"), ("", "pods/log", "get")},
    "run": {("", "pods/portforward", "get")},
    "job submit": {("apps", "deployments", "get"), ("apps", "deployments", "list")},
    # The pod of --probe, which is made only where a NetworkPolicy keeps others from a head that runs.
    "doctor": {("", "pods", "create"), ("", "pods", "watch"), ("", "pods", "delete")},
}

# What is looked for in all namespaces first, and then in the one that the Role is for: KubeRay's operator.
IN_ALL_NAMESPACES = {command: {("apps", "deployments", "list")} for command in (
    "create cronjob", "get cronjob", "prometheus generate", "resume", "status")}


def role_of(server, command, *flags):
    done = server.ray("rights", command, "--name", "r", *flags)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)


def triples(rules):
    return {(group, resource, verb) for rule in rules for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]}


class User:
    """Somebody with these rules in a namespace, and nothing else."""

    def __init__(self, server, ns, rules, cluster_wide=False):
        self.server, self.ns, self.name = server, ns, next(names)
        kind, path = ("ClusterRole", f"{RBAC}/clusterrole") if cluster_wide else ("Role", f"{RBAC}/namespaces/{ns}/role")
        server.request("POST", path + "s", {"metadata": {"name": self.name}, "rules": rules})
        server.request("POST", path + "bindings", {
            "metadata": {"name": self.name}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": self.name},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": self.name}]})
        for group, resource, verb in sorted(triples(rules))[:1]:  # until the authorizer has seen it
            attributes = {"namespace": ns, "group": group, "resource": resource.split("/")[0], "subresource": resource.partition("/")[2], "verb": verb}
            review = {"spec": {"user": self.name, "resourceAttributes": attributes}}
            while not server.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"]:
                pass

    def types(self, line, tmp_path):
        """Runs the line, and interrupts it after some seconds. A session gets a connection first."""
        write_files(tmp_path)
        words = [word.strip("'").format(dir=tmp_path / next(names), files=tmp_path, port=free_port()) for word in line.split()]
        own = ["-n", self.ns, "--as", self.name]
        split = words.index("--") if "--" in words else len(words)
        words = [words[0], *own, *words[1:]] if words[0] == "__complete" else [*words[:split], *own, *words[split:]]
        process = subprocess.Popen([os.environ["KUBECTL_RAY"], *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "KUBECONFIG": str(self.server.kubeconfig), "KUBECTL_RAY_IMAGE": IMAGE,
                                        "XDG_RUNTIME_DIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)})
        if words[0] == "session" and "list" not in words and "stop" not in words:
            connect(process, int(next(word for word in words if re.fullmatch(r"\d+:\w+", word)).split(":")[0]))
        try:
            process.communicate(timeout=20 if "--timeout" in words or "--cluster-timeout" in words else 3)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)

    def asked(self):
        """What this user has asked for, and what of it was refused."""
        asked, refused = set(), set()
        for event in self.server.audit(self.name):
            at = event.get("objectRef", {})
            if not at.get("resource"):
                continue
            triple = (at.get("apiGroup", ""), at["resource"] + ("/" + at["subresource"] if "subresource" in at else ""), event["verb"])
            asked.add(triple)
            if event.get("annotations", {}).get("authorization.k8s.io/decision") == "forbid":
                refused.add(triple)
        return asked, refused


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def connect(process, port):
    for line in process.stdout:
        if str(port) in line:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
                peer.recv(1)
            return


@pytest.fixture
def ns(server):
    name = next(names)
    server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    fill(server, name)
    return name


def test_every_command_is_tried(server):
    table = server.ray("rights", "-o", "json")
    assert table.returncode == 0
    assert triples(json.loads(table.stdout)["rules"]) == set().union(
        *(triples(role_of(server, command)["rules"]) for command in COMMANDS if command != "log"))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_user_with_just_the_role_meets_no_refusal_and_needs_all_of_it(server, ns, command, tmp_path):
    wide = command == "version"
    rules = role_of(server, command, *(["-A"] if wide else []))["rules"]
    user = User(server, ns, rules, cluster_wide=wide)
    for line in COMMANDS[command]:
        user.types(line, tmp_path)
    asked, refused = user.asked()
    if command != "doctor":  # which asks for all that there is, and says what it may not look at
        assert refused == IN_ALL_NAMESPACES.get(command, set())
    needless = triples(rules) - asked - AFTER_RAY.get(command, set())
    # From Kubernetes 1.35 on the server asks for `create` of a WebSocket by itself, beside the `get` of the log.
    needless -= {("", f"pods/{stream}", "create") for stream in ("exec", "portforward")}
    # An object that server-side apply makes is a patch in the log; the server asks for `create` by itself.
    needless -= {(group, resource, "create") for group, resource, verb in asked if verb == "patch"}
    if command != "up":  # nothing makes pods here whose setup it would follow, or replace
        assert needless == set()


def rules_for(group, resource):
    return [{"apiGroups": [group], "resources": [resource], "verbs": ["*"]}]


# Both kinds are served here. What the other rights are wanted for is done without, and a note says so.
RAY_ALONE, DEPLOYMENTS_ALONE = rules_for("ray.io", "*"), rules_for("apps", "deployments")


@pytest.mark.parametrize("rules, words, code, out", [
    (RAY_ALONE, "get cluster", 0, "big"),
    (RAY_ALONE, "get cluster big", 0, "big"),
    (RAY_ALONE, "get workergroup", 0, "?/1"),
    (RAY_ALONE, "get job", 0, "rj"),
    (RAY_ALONE, "get service", 0, "svc"),
    (RAY_ALONE, "status big", 1, "big in namespace"),
    (RAY_ALONE, "status rayjob/rj", 1, "rayjob/rj in namespace"),
    (RAY_ALONE, "create cluster new --no-agent", 0, "Created Ray cluster: new"),
    (RAY_ALONE, "create workergroup g9 -c big --no-agent", 0, "Updated"),
    (RAY_ALONE, "scale cluster big -w default-group -r 3", 0, "Scaled Replicas: 1 to 3"),
    (RAY_ALONE, "suspend big", 0, "Suspended"),
    (RAY_ALONE, "resume asleep", 0, "Resumed"),
    (RAY_ALONE, "delete big rayjob/over -y", 0, "Deleted raycluster big"),
    (DEPLOYMENTS_ALONE, "get cluster", 0, "plain"),
    (DEPLOYMENTS_ALONE, "get cluster plain", 0, "plain"),
    (DEPLOYMENTS_ALONE, "get workergroup", 0, "?/1"),
    (DEPLOYMENTS_ALONE, "status plain", 1, "plain in namespace"),
    (DEPLOYMENTS_ALONE, "create workergroup g9 -c plain --no-agent", 0, "Updated"),
    (DEPLOYMENTS_ALONE, "scale cluster plain -w default-group -r 3", 0, "Scaled Replicas: 1 to 3"),
    (DEPLOYMENTS_ALONE, "suspend plain", 0, "Suspended"),
    (DEPLOYMENTS_ALONE, "resume plain", 0, "already running"),
    (DEPLOYMENTS_ALONE, "delete plain -y", 0, "Deleted raycluster plain"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_rights_on_one_kind_alone_are_enough_for_its_clusters(server, ns, rules, words, code, out):
    user = User(server, ns, rules)
    done = server.ray(*words.split(), "-n", ns, "--as", user.name)
    assert done.returncode == code, done.stderr
    assert out in done.stdout and "error" not in done.stderr, done.stdout + done.stderr


def test_who_may_not_look_at_pods_waits_by_what_the_cluster_reports(server, ns):
    user = User(server, ns, RAY_ALONE)
    status = {"status": {"readyWorkerReplicas": 1, "conditions": [
        {"type": "HeadPodReady", "status": "True", "reason": "x", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
    path = f"/apis/ray.io/v1/namespaces/{ns}/rayclusters/asleep/status"
    server.request("PATCH", path, json.dumps(status).encode(), "application/merge-patch+json")
    done = server.ray("resume", "asleep", "--wait", "-n", ns, "--as", user.name)
    assert done.returncode == 0 and "note: the wait goes by what the cluster reports of itself" in done.stderr, done.stderr
    done = server.ray("create", "cluster", "new", "--no-agent", "--wait", "--timeout", "3s", "-n", ns, "--as", user.name)
    assert done.returncode == 1 and "is not ready after 3s: its head is not ready" in done.stderr, done.stderr


# A rule of each kind, and every command in one of them.
TAKEN = [("get cluster", "rayclusters"), ("get cluster", "deployments"), ("exec", "pods/exec"), ("logs", "pods/log"), ("session", "services"),
         ("create cluster", "configmaps"), ("create cluster", "rayclusters"), ("create workergroup", "namespaces"), ("delete", "rayjobs"),
         ("suspend", "deployments"), ("scale cluster", "pods"), ("status", "events"), ("get token", "secrets"),
         ("job list", "pods/portforward"), ("job submit", "rayjobs"), ("run", "pods"), ("resume", "rayclusters"), ("attach", "rayservices")]


@pytest.mark.parametrize("command, resource", TAKEN, ids=str)
def test_without_one_of_its_rules_a_command_is_refused_something(server, ns, command, resource, tmp_path):
    rules = role_of(server, command)["rules"]
    left = [rule for rule in rules if rule["resources"] != [resource]]
    assert len(left) == len(rules) - 1
    user = User(server, ns, left)
    for line in COMMANDS[command]:
        user.types(line, tmp_path)
        if user.asked()[1]:
            break
    refused = user.asked()[1]
    assert refused and {triple[1] for triple in refused} == {resource}
