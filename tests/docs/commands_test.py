"""Commands in the docs that need no cluster are run here; all others by tests/e2e/docs_test.py, or a reason stands."""

import os
import pathlib
import re

import pytest

from doc_commands import FENCE, PAGES, ROOT, assert_shown, blocks_of, prepare, run_block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_need_no_cluster(page, tmp_path):
    prepare(tmp_path, page)
    plugin = pathlib.Path(os.environ["KUBECTL_RAY"]).parent
    agent = pathlib.Path(os.environ["RAY_INIT_AGENT"]).parent
    environment = {"PATH": f"{plugin}:{agent}:{os.environ['PATH']}", "HOME": str(tmp_path), "KUBECONFIG": "/dev/null"}
    for block in blocks_of(page):
        if block.is_command and block.note == "no cluster":
            run_block(block, tmp_path, environment)


def test_notes_are_known_and_a_block_that_is_not_run_says_why():
    for page in PAGES:
        for block in blocks_of(page):
            if block.kind == "test":
                assert block.is_command, block.where
                assert re.fullmatch(r"no cluster|exit \d+|Ctrl-C after .+|not run: .{20,}", block.note), block.where


def test_no_command_hides_outside_a_block():
    """Fences of other kinds hold no command line, and no block is written in a way the tests do not see."""
    for page in PAGES:
        text = page.read_text()
        assert len(FENCE.findall(text)) * 2 == len(re.findall(r"^```", text, re.M)), f"{page}: a fence without language"
        for block in blocks_of(page):
            if not block.is_command:
                assert not re.search(r"^(\$ )?kubectl ray ", block.text, re.M), block.where
        assert not re.search(r"^    (\$ )?kubectl ray [^─]*$", text, re.M), f"{page}: a command in an indented block"


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


@pytest.mark.parametrize(
    ("shown", "printed", "fits"),
    [
        (["a b"], "x\na   b\n", True),
        (["a ... c"], "a b c", True),
        (["a", "b"], "b\na", False),
        (["a"], "", False),
        (["a.c"], "abc", False),
        ([], "anything", True),
    ],
)
def test_what_is_shown_must_be_printed(shown, printed, fits):
    if fits:
        assert_shown(shown, printed, "here")
    else:
        with pytest.raises(AssertionError):
            assert_shown(shown, printed, "here")
