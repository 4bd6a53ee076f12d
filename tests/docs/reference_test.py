"""The reference in docs/reference and the man pages say what the programs' help says: docs/generate makes both."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    subprocess.run([ROOT / "docs/generate", "--reference", folder / "reference", "--man", folder / "man"], check=True)
    return folder


@pytest.mark.parametrize("name", ["kubectl-ray.md", "ray-init-agent.md"])
def test_the_committed_reference_is_what_the_program_says(generated, name):
    committed = (ROOT / "docs/reference" / name).read_text()
    assert committed == (generated / "reference" / name).read_text(), "run docs/generate, and commit docs/reference"


def test_the_reference_tells_every_command(generated):
    text = (generated / "reference/kubectl-ray.md").read_text()
    commands = re.findall(r"^## (.*)$", text, re.M)
    for command in ("create cluster", "scale cluster", "job submit", "session stop", "logs", "options"):
        assert f"kubectl ray {command}" in commands
    assert "| `-o, --output string` |" in text


def test_every_command_has_a_man_page_that_troff_takes(generated):
    pages = sorted((generated / "man").iterdir())
    names = [page.name for page in pages]
    assert {"kubectl-ray.1", "kubectl-ray-job-submit.1", "ray-init-agent.1", "ray-init-agent-start.1"} <= set(names)
    for page in pages:
        text = page.read_text()
        assert text.startswith(".TH ") and "\n.SH NAME\n" in text and "\n.SH SYNOPSIS\n" in text, page
        # A line of text that begins with a dot or a quote would be taken for a request.
        requests = set(re.findall(r"^[.'](\w*)", text, re.M))
        assert requests <= {"TH", "SH", "TP", "B", "PP", "nf", "fi"}, page
