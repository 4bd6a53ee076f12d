"""krew/parts.tsv against what cmake/third-party builds: a release is made of known parts alone, and stops at a file that has none."""

import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "krew"))
import parts  # noqa: E402

PARTS = [line.split("\t") for line in (ROOT / "krew/parts.tsv").read_text().splitlines()[1:]]


@pytest.fixture(scope="module")
def readable():
    """Every library and header of this machine's prefix that a program's build could read; the tests' Catch2 is in no program."""
    done = subprocess.run([ROOT / "cmake/third-party"], check=True, capture_output=True, text=True)
    prefix = pathlib.Path(done.stdout.strip())
    files = [path for folder in ("include", "lib") for path in (prefix / folder).rglob("*") if path.suffix in (".a", ".h", ".hpp")]
    return [name for name in (str(path.relative_to(prefix)) for path in files) if not re.match(r"include/catch2/|lib/libCatch2", name)]


def test_every_file_of_a_library_has_one_part(readable):
    owners = {file: [name for name, _, pattern in PARTS if re.match(pattern, file)] for file in readable}
    assert {file: names for file, names in owners.items() if len(names) != 1} == {}


def test_every_part_is_built(readable):
    assert [name for name, _, pattern in PARTS if not any(re.match(pattern, file) for file in readable)] == []


@pytest.mark.parametrize("sha256, licence, refused", [
    ("ab", "free\n", None),
    ("", "free\n", "it is Debian's of the day"),
    ("ab", "", "has no text of its licence"),
])
def test_a_release_is_made_of_pinned_sources_with_their_licence(tmp_path, sha256, licence, refused):
    noted = tmp_path / "share/sources"
    noted.mkdir(parents=True)
    (noted / "lib.source").write_text(f"lib\t1\tsdist\tother 2\t{sha256}\n")
    (noted / "lib.licence").write_text(licence)
    if refused:
        with pytest.raises(SystemExit, match=refused):
            parts.source_of(tmp_path, "lib")
    else:
        assert parts.source_of(tmp_path, "lib") == parts.Source("1", "sdist", "other 2", "ab", "free")
