"""tests/audit: what it reads of a registry's answers."""

import datetime
import http.server
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import sys
import threading

import pytest

PATH = pathlib.Path(__file__).resolve().parents[1] / "audit"
LOADER = importlib.machinery.SourceFileLoader("audit", str(PATH))
audit = importlib.util.module_from_spec(importlib.util.spec_from_loader("audit", LOADER))
sys.modules["audit"] = audit
LOADER.exec_module(audit)


def test_every_dependency_has_a_version():
    """`ray` was shown as ${KUBECTL_RAY_RAY_VERSION:-2.52.0}: the version is what a script sets where its caller sets none."""
    for dependency in audit.dependencies():
        assert re.fullmatch(r"v?\d+(\.\d+)+", dependency.version), dependency


def dependency(registry, package, release):
    return audit.Dependency("some", "1.0", registry, package, release)


# Cargo keeps a page of the index as a head and, for each version, its number and its line, each ended by a zero byte
# (cargo's sources/registry/index/cache.rs). Not every registry gives a line its pubtime.
PAGE = b"\x03\x02\x00\x00\x00etag: x\x000.1.0\x00" + b'{"name":"c-sys","vers":"0.1.0"}' + b"\x000.2.0+1.5\x00" + \
    b'{"name":"c-sys","vers":"0.2.0+1.5","pubtime":"2026-10-20T09:02:25Z"}\x00'


@pytest.mark.parametrize("release, day", [("0.2.0+1.5", datetime.date(2026, 10, 20)), ("0.1.0", None), ("0.2.0", None), ("", None)])
def test_a_crate_is_as_old_as_its_line_of_the_index_says(monkeypatch, tmp_path, release, day):
    page = tmp_path / "registry/index/some-registry/.cache/c-/sy/c-sys"
    page.parent.mkdir(parents=True)
    page.write_bytes(PAGE)
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    monkeypatch.setattr(audit, "output", lambda *command: "")
    assert audit.released(dependency("crate", "c-sys", release), release) == day


class Index(http.server.BaseHTTPRequestHandler):
    """The simple index in JSON (PEP 691), with upload times (PEP 700), which is optional."""

    def do_GET(self):
        files = [("some-1.0-py3-none-any.whl", "2025-04-17T06:56:16.148476Z"), ("some-1.0.tar.gz", "2025-04-16T06:56:16Z"),
                 ("some-1.0.1-py3-none-any.whl", "2026-01-02T00:00:00Z"), ("some-0.9.tar.gz", None)]
        body = json.dumps({"files": [{"filename": name, **({"upload-time": time} if time else {})} for name, time in files]}).encode()
        self.send_response(200 if "json" in self.headers["Accept"] else 406)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("release, day", [("1.0", datetime.date(2025, 4, 16)), ("1.0.1", datetime.date(2026, 1, 2)), ("0.9", None), ("2", None)])
def test_a_wheel_is_as_old_as_the_first_file_of_its_release(monkeypatch, release, day):
    with http.server.HTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        said = f"Getting page x\nFetched page http://127.0.0.1:{server.server_port}/simple/some/ as application/json\nsome (1.0.1)\n"
        monkeypatch.setattr(audit, "pip_versions", lambda package: said)
        assert audit.released(dependency("pypi", "some", release), release) == day
        assert audit.newest(dependency("pypi", "some", release)) == "1.0.1"
        server.shutdown()


@pytest.mark.parametrize("registry, release, text", [
    ("crate", "0.4.91+curl-8.22.0", "8.22.0"), ("crate", "0.1.13+1.68.1", "1.68.1"), ("crate", "13.0.0", "crate 13.0.0"), ("crate", "", ""),
    ("pypi", "1.0", "1.0"), ("go", "v1.2.3", "v1.2.3"), ("debian", "1.0", "1.0 in trixie"), ("debian", "", "")])
def test_a_release_is_shown_as_the_library_counts(registry, release, text):
    assert audit.shown(dependency(registry, "some", release), release) == text
