"""A namespace that enforces Pod Security's `restricted`, bounds what containers ask for, and whose user has no more than what
`kubectl ray rights` prints: from the cluster to a job's output, without and with the operator."""

import contextlib
import json

import cluster
import kuberay
import pytest
from cluster_life import ray

# What OpenShift's restricted-v2 puts into a pod: a user that no image knows, in the group 0.
FOREIGN_USER = "{spec: {securityContext: {runAsUser: 1000770000, runAsGroup: 0, fsGroup: 1000770000}}}"
LIMITS = {"type": "Container", "default": {"cpu": "700m"}, "defaultRequest": {"cpu": "100m"},
          "maxLimitRequestRatio": {"cpu": "10", "memory": "1"}}
HEAD = ["--head-cpu", "200m", "--head-cpu-limit", "2", "--head-memory", "1500Mi"]
WORKER = ["--worker-cpu", "0", "--worker-memory", "1Gi"]  # the LimitRange gives it 700m
NODES = """
import os, ray
ray.init()
print("cpus", sorted(node["Resources"].get("CPU", 0) for node in ray.nodes()))
print("user", os.getuid(), "home", os.access(os.path.expanduser("~"), os.W_OK))
"""


def apply(ns, *objects):
    kuberay.apply(ns, *objects)


@contextlib.contextmanager
def locked_down(prefix, *commands):
    """Such a namespace, and the words by which its user is meant."""
    with cluster.namespace(prefix) as ns:
        cluster.kubectl("label", "namespace", ns, "pod-security.kubernetes.io/enforce=restricted")
        done = ray(ns, "rights", *commands, "-o", "json", "--name", "dev")
        assert done.returncode == 0, done.stderr
        user = {"kind": "ServiceAccount", "name": "dev", "namespace": ns}
        apply(ns, {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "limits"}, "spec": {"limits": [LIMITS]}},
              {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "dev"}}, json.loads(done.stdout),
              {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "dev"}, "subjects": [user],
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "dev"}})
        yield ns, [f"--as=system:serviceaccount:{ns}:dev"]


def ok(done):
    assert done.returncode == 0, done.stderr
    refused = [line for line in done.stderr.splitlines() if "orbidden" in line]
    assert all(line.startswith("note: ") for line in refused), done.stderr  # clusters of the other kind, which are left out
    return done.stdout


def test_without_the_operator(tmp_path):
    commands = ["--clusters", "deployments", "create cluster", "job submit", "job logs", "status", "delete"]
    with locked_down("locked", *commands) as (ns, dev):
        ok(ray(ns, *dev, "create", "cluster", "plain", "--without-operator", *HEAD, *WORKER, "--pod-template", FOREIGN_USER, "--wait"))
        said = ok(ray(ns, *dev, "job", "submit", "--cluster", "plain", "--submission-id", "nodes", "--", "python", "-c", NODES))
        # The head's limit is 2; the worker's is below one CPU, which Ray by itself would count as none.
        assert "cpus [1.0, 2.0]" in said and "user 1000770000 home True" in said, said
        assert "cpus [1.0, 2.0]" in ok(ray(ns, *dev, "job", "logs", "nodes", "--cluster", "plain"))
        ok(ray(ns, *dev, "status", "plain"))
        done = ray(ns, "create", "cluster", "open", "--without-operator", *HEAD, *WORKER, "--pod-security", "privileged", "--wait")
        assert done.returncode == 1 and done.stderr.count('violates PodSecurity "restricted:latest"') == 1, done.stderr
        assert "--pod-security restricted" in done.stderr and "is not ready after" not in done.stderr
        ok(ray(ns, *dev, "delete", "plain", "--yes", "--wait"))


@pytest.fixture(scope="module")
def operator():
    with kuberay.operator():
        yield


def test_with_the_operator(operator):
    with locked_down("locked", "--clusters", "rayclusters", "create cluster", "job logs", "job watch", "delete") as (ns, dev):
        ok(ray(ns, *dev, "create", "cluster", "demo", *HEAD, *WORKER, "--worker-ray-start-params", "num-cpus=1", "--autoscaler", "v2",
               "--set", "spec.autoscalerOptions.resources={requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 256Mi}}", "--wait"))
        context = {"runAsNonRoot": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
                   "seccompProfile": {"type": "RuntimeDefault"}}
        submitter = {"name": "ray-job-submitter", "image": cluster.IMAGE, "imagePullPolicy": "Never", "securityContext": context,
                     "resources": {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "512Mi"}}}
        apply(ns, {"apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"name": "job"}, "spec": {
            "entrypoint": "python -c 'print(6 * 7)'", "clusterSelector": {"ray.io/cluster": "demo"},
            "submitterPodTemplate": {"spec": {"restartPolicy": "Never", "containers": [submitter]}}}})
        assert "42" in ok(ray(ns, *dev, "job", "logs", "-f", "rayjob/job")).splitlines()
        kuberay.wait_until(lambda: cluster.kubectl_json("get", "rayjob", "job", "-n", ns).get("status", {}).get("jobDeploymentStatus"),
                           lambda state: state in ("Complete", "Failed"))
        ok(ray(ns, *dev, "job", "watch", "rayjob/job"))
        ok(ray(ns, *dev, "delete", "rayjob/job", "demo", "--yes", "--wait"))
