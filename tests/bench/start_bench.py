"""How soon the programs start, and with how much memory: beside kubectl and KubeRay's own plugin, tini and `ray`."""

import os

import agent
import cluster
from bench import Bench, Rival, command, ours
from local_ray import ray_program


def starting(*words):
    return command(words, repeat=20, env={"HOME": "/", "PATH": os.environ["PATH"]})


def main():
    with Bench("Starting") as bench:
        bench.case("a plugin's start", ours("kubectl-ray version --client", starting(os.environ["KUBECTL_RAY"], "version", "--client")),
                   Rival("kubectl version --client", starting(cluster.part("kubernetes") / "kubectl", "version", "--client")),
                   Rival("KubeRay's kubectl-ray version --help", starting(cluster.part("kuberay-plugin") / "kubectl-ray", "version", "--help")))
        bench.case("the agent's start", ours("ray-init-agent --help", starting(agent.AGENT, "--help")),
                   Rival("ray --help", command([ray_program(), "--help"])))


main()
