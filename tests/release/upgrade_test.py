"""Upgrade and downgrade: clusters that one version of the plugin made, with its agent in their pods, in the hands of another."""

import os
import pathlib
import subprocess

import pytest
from cluster import CACHE, ROOT, kubectl, kubectl_json, namespace, run

PREVIOUS = (ROOT / "tests/release/previous").read_text().strip()
SMALL = ["--head-cpu", "200m", "--head-memory", "1500Mi", "--worker-cpu", "100m", "--worker-memory", "1Gi"]
GROUP = ["--worker-cpu", "100m", "--worker-memory", "1Gi"]
NEW = os.environ["KUBECTL_RAY"]


@pytest.fixture(scope="module")
def old():
    """The plugin of the previous version with its agent, built once from its own commit."""
    tree = CACHE / f"previous-{PREVIOUS}"
    program = tree / "build/release/kubectl-ray/kubectl-ray"
    if not program.exists():
        tree.mkdir(parents=True, exist_ok=True)
        source = subprocess.run(["git", "-C", ROOT, "archive", PREVIOUS], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", tree], input=source, check=True)
        for step in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "--target", "kubectl-ray"]):
            subprocess.run(step, cwd=tree, check=True, capture_output=True)
    return str(program)


def ray(program, ns, *arguments, timeout=240):
    done = run(program, "-n", ns, *arguments, timeout=timeout)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def agents_in(ns):
    """The ConfigMaps that the pods' agents come from, by group."""
    volumes = [(pod["metadata"]["labels"]["ray.io/group"], volume) for pod in kubectl_json("get", "pods", "-n", ns)["items"]
               for volume in pod["spec"]["volumes"] if volume["name"] == "ray-init-agent-archive"]
    return {group: [source["configMap"]["name"] for source in volume["projected"]["sources"]] for group, volume in volumes}


def wait_ready(ns):
    kubectl("wait", "--for=condition=Ready", "pod", "-n", ns, "-l", "ray.io/cluster=demo", "--timeout=150s", timeout=160)


@pytest.mark.parametrize("made_by", ["old", "new"])
def test_a_cluster_of_one_version_serves_the_other(old, made_by):
    maker, other = (old, NEW) if made_by == "old" else (NEW, old)
    with namespace("upgrade") as ns:
        ray(maker, ns, "create", "cluster", "demo", *SMALL, "--worker-replicas", "1", "--wait")
        before = agents_in(ns)
        assert "demo" in ray(other, ns, "get", "cluster")
        assert "demo" in ray(other, ns, "status", "demo")
        assert "GCS is ready" in ray(other, ns, "logs", "demo") or "ray-init-agent" in ray(other, ns, "logs", "demo")
        ray(other, ns, "exec", "demo", "--", "/ray-init-agent/ray-init-agent", "health", "--ready")
        # More pods of the maker's template: they start with the maker's agent, whoever scales.
        ray(other, ns, "scale", "cluster", "demo", "-w", "default-group", "-r", "2")
        wait_ready(ns)
        assert agents_in(ns) == before
        # A group of the other version: its agent joins a head that runs under the maker's.
        ray(other, ns, "create", "workergroup", "more", "--ray-cluster", "demo", *GROUP)
        wait_ready(ns)
        assert agents_in(ns)["more"] != before["default-group"]
        assert agents_in(ns)["headgroup"] == before["headgroup"]
        output = ray(other, ns, "job", "submit", "--cluster", "demo", "--", "python", "-c", "import ray; ray.init(); print(6 * 7)")
        assert "42" in output.splitlines()
        ray(other, ns, "delete", "demo", "--yes", "--wait")
        assert kubectl_json("get", "deployments,services,pods", "-n", ns)["items"] == []
