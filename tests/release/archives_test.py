"""Archives, sums, lists of parts, krew, install.sh and the Debian package, as those who install them meet them."""

import copy
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import pytest
import dist
import yaml
from dist import DIST, ROOT, files_of, one, plugin_archives

sys.path.insert(0, str(ROOT / "krew"))
import krew_manifest  # noqa: E402

OWN = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
LINKED = {"curl", "mbedtls", "nghttp2", "zlib", "nlohmann-json3", "cli11", "spdlog", "minizip", "yaml-cpp", "protozero", "c-ares", "libc++"}


@pytest.fixture(scope="module")
def manifest():
    return yaml.safe_load((DIST / "ray.yaml").read_text())


def test_every_file_has_its_sum():
    sums = dict(line.split("  ")[::-1] for line in (DIST / "sha256sums.txt").read_text().splitlines())
    files = {path.name for path in DIST.iterdir()} - {"sha256sums.txt"}
    assert set(sums) == files
    for name in files:
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == sums[name]


@pytest.mark.parametrize("archive", plugin_archives(), ids=lambda path: path.name)
def test_an_archive_has_the_program_its_helper_the_licence_and_notices(archive):
    files = files_of(archive)
    beside = {"kubectl_complete-ray", "share/man/man1/kubectl-ray-create-cluster.1", "share/bash-completion/completions/kubectl-ray",
              "share/kubectl-ray/helm-plugin/plugin.yaml"}
    windows = {"kubectl-ray.exe", "kubectl_complete-ray.exe"}
    assert (windows if archive.suffix == ".zip" else {"kubectl-ray", *beside}) <= set(files)
    assert files["LICENSE"] == (ROOT / "LICENSE").read_bytes()
    notices = files["NOTICES"].decode()
    for text in ("curl 8.", "mbedtls 3.", "zlib 1.", "musl zig-", "COPYRIGHT AND PERMISSION NOTICE", "Apache License"):
        assert text in notices


@pytest.mark.parametrize("archive", plugin_archives(), ids=lambda path: path.name)
def test_the_list_of_parts_is_spdx_and_names_what_is_linked(archive):
    files = files_of(archive)
    document = json.loads(files["sbom.spdx.json"])
    assert document["spdxVersion"] == "SPDX-2.3"
    packages = {package["name"]: package for package in document["packages"]}
    assert set(packages) > LINKED
    assert "catch2" not in packages
    binary = dist.program_of(archive)
    assert packages["kubectl-ray"]["checksums"][0]["checksumValue"] == hashlib.sha256(binary).hexdigest()
    ids = {package["SPDXID"] for package in document["packages"]} | {"SPDXRef-DOCUMENT"}
    assert len(ids) == len(document["packages"]) + 1
    for relation in document["relationships"]:
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= ids
    for name, package in packages.items():
        for text in (name, package["licenseDeclared"]):
            assert name.startswith(("kubectl-ray", "ray-init-agent")) or text in files["NOTICES"].decode()


