"""Every command of README.md and docs/*.md that needs a cluster, as a reader types it; see doc_commands.py."""

import pathlib

import pytest

from cluster import KUBECONFIG, SMALL, environment, namespace, run
from doc_commands import PAGES, ROOT, blocks_of, prepare, run_block

README = ROOT / "README.md"


def reader(ns: str, folder: pathlib.Path) -> dict[str, str]:
    """A reader's environment: the namespace is that of the kubeconfig's context, nothing is configured yet."""
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_bytes(KUBECONFIG.read_bytes())
    kubeconfig.chmod(0o600)
    done = run("kubectl", "config", "set-context", "--current", "--namespace", ns, kubeconfig=kubeconfig)
    assert done.returncode == 0, done.stderr
    return {**environment(kubeconfig), "HOME": str(folder)}


def run_page(page: pathlib.Path, folder: pathlib.Path, variables: dict[str, str]) -> None:
    prepare(folder, page)
    for block in blocks_of(page):
        if block.needs_cluster:
            run_block(block, folder, variables)


def test_readme(tmp_path):
    with namespace("readme") as ns:
        run_page(README, tmp_path, reader(ns, tmp_path))


@pytest.fixture(scope="module")
def demo():
    """The cluster that all pages speak of."""
    with namespace("docs") as ns:
        done = run("kubectl", "ray", "create", "cluster", "demo", *SMALL, "--wait", "-n", ns, timeout=300)
        assert done.returncode == 0, done.stderr
        yield ns


@pytest.mark.parametrize("page", [page for page in PAGES if page != README], ids=lambda page: page.name)
def test_page(page, demo, tmp_path):
    run_page(page, tmp_path, reader(demo, tmp_path))
