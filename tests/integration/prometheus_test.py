"""`prometheus generate`: a real Prometheus scrapes a real Ray by the scrape_configs that it prints, and has the series of the
dashboards; and of an agent, with a program in Ray's place. Where Kubernetes' discovery stands in them, the test puts the one pod that it
would find."""

import json
import re
import subprocess

import agent
import pytest
import yaml
from fake_api import FakeApi, run, write_kubeconfig
from free_ports import free_ports
from local_ray import LocalRay
from prometheus_server import Prometheus

ENDPOINTS = {"metrics", "as-metrics", "dash-metrics", "agent-metrics"}
# What stands in each series, so that the dashboards find it.
LABELS = {"namespace": "default", "pod": "demo-head", "ray_io_cluster": "demo", "ray_io_node_type": "head", "ray_io_group": "headgroup"}
# What the discovery of pods knows of it. Only the declared port is found, whatever Ray listens at.
POD = {"__meta_kubernetes_namespace": "default", "__meta_kubernetes_pod_name": "demo-head", "__meta_kubernetes_pod_ip": "127.0.0.1",
       "__meta_kubernetes_pod_phase": "Running", "__meta_kubernetes_pod_container_port_name": "metrics",
       "__meta_kubernetes_pod_label_ray_io_cluster": "demo", "__meta_kubernetes_pod_label_ray_io_node_type": "head",
       "__meta_kubernetes_pod_label_ray_io_group": "headgroup"}


def ray_cluster(ports):
    node, autoscaler, dashboard, agents = map(str, ports)
    env = [{"name": "AUTOSCALER_METRIC_PORT", "value": autoscaler}, {"name": "DASHBOARD_METRIC_PORT", "value": dashboard},
           {"name": "RAY_INIT_AGENT_HEALTH_PORT", "value": agents}]
    return {"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "demo", "namespace": "default"},
            "spec": {"headGroupSpec": {"rayStartParams": {"metrics-export-port": node},
                                       "template": {"spec": {"containers": [{"name": "ray-head", "env": env}]}}}}}


@pytest.fixture(scope="module")
def ray():
    with LocalRay() as running:
        yield running


@pytest.fixture
def agents_port(tmp_path):
    """Of an agent on loopback, which counts the lines of what it started in Ray's place."""
    (tmp_path / "ray").write_text("#!/bin/sh\necho one line\nexec sleep 1000\n")
    (tmp_path / "ray").chmod(0o755)
    (tmp_path / "logs").mkdir()
    port, = free_ports(1)
    process = agent.start("start", "--node-type=head", "--preflight=false", f"--health-port={port}", f"--logs-dir={tmp_path}/logs",
                          PATH=f"{tmp_path}:/usr/bin:/bin")
    try:
        assert "one line" in process.stdout.readline()
        yield port
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@pytest.fixture
def kubeconfig(ray, agents_port, tmp_path):
    """Of an API server that has the cluster, and no Prometheus operator."""
    path = "/apis/ray.io/v1/namespaces/default/rayclusters/demo"
    routes = {"/apis/ray.io/v1": lambda request: request.send(200, {"resources": [{"name": "rayclusters"}]}),
              path: lambda request: request.send(200, ray_cluster([*ray.metrics_ports, agents_port]))}
    with FakeApi(routes) as api:
        yield write_kubeconfig(tmp_path / "config", api.port)


def printed(kubeconfig, *flags):
    done = run(kubeconfig, "prometheus", "generate", *flags)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def on_loopback(config):
    """The jobs of the head, with the pod instead of its discovery."""
    jobs = [job for job in config["scrape_configs"] if "workers" not in job["job_name"]]
    for job in jobs:
        discovery, = job.pop("kubernetes_sd_configs")
        assert discovery["selectors"] == [{"role": "pod", "label": "ray.io/node-type=head,ray.io/cluster=demo"}]
        job["static_configs"] = [{"targets": ["127.0.0.1:8080"], "labels": POD}]
    return {"scrape_configs": jobs}


def expressions(kubeconfig):
    """Of all panels, for this cluster."""
    for config_map in printed(kubeconfig, "--grafana"):
        for text in config_map["data"].values():
            for outer in json.loads(text)["panels"]:
                for panel in outer.get("panels", [outer]):  # those of a row
                    for target in panel["targets"]:
                        yield target["expr"].replace("$namespace", "default").replace("$cluster", "demo").replace("$__rate_interval", "5s")


def test_a_real_prometheus_scrapes_all_endpoints_of_a_real_ray(kubeconfig):
    config, = printed(kubeconfig, "demo")
    wanted = list(expressions(kubeconfig))
    # One node without GPUs always has these; the others come with tasks, actors, devices and an autoscaler's first round.
    there_at_once = [each for each in wanted if re.search(r"ray_node_(cpu|mem|disk|network)|ray_resources|ray_object_store_memory|ray_init_agent", each)]
    assert len([each for each in there_at_once if "ray_init_agent" not in each]) >= 7
    assert len([each for each in there_at_once if "ray_init_agent" in each]) >= 7
    with Prometheus(on_loopback(config)) as prometheus:
        prometheus.wait_for(lambda: {each["endpoint"] for each in prometheus.query("up == 1")} == ENDPOINTS, 120)
        for series in prometheus.query("up"):
            assert LABELS.items() <= series.items()
        for expression in there_at_once:
            prometheus.wait_for(lambda wanted=expression: prometheus.query(wanted), 120)
        for expression in wanted:
            prometheus.query(expression)  # each can be read
        for series in prometheus.query("ray_node_cpu_utilization"):
            assert {**LABELS, "endpoint": "metrics"}.items() <= series.items()
        lines, = prometheus.query('ray_init_agent_log_lines_total{source="child"} == 1')
        assert {**LABELS, "endpoint": "agent-metrics"}.items() <= lines.items()
