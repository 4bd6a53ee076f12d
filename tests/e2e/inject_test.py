"""Manifests of others with the agent put into them: a RayCluster under KubeRay's operator, and a Deployment without it."""

import json

import cluster
import kuberay
import yaml

HEAD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: own}
spec:
  selector: {matchLabels: {app: own}}
  template:
    metadata: {labels: {app: own}}
    spec:
      containers:
      - name: ray
        image: IMAGE
        imagePullPolicy: Never
        command: ["/bin/bash", "-c", "--"]
        # What is before Ray runs first.
        args: ["echo before > /tmp/before; ray start --head --num-cpus=$CPUS --dashboard-host=0.0.0.0 --block"]
        env: [{name: CPUS, value: "1"}]
        resources: {requests: {cpu: 200m, memory: 512Mi}, limits: {memory: 2Gi}}
"""


def injected(ns, text):
    done = cluster.run("kubectl", "ray", "inject", "-n", ns, input=text)
    assert done.returncode == 0, done.stderr
    undone = cluster.run("kubectl", "ray", "uninject", input=done.stdout)
    assert undone.stdout == text
    applied = cluster.run("kubectl", "apply", "--server-side", "-n", ns, "-f", "-", input=done.stdout)
    assert applied.returncode == 0, applied.stderr


def first_process(ns, pod):
    return cluster.kubectl("exec", "-n", ns, pod, "--", "cat", "/proc/1/cmdline").split("\0")[:2]


def test_a_cluster_of_the_operator_s_own_samples_has_the_agent_as_its_entrypoint():
    sample = (cluster.part("kuberay-crds") / "samples/ray-cluster.sample.yaml").read_text()
    small = yaml.safe_load(sample)
    for group in (small["spec"]["headGroupSpec"], *small["spec"]["workerGroupSpecs"]):
        group["rayStartParams"] = {"num-cpus": "1"}
        group["template"]["spec"]["containers"][0].update(image=cluster.IMAGE, imagePullPolicy="Never", resources=kuberay.TINY)
    small["spec"]["rayVersion"] = cluster.RAY_VERSION
    name = small["metadata"]["name"]
    with kuberay.operator(), cluster.namespace("inject") as ns:
        injected(ns, json.dumps(small, indent=2))
        kuberay.wait_until(lambda: cluster.kubectl_json("get", "raycluster", name, "-n", ns).get("status", {}).get("state"),
                           lambda state: state == "ready", timeout=240)
        pods = cluster.kubectl_json("get", "pods", "-n", ns, "-l", f"ray.io/cluster={name}")["items"]
        assert len(pods) == 2
        for pod in pods:
            assert first_process(ns, pod["metadata"]["name"]) == ["/ray-init-agent/ray-init-agent", "start"]
        cluster.kubectl("delete", "raycluster", name, "-n", ns, "--wait")


def test_a_deployment_without_the_operator_becomes_ready_with_the_agent():
    with cluster.namespace("inject") as ns:
        injected(ns, HEAD.replace("IMAGE", cluster.IMAGE))
        cluster.kubectl("rollout", "status", "deployment/own", "-n", ns, "--timeout=240s", timeout=250)
        assert first_process(ns, "deployment/own") == ["/ray-init-agent/ray-init-agent", "start"]
        assert cluster.kubectl("exec", "-n", ns, "deployment/own", "--", "cat", "/tmp/before") == "before\n"
        # Ray's autoscaler writes its first report some seconds after the head is ready.
        kuberay.wait_until(lambda: cluster.run("kubectl", "exec", "-n", ns, "deployment/own", "--", "ray", "status").stdout,
                           lambda text: "Active:" in text)
