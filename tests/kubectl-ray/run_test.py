"""What `run` hands to the program: the address, and what signs it in."""

import base64
import os
import subprocess

import pytest
from fake_api import FakeApi, environment, pod, pod_list, write_kubeconfig

PROGRAM = os.environ["KUBECTL_RAY"]
PODS = "/api/v1/namespaces/default/pods"
SECRET = "/api/v1/namespaces/default/secrets/ray"
SHOW = ["sh", "-c", 'echo "${RAY_ADDRESS%:*} $RAY_AUTH_MODE $RAY_AUTH_TOKEN"; exit 7']


def head(token):
    one = pod("head")
    if token:
        one["spec"]["containers"][0]["env"] = [
            {"name": "RAY_AUTH_MODE", "value": "token"},
            {"name": "RAY_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": "ray", "key": "auth_token"}}}]
    return one


@pytest.mark.parametrize("token, own, told", [
    (False, {}, "ray://127.0.0.1  "),
    (True, {}, "ray://127.0.0.1 token s3cr3t"),
    (True, {"RAY_AUTH_TOKEN": "mine"}, "ray://127.0.0.1 token mine"),
    (True, {"RAY_AUTH_TOKEN_PATH": "/mine"}, "ray://127.0.0.1 token "),
    (False, {"RAY_ADDRESS": "elsewhere"}, "ray://127.0.0.1  "),
])
def test_the_program_is_signed_in(tmp_path, token, own, told):
    secret = {"kind": "Secret", "metadata": {"name": "ray"}, "data": {"auth_token": base64.b64encode(b"s3cr3t").decode()}}
    with FakeApi({PODS: lambda r: r.send(200, pod_list(head(token))), SECRET: lambda r: r.send(200, secret)}) as api:
        kubeconfig = write_kubeconfig(tmp_path / "config", api.port)
        done = subprocess.run([PROGRAM, "run", "--cluster", "demo", "--", *SHOW], env={**environment(kubeconfig), **own},
                              capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stdout) == (7, told + "\n"), done.stderr
        assert "s3cr3t" not in done.stderr
        assert ([path for path in api.requests if "secrets" in str(path)] != []) == (token and not own)
