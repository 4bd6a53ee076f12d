"""up and down against a real API server, with KubeRay's real CRDs and without; nothing makes pods."""

import base64

import pytest

from both_servers import kuberay, plain, server


# Of a build for tests the agent's ConfigMap is too large; clusters_test.py makes that of a release.
AGENT = ["--agent-image", "example.com/agent:1"]

CLUSTER = """apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: NAME}
spec:
  rayVersion: 2.60.0
  headGroupSpec:
    rayStartParams: {num-cpus: "1"}
    template: {spec: {containers: [{name: ray-head, image: example.com/ray:1, env: [{name: SECRET, value: hush}]}]}}
  workerGroupSpecs:
  - groupName: gpus
    replicas: 1
    minReplicas: 0
    maxReplicas: 4
    rayStartParams: {}
    template: {spec: {containers: [{name: ray-worker, image: example.com/ray:1}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: NAME-code}
data: {a.py: "1"}
"""

LAUNCHER = """cluster_name: NAME
max_workers: 3
provider: {type: kubernetes, namespace: default, use_internal_ips: true}
head_node_type: head
available_node_types:
  head:
    resources: {CPU: 1}
    node_config: {spec: {containers: [{name: ray-node, image: example.com/ray:1}]}}
  worker:
    resources: {CPU: 1}
    min_workers: 1
    max_workers: 1
    node_config: {spec: {containers: [{name: ray-node, image: example.com/ray:1}]}}
file_mounts: {/opt/code: FOLDER/code}
setup_commands: [echo all]
worker_setup_commands: [echo workers]
"""


def write(folder, text, name):
    path = folder / "cluster.yaml"
    path.write_text(text.replace("NAME", name).replace("FOLDER", str(folder)))
    return str(path)


def up(server, path, *flags):
    """Its output; nothing makes the pods that it waits for."""
    done = server.ray("up", path, "-y", "--timeout", "100ms", *AGENT, *flags)
    assert done.returncode == 1, done.stderr
    assert "is not ready after" in done.stderr or "has no pods of its new template" in done.stderr, done.stderr
    return done.stdout


def changed(output, word):
    return [line.split()[1] for line in output.splitlines() if line.startswith(f"  {word} ")]


def test_a_raycluster_is_made_changed_and_left_alone(server, tmp_path):
    path = write(tmp_path, CLUSTER, "plainfile")
    with_operator = server.request("GET", "/apis")["groups"] and any(g["name"] == "ray.io" for g in server.request("GET", "/apis")["groups"])
    own = "raycluster.ray.io/plainfile" if with_operator else "deployment.apps/plainfile-head"
    first = up(server, path)
    assert "configmap/plainfile-code created" in first and f"{own} created" in first
    again = server.ray("up", path, "--dry-run", *AGENT)
    assert again.returncode == 0, again.stderr
    assert changed(again.stdout, "changed") == [] and own in changed(again.stdout, "untouched"), again.stdout

    write(tmp_path, CLUSTER.replace("replicas: 1", "replicas: 2").replace("value: hush", "value: other"), "plainfile")
    plan = server.ray("up", path, "--dry-run", *AGENT).stdout
    assert "hush" not in plan and "other" not in plan
    assert own in changed(plan, "changed"), plan
    assert "configmap/plainfile-code" in changed(plan, "untouched")
    asked = server.ray("up", path)
    assert asked.returncode == 2 and "there is no input to read an answer from" in asked.stderr
    assert f"{own} configured" in up(server, path)
    down = server.ray("down", path, "-y")
    assert down.returncode == 0, down.stderr


