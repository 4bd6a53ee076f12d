"""What Helm 4 wants of a plugin: the release's version, and a command that is on PATH."""

import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_plugin_has_the_release_s_version():
    plugin = yaml.safe_load((ROOT / "krew/helm-plugin/plugin.yaml").read_text())
    assert plugin["version"] == re.search(r"project\(.*?VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.S)[1]
    assert (plugin["apiVersion"], plugin["type"], plugin["runtime"]) == ("v1", "postrenderer/v1", "subprocess")
