"""A dashboard behind TLS with a CA of one's own, as an ingress serves it: --ca, --verify, --headers, the token."""

import os
import subprocess

import pytest

from certificates import TlsProxy, make
from fake_dashboard import FakeDashboard

PROGRAM = os.environ["KUBECTL_RAY"]
LOG = b"one\ntwo\n"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make(tmp_path_factory.mktemp("tls"), "DNS:localhost")


def submit(host, proxy, *flags, env=None):
    command = [PROGRAM, "job", "submit", "--address", f"https://{host}:{proxy.port}", *flags, "--", "true"]
    return subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={"PATH": "/usr/bin:/bin", **(env or {})})


@pytest.mark.parametrize("host, flags, code, told", [
    ("localhost", ["--ca", "ca.pem"], 0, "succeeded"),
    ("localhost", ["--verify", "ca.pem"], 0, "succeeded"),
    ("localhost", ["--verify", "false"], 0, "succeeded"),
    ("127.0.0.1", ["--verify", "false"], 0, "succeeded"),
    ("localhost", [], 1, "certificate"),
    ("127.0.0.1", ["--ca", "ca.pem"], 1, "certificate"),
    ("localhost", ["--ca", "tls.key"], 1, ""),
])
def test_which_certificates_are_trusted(certificates, host, flags, code, told):
    flags = [str(certificates / flag) if flag.endswith((".pem", ".key")) else flag for flag in flags]
    with FakeDashboard(LOG) as dashboard, TlsProxy(dashboard.port, certificates) as proxy:
        done = submit(host, proxy, *flags, "--timeout", "3s")
        assert done.returncode == code, done.stderr
        assert told in done.stderr.decode().lower()
        assert done.stdout == (LOG if code == 0 else b"")
        assert bool(dashboard.runs) == (code == 0)


def test_token_and_headers_go_through_and_are_not_shown(certificates):
    with FakeDashboard(LOG, token="s3cr3t") as dashboard, TlsProxy(dashboard.port, certificates) as proxy:
        for flags, env in (([], {"RAY_AUTH_TOKEN": "s3cr3t"}), (["--headers", '{"Authorization": "Bearer s3cr3t"}'], {})):
            done = submit("localhost", proxy, "--ca", str(certificates / "ca.pem"), "-v8", *flags, env=env)
            assert (done.returncode, done.stdout) == (0, LOG), done.stderr
            assert b"s3cr3t" not in done.stderr
