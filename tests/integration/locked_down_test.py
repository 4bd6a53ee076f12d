"""Pods in namespaces that do not take everything: Pod Security, LimitRanges, quotas and owner references as a real API server judges
them. It has no controller, so the pods of a cluster are made here, for the server to judge and not to keep."""

import itertools
import json
import urllib.error

import pytest
import yaml

from api_server import kuberay_api_server
from cluster import IMAGE

OWN = "rayproject/ray:2.60.0"
names = (f"n{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server():
    with kuberay_api_server("--enable-admission-plugins=OwnerReferencesPermissionEnforcement") as running:
        yield running


def namespace(server, level=None):
    name = next(names)
    labels = {"pod-security.kubernetes.io/enforce": level} if level else {}
    server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
    return name


def made(server, ns, *flags):
    """The objects of a client-side dry run."""
    done = server.ray("create", "cluster", "x", "-n", ns, "--dry-run", "-o", "json", *flags)
    assert done.returncode == 0, done.stderr
    parsed = json.loads(done.stdout)
    return parsed["items"] if parsed["kind"] == "List" else [parsed]


def pods_of(objects):
    """Each pod as its owner would make it, with the containers that KubeRay 1.6.2 adds: wait-gcs-ready has the securityContext of
    Ray's container, the autoscaler that of autoscalerOptions (controllers/ray/common/pod.go)."""
    for thing in json.loads(json.dumps(objects)):
        if thing["kind"] == "Deployment":
            yield thing["spec"]["template"]
        if thing["kind"] != "RayCluster":
            continue
        head = thing["spec"]["headGroupSpec"]["template"]
        if thing["spec"].get("enableInTreeAutoscaling"):
            options = thing["spec"]["autoscalerOptions"]
            head["spec"]["containers"].append(added("autoscaler", "500m", "512Mi", options.get("securityContext")))
        yield head
        for group in thing["spec"]["workerGroupSpecs"]:
            spec = group["template"]["spec"]
            spec.setdefault("initContainers", []).append(added("wait-gcs-ready", "200m", "256Mi", spec["containers"][0].get("securityContext")))
            yield group["template"]


def added(name, cpu, memory, context):
    size = {"cpu": cpu, "memory": memory}
    return {"name": name, "image": "x", "resources": {"requests": size, "limits": size}, **({"securityContext": context} if context else {})}


def refusals(server, ns, objects):
    """What the server says against the pods."""
    said = []
    for number, template in enumerate(pods_of(objects)):
        pod = {"metadata": {**template.get("metadata", {}), "name": f"p{number}"}, "spec": template["spec"]}
        try:
            server.request("POST", f"/api/v1/namespaces/{ns}/pods?dryRun=All&fieldValidation=Strict", pod)
        except urllib.error.HTTPError as error:
            said.append(json.load(error)["message"])
    return said


CLUSTERS = {"operator": ["--autoscaler", "v2"], "deployments": ["--without-operator"]}
AGENTS = {"agent": [], "agent-image": ["--agent-image", "example.com/agent:1"], "no-agent": ["--no-agent"]}


@pytest.mark.parametrize("image", [OWN, IMAGE], ids=["rays-own", "another"])
@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("kind", CLUSTERS)
def test_every_pod_passes_restricted_without_a_flag(server, kind, agent, image):
    ns = namespace(server, "restricted")
    objects = made(server, ns, "--image", image, *CLUSTERS[kind], *AGENTS[agent])
    assert len(list(pods_of(objects))) == 2
    assert refusals(server, ns, objects) == []


def test_the_levels_can_be_chosen(server):
    restricted, baseline = namespace(server, "restricted"), namespace(server, "baseline")
    for level in ("baseline", "privileged"):
        objects = made(server, restricted, "--pod-security", level)
        said = refusals(server, restricted, objects)
        assert len(said) == 2 and all('violates PodSecurity "restricted:latest"' in text for text in said)
        assert refusals(server, baseline, objects) == []
    # Nothing is asked of another image where the namespace takes everything: it may run as root.
    assert "securityContext" not in json.dumps([pod["spec"]["containers"] for pod in pods_of(made(server, namespace(server), "--image", IMAGE))])
    done = server.ray("create", "cluster", "x", "--pod-security", "strict", "--dry-run")
    assert done.returncode == 2 and "restricted" in done.stderr


def test_a_worker_group_that_is_added_passes_restricted(server):
    ns = namespace(server, "restricted")
    for name, flags in (("a", []), ("b", ["--without-operator"])):
        assert server.ray("create", "cluster", name, "--no-agent", "-n", ns, *flags).returncode == 0
        done = server.ray("create", "workergroup", "more", "-c", name, "-n", ns, "--agent-image", "example.com/agent:1")
        assert done.returncode == 0, done.stderr
    ray_cluster = server.request("GET", f"/apis/ray.io/v1/namespaces/{ns}/rayclusters/a")
    deployment = server.request("GET", f"/apis/apps/v1/namespaces/{ns}/deployments/b-more-worker")
    assert refusals(server, ns, [{"kind": "Deployment", **deployment}, {"kind": "RayCluster", **ray_cluster}]) == []


def test_a_rayjobs_cluster_passes_restricted(server):
    ns = namespace(server, "restricted")
    done = server.ray("job", "submit", "--name", "j", "-n", ns, "--dry-run", "--", "true")
    ray_job = yaml.safe_load(done.stdout)
    assert refusals(server, ns, [{"kind": "RayCluster", "spec": ray_job["spec"]["rayClusterSpec"]}]) == []


LAUNCHER = """
cluster_name: up
max_workers: 3
provider: {type: kubernetes, use_internal_ips: true}
head_node_type: head
available_node_types:
  head: {resources: {CPU: 1}, node_config: &pod {spec: {containers: [{name: ray-node, image: example.com/ray:1}]}}}
  worker: {resources: {CPU: 1}, min_workers: 1, max_workers: 2, node_config: *pod}
setup_commands: [echo hello]
"""


@pytest.mark.parametrize("kind", ["operator", "deployments"])
def test_what_up_makes_of_a_launchers_file_passes_restricted(server, kind, tmp_path):
    ns = namespace(server, "restricted")
    (tmp_path / "up.yaml").write_text(LAUNCHER)
    flags = [] if kind == "operator" else ["--without-operator"]
    done = server.ray("up", str(tmp_path / "up.yaml"), "-y", "-n", ns, "--timeout", "1s", *flags)  # nothing makes pods
    assert "up-head" in done.stdout or "raycluster.ray.io/up" in done.stdout, done.stderr
    if kind == "operator":
        made_of_it = [{"kind": "RayCluster", **server.request("GET", f"/apis/ray.io/v1/namespaces/{ns}/rayclusters/up")}]
    else:
        made_of_it = [{"kind": "Deployment", **item} for item in server.request("GET", f"/apis/apps/v1/namespaces/{ns}/deployments")["items"]]
    assert len(list(pods_of(made_of_it))) == 2
    assert refusals(server, ns, made_of_it) == []


def limit_range(server, ns, **limits):
    server.request("POST", f"/api/v1/namespaces/{ns}/limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [{"type": "Container", **limits}]}})


LIMITED = ["--head-cpu", "1", "--head-cpu-limit", "1", "--worker-cpu", "500m", "--worker-cpu-limit", "1"]


@pytest.mark.parametrize("kind", ["operator", "deployments"])
def test_pods_fit_a_limit_range(server, kind):
    flags = [] if kind == "operator" else ["--without-operator"]
    ratio = namespace(server)
    limit_range(server, ratio, maxLimitRequestRatio={"cpu": "2", "memory": "1"}, max={"cpu": "1", "memory": "4Gi"}, min={"cpu": "200m", "memory": "128Mi"})
    assert refusals(server, ratio, made(server, ratio, *flags, *LIMITED)) == []
    default = namespace(server)
    limit_range(server, default, default={"cpu": "500m", "memory": "8Gi"})
    said = refusals(server, default, made(server, default, *flags))
    assert len(said) == 2 and "must be less than or equal to cpu limit of 500m" in said[0]
    assert refusals(server, default, made(server, default, *flags, "--head-cpu-limit", "2", "--worker-cpu-limit", "2")) == []
    assert refusals(server, default, made(server, default, *flags, "--head-cpu", "500m", "--worker-cpu", "0")) == []


def test_pods_fit_a_quota_of_limits(server):
    ns = namespace(server)
    hard = {"limits.cpu": "4", "limits.memory": "16Gi", "requests.cpu": "4"}
    quotas = f"/api/v1/namespaces/{ns}/resourcequotas"
    server.request("POST", quotas, {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    status = {"status": {"hard": hard, "used": {name: "0" for name in hard}}}  # as its controller writes it
    server.request("PATCH", f"{quotas}/q/status", json.dumps(status).encode(), "application/merge-patch+json")
    said = refusals(server, ns, made(server, ns, "--without-operator"))
    assert len(said) == 2 and "must specify limits.cpu for: ray-head,ray-init-agent" in said[0]
    assert refusals(server, ns, made(server, ns, "--without-operator", *LIMITED)) == []


def test_owner_references_need_no_right_on_finalizers(server):
    """OpenShift's admission wants `update` on the owner's finalizers from whoever holds back the owner's deletion."""
    ns, user = namespace(server), "dev"
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}"
    role = json.loads(server.ray("rights", "create cluster", "create workergroup", "--name", user, "-n", ns, "-o", "json").stdout)
    assert not any("finalizers" in resource for rule in role["rules"] for resource in rule["resources"])
    server.request("POST", f"{rbac}/roles", role)
    server.request("POST", f"{rbac}/rolebindings", {
        "metadata": {"name": user}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": user},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]})
    review = {"spec": {"user": user, "resourceAttributes": {"namespace": ns, "group": "apps", "resource": "deployments", "verb": "create"}}}
    while not server.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"]:
        pass
    for command in (["create", "cluster", "x", "--without-operator"], ["create", "workergroup", "more", "-c", "x"]):
        done = server.ray(*command, "--no-agent", "-n", ns, "--as", user)
        assert done.returncode == 0, done.stderr
    service = server.request("GET", f"/api/v1/namespaces/{ns}/services/x-head-svc")
    # The same reference, had it held back the deletion: so the server does look.
    service["metadata"] = {"name": "other", "ownerReferences": [{**service["metadata"]["ownerReferences"][0], "blockOwnerDeletion": True}]}
    service["spec"] = {"ports": [{"port": 1}]}
    with pytest.raises(urllib.error.HTTPError, match="403"):
        server.request("POST", f"/api/v1/namespaces/{ns}/services", service, impersonate=user)