def test_krew_takes_the_manifest(manifest):
    assert krew_manifest.faults_of(manifest, "ray") == []
    for entry in manifest["spec"]["platforms"]:
        archive = DIST / entry["uri"].rsplit("/", 1)[1]
        assert entry["sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
        names = set(files_of(archive))
        assert {operation["from"] for operation in entry["files"]} <= names
        assert entry["bin"] in names


def set_platform(field, value):
    return lambda manifest: manifest["spec"]["platforms"][0].__setitem__(field, value)


def set_spec(field, value):
    return lambda manifest: manifest["spec"].__setitem__(field, value)


@pytest.mark.parametrize("change, name, fault", [
    (lambda manifest: manifest.update(kind="Plug"), "ray", "kind"),
    (lambda manifest: manifest.update(apiVersion="v1"), "ray", "apiVersion"),
    (lambda manifest: None, "raygun", "the plugin is not"),
    (lambda manifest: manifest["metadata"].update(name="r y"), "r y", "not allowed"),
    (lambda manifest: manifest["metadata"].update(name="con"), "con", "not allowed"),
    (lambda manifest: manifest["metadata"].update(name="Ray"), "Ray", "lower case"),
    (set_spec("version", "0.1.0"), "ray", "semantic"),
    (set_spec("version", "v0.1"), "ray", "semantic"),
    (set_spec("shortDescription", ""), "ray", "shortDescription"),
    (set_spec("shortDescription", "a\nb"), "ray", "shortDescription"),
    (set_spec("shortDescription", "a" * 51), "ray", "50"),
    (set_spec("platforms", []), "ray", "no platform"),
    (set_platform("sha256", "A" * 64), "ray", "sha256"),
    (set_platform("sha256", "a" * 63), "ray", "sha256"),
    (set_platform("uri", ""), "ray", "uri is not set"),
    (set_platform("uri", "https://example.com/ray.tar.bz2"), "ray", "neither"),
    (set_platform("bin", ""), "ray", "bin is not set"),
    (set_platform("files", []), "ray", "files is there and empty"),
    (set_platform("files", [{"from": "a"}]), "ray", "without from or to"),
    (set_platform("files", [{"from": "a", "to": "../b"}]), "ray", "leads out"),
    (set_platform("selector", {}), "ray", "selector"),
    (set_platform("selector", {"matchLabels": {"libc": "musl"}}), "ray", "libc"),
    (set_platform("selector", {"matchLabels": {"os": "plan9"}}), "ray", "no system"),
    (set_platform("selector", {"matchLabels": {"arch": "arm64"}}), "ray", "linux/arm64 is matched by"),
])
def test_krew_would_refuse(manifest, change, name, fault):
    changed = copy.deepcopy(manifest)
    change(changed)
    faults = krew_manifest.faults_of(changed, name)
    assert any(fault in text for text in faults), faults


def all_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def install(script, *arguments, **keywords):
    return subprocess.run(["sh", script, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL, **keywords)


def test_install_sh_installs_and_takes_all_away(tmp_path):
    prefix = tmp_path / "with a space"
    done = install(DIST / "install.sh", "--prefix", prefix, "--from", DIST)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kubectl ray plugin version: v")
    assert "on your PATH" in done.stderr
    assert {"bin/kubectl-ray", "bin/kubectl_complete-ray", "share/man/man1/kubectl-ray.1", "share/doc/kubectl-ray/LICENSE",
            "share/zsh/site-functions/_kubectl-ray"} <= set(all_below(prefix))
    page = subprocess.run(["man", "--warnings", "-l", prefix / "share/man/man1/kubectl-ray-job-submit.1"], capture_output=True, text=True)
    assert page.returncode == 0 and page.stderr == "" and "--working-dir" in page.stdout
    assert install(DIST / "install.sh", "--prefix", prefix, "--from", DIST).returncode == 0  # over an older one
    assert install(DIST / "install.sh", "--prefix", prefix, "--uninstall").returncode == 0
    assert all_below(prefix) == []
    done = install(DIST / "install.sh", "--prefix", prefix, "--uninstall")
    assert done.returncode == 1 and "has not installed there" in done.stderr


def test_install_sh_of_an_unpacked_archive_needs_no_place(tmp_path):
    dist.unpack(one(f"kubectl-ray_v*_linux_{OWN}.tar.gz"), tmp_path / "unpacked")
    done = install(tmp_path / "unpacked/install.sh", "--prefix", tmp_path / "prefix")
    assert done.returncode == 0 and (tmp_path / "prefix/bin/kubectl-ray").exists(), done.stderr


def test_install_sh_without_root_takes_the_users_own_place(tmp_path):
    dist.unpack(one(f"kubectl-ray_v*_linux_{OWN}.tar.gz"), tmp_path / "unpacked")
    home = tmp_path / "home"
    home.mkdir()
    tmp_path.chmod(0o777)
    home.chmod(0o777)
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    done = install(tmp_path / "unpacked/install.sh", user=65534, env={"HOME": str(home), "PATH": os.environ["PATH"]})
    assert done.returncode == 0 and (home / ".local/bin/kubectl-ray").exists(), done.stderr


def test_install_sh_refuses_an_archive_with_another_sum(tmp_path):
    shutil.copytree(DIST, tmp_path / "dist")
    with open(tmp_path / "dist" / one(f"kubectl-ray_v*_linux_{OWN}.tar.gz").name, "ab") as archive:
        archive.write(b"more")
    done = install(tmp_path / "dist/install.sh", "--prefix", tmp_path / "prefix", "--from", tmp_path / "dist")
    assert done.returncode == 1 and "cannot trust" in done.stderr
    assert not (tmp_path / "prefix").exists()


@pytest.mark.parametrize("arguments, message", [
    (["--from", "/nonexistent"], "cannot get"), (["--what"], 'unknown argument "--what"'),
    (["--prefix", "/proc/none", "--from", str(DIST)], "cannot install to")])
def test_install_sh_says_what_is_wrong(arguments, message):
    done = install(DIST / "install.sh", *arguments)
    assert done.returncode == 1 and f"error: {message}" in done.stderr


def test_the_debian_package_installs_and_leaves_nothing(manifest):
    package = one(f"kubectl-ray_*_{OWN}.deb")
    version = manifest["spec"]["version"]
    files = re.findall(r"\./(usr/\S+[^/])$", subprocess.run(["dpkg", "-c", package], check=True, capture_output=True, text=True).stdout, re.MULTILINE)
    assert {"usr/bin/kubectl-ray", "usr/bin/kubectl_complete-ray", "usr/share/doc/kubectl-ray/NOTICES",
            "usr/share/bash-completion/completions/kubectl-ray", "usr/share/man/man1/kubectl-ray.1"} <= set(files)
    assert "usr/bin/ray-init-agent" not in files
    maintainer = subprocess.run(["dpkg", "-f", package, "Maintainer"], check=True, capture_output=True, text=True).stdout
    assert re.fullmatch(r".+ <\S+@\S+\.\S+>\n", maintainer)
    apt = dict(check=True, capture_output=True, text=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", package], **apt)
    try:
        done = subprocess.run(["/usr/bin/kubectl-ray", "version", "--client"], capture_output=True, text=True)
        assert version in done.stdout
        assert subprocess.run(["man", "-w", "kubectl-ray-create-cluster"], capture_output=True).returncode == 0
    finally:
        subprocess.run(["apt-get", "purge", "--yes", "kubectl-ray"], **apt)
    assert not [name for name in files if pathlib.Path("/", name).is_file()]
