"""inject as the post-renderer of the real Helm 3 and Helm 4, on a chart of KubeRay's own."""

import json
import os
import pathlib
import subprocess

import pytest
import yaml

from cluster import ROOT, part

IMAGE = "example.com/ray-init-agent:1"


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    home = tmp_path_factory.mktemp("helm")
    program = pathlib.Path(os.environ["KUBECTL_RAY"])
    return {**os.environ, "HOME": str(home), "PATH": f"{program.parent}:{os.environ['PATH']}",
            **{f"HELM_{what}_HOME": str(home / what.lower()) for what in ("CACHE", "CONFIG", "DATA")}}


def helm(version, environment, *arguments, values=None) -> subprocess.CompletedProcess:
    return subprocess.run([part(version) / "helm", *arguments, *(["--values", "-"] if values else [])], env=environment,
                          input=json.dumps(values or {}), capture_output=True, text=True, timeout=120, check=False)


def template(version, environment, *renderer, values=None):
    return helm(version, environment, "template", "team", str(part("kuberay-chart") / "ray-cluster"), *renderer, values=values)


@pytest.fixture(scope="module", params=["helm", "helm4"])
def rendered(request, environment):
    """A version of Helm, and the flags that name the post-renderer there."""
    if request.param == "helm":
        return request.param, ["--post-renderer", "kubectl-ray", "--post-renderer-args", "inject"]
    done = helm("helm4", environment, "plugin", "install", str(ROOT / "krew/helm-plugin"))
    assert done.returncode == 0, done.stderr
    return request.param, ["--post-renderer", "ray-init-agent"]


def test_a_chart_gets_the_agent(rendered, environment):
    version, renderer = rendered
    plain = template(version, environment)
    assert plain.returncode == 0, plain.stderr
    done = template(version, environment, *renderer, "--post-renderer-args", f"--agent-image={IMAGE}")
    assert done.returncode == 0, done.stderr
    [cluster] = [document for document in yaml.safe_load_all(done.stdout) if document and document["kind"] == "RayCluster"]
    groups = [cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]]
    for group in groups:
        pod = group["template"]["spec"]
        assert pod["containers"][0]["command"] == ["/ray-init-agent/ray-init-agent", "start"]
        assert pod["initContainers"][-1]["image"] == IMAGE
    without = subprocess.run([os.environ["KUBECTL_RAY"], "uninject"], input=done.stdout, capture_output=True, text=True, check=True)
    assert list(yaml.safe_load_all(without.stdout)) == list(yaml.safe_load_all(plain.stdout)) or version == "helm4"


def test_a_chart_that_cannot_be_injected_fails_the_installation(rendered, environment):
    version, renderer = rendered
    values = {"head": {"volumes": [{"name": "ray-init-agent", "emptyDir": {}}]}}
    done = template(version, environment, *renderer, "--post-renderer-args", f"--agent-image={IMAGE}", values=values)
    assert done.returncode != 0
    assert "ray-init-agent" in done.stderr
    assert done.stdout == ""