def test_another_manager_who_scaled_is_named(kuberay, tmp_path):
    path = write(tmp_path, CLUSTER, "scaled")
    up(kuberay, path)
    assert kuberay.ray("scale", "cluster", "scaled", "-w", "gpus", "-r", "3").returncode == 0
    plan = kuberay.ray("up", path, "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert "spec.workerGroupSpecs[gpus].replicas: 3 -> 1" in plan.stdout and "taken over" in plan.stdout, plan.stdout
    up(kuberay, path)
    assert kuberay.request("GET", "/apis/ray.io/v1/namespaces/default/rayclusters/scaled")["spec"]["workerGroupSpecs"][0]["replicas"] == 1


def test_files_and_commands_are_sent_once_and_go_with_the_cluster(server, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("print(1)")
    path = write(tmp_path, LAUNCHER, "launched")
    first = up(server, path)
    secrets = [line.split()[0] for line in first.splitlines() if line.startswith("secret/") and line.endswith(" created")]
    assert len(secrets) == 3, first  # files, the head's commands, the workers'
    for secret in secrets:
        stored = server.request("GET", "/api/v1/namespaces/default/secrets/" + secret.removeprefix("secret/"))
        assert stored["immutable"] and len(stored["metadata"]["ownerReferences"]) == 1
    steps = {base64.b64decode(value).decode() for secret in secrets if "-setup-" in secret
             for value in server.request("GET", "/api/v1/namespaces/default/secrets/" + secret.removeprefix("secret/"))["data"].values()}
    assert steps == {"#!/bin/bash\necho all\n", "#!/bin/bash\necho workers\n"}

    again = server.ray("up", path, "--dry-run", *AGENT)
    assert again.returncode == 0 and set(secrets) <= set(changed(again.stdout, "untouched")), again.stdout
    assert changed(again.stdout, "changed") == [], again.stdout
    (tmp_path / "code" / "a.py").write_text("print(2)")
    plan = server.ray("up", path, "--dry-run", *AGENT).stdout
    assert len([name for name in changed(plan, "made") if name.startswith("secret/launched-files-")]) == 1, plan
    assert server.ray("down", path, "-y").returncode == 0


@pytest.mark.parametrize("old, new, line, said", [
    ("cluster_name: NAME", "cluster_name: Not_A_Name", 1, "Not_A_Name"),
    ("type: kubernetes", "type: aws", 3, "aws"),
    ("head_node_type: head", "head_node_type: haed", 4, 'Did you mean "head"?'),
    ("{/opt/code: FOLDER/code}", "{/opt/code: FOLDER/none}", 14, "/opt/code"),
])
def test_a_wrong_file_is_refused_with_its_line(kuberay, tmp_path, old, new, line, said):
    (tmp_path / "code").mkdir()
    path = write(tmp_path, LAUNCHER.replace(old, new), "wrong")
    done = kuberay.ray("up", path, "-y")
    assert done.returncode == 2
    assert f"{path}:{line}: " in done.stderr and said in done.stderr, done.stderr


def test_a_mount_that_is_too_large_is_refused_with_a_way_out(kuberay, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "model.bin").write_bytes(bytes((i * i * 2654435761 >> 13) & 255 for i in range(3_000_000)))
    done = kuberay.ray("up", write(tmp_path, LAUNCHER, "large"), "-y")
    assert done.returncode == 2
    assert 'file_mounts "/opt/code": ' in done.stderr and "when packed" in done.stderr
    assert "--working-dir" in done.stderr


def test_a_namespace_that_is_not_there(kuberay, tmp_path):
    (tmp_path / "code").mkdir()
    done = kuberay.ray("up", write(tmp_path, LAUNCHER.replace("namespace: default", "namespace: nowhere"), "lost"), "-y")
    assert done.returncode == 1
    assert 'there is no namespace "nowhere"' in done.stderr and "kubectl create namespace nowhere" in done.stderr


def test_down_takes_workers_away_and_leaves_the_head(server, tmp_path):
    path = write(tmp_path, CLUSTER, "smaller")
    up(server, path)
    done = server.ray("down", path, "--workers-only", "-y")
    assert done.returncode == 0 and "gpus: 1 to 0" in done.stdout, done.stderr
    assert server.ray("down", path, "--workers-only", "-y").stderr.endswith("There are no workers to remove.\n")
    assert server.ray("down", "smaller", "-y").returncode == 0


def test_what_means_nothing_for_pods_is_explained(kuberay, tmp_path):
    path = write(tmp_path, CLUSTER, "flags")
    (tmp_path / "x.py").write_text("")
    for flag, said in (("--stop", "down"), ("--tmux", "job submit"), ("--port-forward=8265", "session"), ("--run-env=moon", "auto")):
        done = kuberay.ray("submit", path, str(tmp_path / "x.py"), flag)
        assert done.returncode == 2 and said in done.stderr, done.stderr
    done = kuberay.ray("up", path, "--no-restart", "--restart-only")
    assert done.returncode == 2 and "contradict" in done.stderr
