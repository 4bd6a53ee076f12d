"""Issue 3's first rows of bad input, with the real programs and the real API server."""

import subprocess

import pytest

from cluster import KUBECONFIG, KUBECONFIG_NOBODY, namespace, run


@pytest.fixture(scope="module")
def ns():
    with namespace("bad-input") as name:
        yield name


def refused(*arguments, code=1, kubeconfig=KUBECONFIG, **keywords):
    """Runs it, checks that it fails as an error on stderr and prints no data; returns stderr."""
    done = run("kubectl-ray", *arguments, kubeconfig=kubeconfig, **keywords)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert "error: " in [line[:7] for line in done.stderr.splitlines()], done.stderr
    return done.stderr


def test_no_kubeconfig(tmp_path):
    message = refused("get", "cluster", "--kubeconfig", str(tmp_path / "none"), code=2)
    assert str(tmp_path / "none") in message


def test_an_unknown_context_offers_the_near_one():
    message = refused("get", "cluster", "--context", "kubectl-rya", code=2)
    assert '"kubectl-rya"' in message and "kubectl-ray" in message.replace("kubectl-rya", "")


def test_a_server_that_refuses():
    message = refused("get", "cluster", "--server", "https://127.0.0.1:9")
    assert "127.0.0.1:9" in message and "refused" in message


def test_an_expired_client_certificate(tmp_path):
    key, new, old = (str(tmp_path / name) for name in ("key.pem", "new.pem", "old.pem"))
    openssl = dict(check=True, capture_output=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=me", "-keyout", key, "-out", new], **openssl)
    subprocess.run(["openssl", "x509", "-in", new, "-signkey", key, "-days", "-1", "-out", old], **openssl)
    message = refused("get", "cluster", "--client-certificate", old, "--client-key", key)
    assert "client certificate: it expired at 20" in message


def test_no_permission_names_verb_resource_and_namespace():
    message = refused("create", "cluster", "demo", "-n", "default", kubeconfig=KUBECONFIG_NOBODY)
    assert "nobody" in message and "default" in message
    assert any(verb in message for verb in ("get", "list", "create", "patch"))


@pytest.mark.parametrize("name", ["", "Demo", "1demo", "de_mo", "-demo", "demo-", "d" * 64, "dé", "a.b"])
def test_a_name_that_kubernetes_refuses(ns, name):
    done = run("kubectl-ray", "create", "cluster", "-n", ns, "--", name)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")


def test_a_missing_working_directory(ns):
    message = refused("job", "submit", "--cluster", "none", "--working-dir", "no/such/folder", "-n", ns, "--", "true", code=2)
    assert "no/such/folder" in message


def test_a_cluster_that_is_not_there(ns):
    message = refused("job", "submit", "--cluster", "none", "-n", ns, "--", "true")
    assert 'cluster "none"' in message and "kubectl ray get cluster" in message


def test_a_head_that_cannot_be_scheduled_is_given_up(ns):
    done = run("kubectl-ray", "create", "cluster", "toobig", "--head-cpu", "64", "--head-memory", "1Gi", "--wait", "--timeout", "5s", "-n", ns, timeout=60)
    assert done.returncode == 1, done.stderr
    assert 'Ray cluster "toobig" is not ready after 5s: ' in done.stderr and "kubectl ray delete toobig" in done.stderr
    assert run("kubectl-ray", "delete", "cluster/toobig", "--yes", "-n", ns).returncode == 0
