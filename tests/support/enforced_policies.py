"""NetworkPolicies of a namespace, enforced on the one node by iptables: the cluster's own CNI lets everything through. The chains are
the test's own, and go with it."""

import contextlib
import itertools
import subprocess
import uuid

from cluster import kubectl_json


def iptables(*arguments: str) -> None:
    done = subprocess.run(["iptables", "--wait", *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, (arguments, done.stderr)


def pods_of(ns: str) -> list[dict]:
    return [pod for pod in kubectl_json("get", "pods", "-n", ns)["items"] if "podIP" in pod["status"]]


def meets(selector: dict, pod: dict) -> bool:
    assert set(selector) <= {"matchLabels"}, selector
    return selector.get("matchLabels", {}).items() <= pod["metadata"].get("labels", {}).items()


def addresses(peer: dict, ns: str) -> list[str]:
    """What iptables takes for a peer. An empty text is any address."""
    if "ipBlock" in peer:
        return [peer["ipBlock"]["cidr"]]
    if "namespaceSelector" in peer:
        labels = peer["namespaceSelector"].get("matchLabels", {})
        assert set(labels) <= {"kubernetes.io/metadata.name"}, labels
        if not labels:
            assert "podSelector" not in peer, peer
            return [""]
        ns = labels["kubernetes.io/metadata.name"]
    return [pod["status"]["podIP"] for pod in pods_of(ns) if meets(peer.get("podSelector", {}), pod)]


def matches(rules: list[dict], peers: str, flag: str, ns: str) -> list[list[str]]:
    """The iptables matches of a policy's rules."""
    found = []
    for rule in rules:
        froms = [address for peer in rule[peers] for address in addresses(peer, ns)] if peers in rule else [""]
        ports = [["-p", port["protocol"].lower(), "--dport", str(port["port"])] for port in rule.get("ports", [])] or [[]]
        found += [([flag, address] if address else []) + port for address, port in itertools.product(froms, ports)]
    return found


def chains(ns: str):
    """For each pod and direction that a policy is about: the match of its connections, and those that are let through."""
    policies = kubectl_json("get", "networkpolicies", "-n", ns)["items"]
    for pod, (kind, peers, of_pod, of_peer) in itertools.product(pods_of(ns), [("Ingress", "from", "-d", "-s"), ("Egress", "to", "-s", "-d")]):
        about = [policy["spec"] for policy in policies if meets(policy["spec"]["podSelector"], pod) and kind in policy["spec"]["policyTypes"]]
        if about:
            rules = [rule for spec in about for rule in spec.get(kind.lower(), [])]
            yield [of_pod, pod["status"]["podIP"]], matches(rules, peers, of_peer, ns)


@contextlib.contextmanager
def enforced(ns: str):
    """The policies and pods that the namespace has now. What they forbid is refused at once."""
    name = f"kr-test-{uuid.uuid4().hex[:8]}"
    made = []
    hook = ["FORWARD", "-m", "comment", "--comment", "kubectl-ray", "-j", name]  # tests/cluster/down takes such a rule along
    try:
        iptables("-N", name)
        made.append(name)
        iptables("-A", name, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "RETURN")
        for number, (of_pod, let_through) in enumerate(chains(ns)):
            chain = f"{name}-{number}"
            iptables("-N", chain)
            made.append(chain)
            for match in let_through:
                iptables("-A", chain, *match, "-j", "RETURN")
            iptables("-A", chain, "-p", "tcp", "-j", "REJECT", "--reject-with", "tcp-reset")
            iptables("-A", chain, "-j", "REJECT")
            iptables("-A", name, *of_pod, "-j", chain)
        iptables("-I", *hook)
        made.append(hook)
        yield
    finally:
        if made and made[-1] is hook:
            iptables("-D", *made.pop())
        for chain in made:
            iptables("-F", chain)
        for chain in made:
            iptables("-X", chain)
