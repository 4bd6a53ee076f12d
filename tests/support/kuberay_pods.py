"""Pods as KubeRay 1.7 makes them (seen on real ones), with the agent as entrypoint or as KubeRay has it: the operator itself
cannot be had from a package registry."""

from cluster import IMAGE

# ray-operator/controllers/ray/common/pod.go, DefaultWorkerPodTemplate; {0} is the head's address.
WAIT_GCS_READY = """
					SECONDS=0
					while true; do
						if (( SECONDS <= 120 )); then
							if ray health-check --address {0} > /dev/null 2>&1; then
								echo "GCS is ready."
								break
							fi
							echo "$SECONDS seconds elapsed: Waiting for GCS to be ready."
						else
							if ray health-check --address {0}; then
								echo "GCS is ready. Any error messages above can be safely ignored."
								break
							fi
							echo "$SECONDS seconds elapsed: Still waiting for GCS to be ready. For troubleshooting, refer to the FAQ at https://docs.ray.io/en/master/cluster/kubernetes/troubleshooting.html."
						fi
						sleep 5
					done
				"""
AGENT = "/ray-init-agent/ray-init-agent"
DEFAULTS = " --block  --dashboard-agent-listen-port=52365  --metrics-export-port=8080  --num-cpus=1 "
SMALL = {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"memory": "2Gi"}}


def variables(**values):
    return [{"name": name, "value": value} for name, value in values.items()]


def agent_probes():
    def probe(mode, period, failures):
        return {"exec": {"command": [AGENT, "health", mode]}, "periodSeconds": period, "timeoutSeconds": 5,
                "failureThreshold": failures}
    return {"startupProbe": probe("--ready", 1, 3600), "readinessProbe": probe("--ready", 5, 10),
            "livenessProbe": probe("--live", 5, 120)}


def health_port_probes(port):
    def probe(path, period, failures):
        return {"httpGet": {"path": path, "port": port}, "periodSeconds": period, "failureThreshold": failures}
    return {"startupProbe": probe("/readyz", 1, 3600), "readinessProbe": probe("/readyz", 5, 10),
            "livenessProbe": probe("/healthz", 5, 120)}


def kuberay_probes(head):
    urls = ["localhost:52365/api/local_raylet_healthz"] + (["localhost:8265/api/gcs_healthz"] if head else [])
    script = " && ".join(f"wget --tries 1 -T 2 -q -O- http://{url} | grep success" for url in urls)

    def probe(delay, failures):
        return {"exec": {"command": ["bash", "-c", script]}, "initialDelaySeconds": delay, "periodSeconds": 5,
                "timeoutSeconds": 5, "failureThreshold": failures}
    return {"readinessProbe": probe(10, 10), "livenessProbe": probe(30, 120)}


def pod(namespace, name, node_type, container, init=()):
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "labels": {"ray.io/node-type": node_type}},
            "spec": {"containers": [container], "initContainers": list(init), "restartPolicy": "Never",
                     "terminationGracePeriodSeconds": 30, "volumes": [{"name": "shm", "emptyDir": {"medium": "Memory"}}]}}


def with_agent(manifest, folder, health_port=None):
    """The same under the agent, which lies in `folder` of the node (`install` was run there); with a health port the kubelet
    asks that in place of running `health`."""
    for container in manifest["spec"]["containers"] + manifest["spec"]["initContainers"]:
        container["volumeMounts"].append({"name": "agent", "mountPath": "/ray-init-agent", "readOnly": True})
        container["env"].append({"name": "BASH_ENV", "value": "/ray-init-agent/bash_env"})
    manifest["spec"]["volumes"].append({"name": "agent", "hostPath": {"path": str(folder)}})
    container = manifest["spec"]["containers"][0]
    del container["args"]
    container["command"] = [AGENT, "start"]
    container.update(health_port_probes(health_port) if health_port else agent_probes())
    if health_port:
        container["env"] += variables(RAY_INIT_AGENT_HEALTH_PORT=str(health_port))
    return manifest


def ray_container(namespace, head, extra=""):
    host = f"demo-head-svc.{namespace}.svc.cluster.local"
    start = f"ray start --head {extra} --dashboard-host=0.0.0.0 {DEFAULTS}" if head else \
        f"ray start {extra} --address={host}:6379 {DEFAULTS}"
    env = variables(KUBERAY_GEN_RAY_START_CMD=start, RAY_PORT="6379",
                    RAY_ADDRESS="127.0.0.1:6379" if head else f"{host}:6379")
    if not head:
        env += variables(FQ_RAY_IP=host, RAY_IP="demo-head-svc")
    env.append({"name": "RAY_CLOUD_INSTANCE_ID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})
    return {"name": "ray-head" if head else "ray-worker", "image": IMAGE, "imagePullPolicy": "Never", "env": env,
            "command": ["/bin/bash", "-c", "--"], "args": [f"ulimit -n ${{RAY_START_ULIMIT_OPEN_FILES:-65536}}; {start}"],
            "resources": SMALL, "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}], **kuberay_probes(head)}


def head_pod(namespace):
    return pod(namespace, "head", "head", ray_container(namespace, head=True))


def worker_pod(namespace, name="worker"):
    container = ray_container(namespace, head=False)
    host = f"demo-head-svc.{namespace}.svc.cluster.local"
    limits = {"cpu": "200m", "memory": "256Mi"}
    init = {"name": "wait-gcs-ready", "image": IMAGE, "imagePullPolicy": "Never", "command": ["/bin/bash", "-c", "--"],
            "args": [WAIT_GCS_READY.format(f"{host}:6379")], "env": variables(FQ_RAY_IP=host, RAY_IP="demo-head-svc"),
            "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}], "resources": {"limits": limits, "requests": limits}}
    return pod(namespace, name, "worker", container, [init])


def head_service(namespace):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "demo-head-svc", "namespace": namespace},
            "spec": {"clusterIP": "None", "publishNotReadyAddresses": True, "selector": {"ray.io/node-type": "head"},
                     "ports": [{"name": "gcs-server", "port": 6379}]}}
