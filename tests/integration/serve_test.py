"""Serve on a real Ray of this machine: applications are deployed, followed and taken away through its dashboard."""

import os
import subprocess
import urllib.request

import pytest

from free_ports import free_ports
from local_ray import LocalRay

APPLICATION = """
from ray import serve


@serve.deployment(ray_actor_options={"num_cpus": 0.1})
class Answer:
    def __call__(self, request):
        return "42"


app = Answer.bind()
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    """The folder with the application, which Ray's workers import."""
    folder = tmp_path_factory.mktemp("code")
    (folder / "answer.py").write_text(APPLICATION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        yield folder


def test_applications_come_stay_and_go(code):
    (port,) = free_ports(1)
    config = code / "serve.yaml"
    config.write_text(f"http_options: {{host: 127.0.0.1, port: {port}}}\n"
                      "applications: [{name: one, import_path: 'answer:app', route_prefix: /one}]\n")
    with LocalRay() as ray:
        def run(*words, code=0):
            command = [os.environ["KUBECTL_RAY"], *words, "--address", f"127.0.0.1:{ray.dashboard_port}"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=200, stdin=subprocess.DEVNULL, check=False)
            assert done.returncode == code, (words, done.stdout, done.stderr)
            return done

        wait = ["--wait", "--timeout", "150s"]
        assert "has no applications" in run("rollout", "status", code=1).stderr
        assert run("create", "service", "--serve-config", str(config), *wait).stdout.startswith("application/one created\n")
        done = run("create", "service", "two", "--import-path", "answer:app", "--route-prefix", "/two", *wait)
        assert done.stdout.startswith("application/two created\napplication/one stays as it is\n"), done
        for route in ("one", "two"):
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}/{route}", timeout=60).read() == b"42"
        done = run("create", "service", "three", "--import-path", "no.such", "--route-prefix", "/three", *wait, code=1)
        assert 'application "three" is DEPLOY_FAILED' in done.stderr, done
        assert "cannot finish" in run("rollout", "status", code=1).stdout
        run("delete", "service/three", "-y", *wait)
        status = run("rollout", "status", "--timeout", "100s").stdout
        assert '/one  application "one" is RUNNING' in status and '/two  application "two" is RUNNING' in status, status
        run("delete", "--all", "-y", *wait)
        assert "has no applications" in run("rollout", "status", code=1).stderr
