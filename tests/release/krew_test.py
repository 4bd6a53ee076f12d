"""krew itself (built from its Go module) installs, lists, upgrades and removes the plugin: from the release's own manifest, and
from an index of our own."""

import contextlib
import functools
import http.server
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import threading

import pytest
import yaml
from cluster import part
from dist import DIST, ROOT, one

sys.path.insert(0, str(ROOT / "krew"))
import krew_manifest  # noqa: E402

OWN = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
OLDER = "v0.0.1"


def user(home: pathlib.Path) -> dict[str, str]:
    """One with kubectl and krew; the upgrade check would ask krew's own place."""
    path = [home / ".krew/bin", part("kubernetes"), part("krew")]
    return {"HOME": str(home), "PATH": ":".join(map(str, path)) + ":/usr/bin:/bin", "KREW_NO_UPGRADE_CHECK": "1",
            "GIT_CONFIG_NOSYSTEM": "1"}


def kubectl(home: pathlib.Path, *arguments) -> str:
    done = subprocess.run(["kubectl", *map(str, arguments)], env=user(home), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


@pytest.fixture(scope="module")
def version() -> str:
    return yaml.safe_load((DIST / "ray.yaml").read_text())["spec"]["version"]


@contextlib.contextmanager
def served(folder: pathlib.Path):
    """Its files by HTTP: krew takes archives from no other kind of place."""
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Index:
    """A repository of git as krew wants it: plugins/NAME.yaml."""

    def __init__(self, folder: pathlib.Path, url: str):
        self.folder, self.url = folder, url
        (folder / "plugins").mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        identity = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@t", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@t"}
        subprocess.run(["git", *arguments], cwd=self.folder, env={**os.environ, **identity}, check=True, capture_output=True)

    def publish(self, version: str, archive: str):
        """The manifest of a release, with this machine's archive alone."""
        manifest = yaml.safe_load((DIST / "ray.yaml").read_text())
        own = next(entry for entry in manifest["spec"]["platforms"] if krew_manifest.matches(entry["selector"], "linux", OWN))
        manifest["spec"] |= {"version": version, "platforms": [{**own, "uri": f"{self.url}/{archive}"}]}
        (self.folder / "plugins/ray.yaml").write_text(yaml.safe_dump(manifest))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", version)


def test_from_the_releases_own_manifest(tmp_path, version):
    """No index is needed to install; to list and to uninstall krew 0.5.0 wants one, whatever is in it."""
    kubectl(tmp_path, "krew", "install", f"--manifest={DIST / 'ray.yaml'}", f"--archive={one(f'kubectl-ray_v*_linux_{OWN}.tar.gz')}")
    kubectl(tmp_path, "krew", "index", "add", "empty", f"file://{Index(tmp_path / 'index', '').folder}")
    assert rows(kubectl(tmp_path, "krew", "list")) == [["detached/ray"]]
    assert kubectl(tmp_path, "ray", "version", "--client").startswith(f"kubectl ray plugin version: {version}\n")
    installed = {path.name for path in (tmp_path / ".krew/store/ray" / version).iterdir()}
    assert installed == {"kubectl-ray", "kubectl_complete-ray", "LICENSE", "NOTICES"}
    kubectl(tmp_path, "krew", "uninstall", "ray")
    assert not (tmp_path / ".krew/bin/kubectl-ray").exists() and not (tmp_path / ".krew/store/ray").exists()


def test_from_an_index_of_our_own_with_an_upgrade(tmp_path, version):
    archive = one(f"kubectl-ray_v*_linux_{OWN}.tar.gz").name
    home = tmp_path / "home"
    home.mkdir()
    with served(DIST) as url:
        index = Index(tmp_path / "index", url)
        index.publish(OLDER, archive)
        kubectl(home, "krew", "index", "add", "ours", f"file://{index.folder}")
        assert ["ours", f"file://{index.folder}"] in rows(kubectl(home, "krew", "index", "list"))
        assert rows(kubectl(home, "krew", "search", "ray"))[1][0] == "ours/ray"
        kubectl(home, "krew", "install", "ours/ray")
        assert (home / ".krew/store/ray" / OLDER).exists()
        index.publish(version, archive)
        kubectl(home, "krew", "upgrade", "ray")
        assert [path.name for path in (home / ".krew/store/ray").iterdir()] == [version]
        assert rows(kubectl(home, "krew", "list")) == [["ours/ray"]]
        assert kubectl(home, "ray", "version", "--client").startswith(f"kubectl ray plugin version: {version}\n")
        kubectl(home, "krew", "uninstall", "ray")
        kubectl(home, "krew", "index", "remove", "ours")
    assert shutil.which("kubectl-ray", path=str(home / ".krew/bin")) is None


def test_an_archive_that_was_changed_is_refused(tmp_path):
    """The sum in our manifest is the one that krew computes."""
    archive = tmp_path / "changed.tar.gz"
    archive.write_bytes(one(f"kubectl-ray_v*_linux_{OWN}.tar.gz").read_bytes() + b"more")
    done = subprocess.run(["kubectl", "krew", "install", f"--manifest={DIST / 'ray.yaml'}", f"--archive={archive}"], env=user(tmp_path),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "checksum does not match" in done.stderr, done.stderr
    assert not (tmp_path / ".krew/bin/kubectl-ray").exists()
