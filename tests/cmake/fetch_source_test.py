"""cmake/fetch-source: which of its places a library is had from."""

import hashlib
import importlib.machinery
import importlib.util
import io
import pathlib
import sys
import tarfile

import pytest

PATH = pathlib.Path(__file__).resolve().parents[2] / "cmake/fetch-source"
LOADER = importlib.machinery.SourceFileLoader("fetch_source", str(PATH))
fetch_source = importlib.util.module_from_spec(importlib.util.spec_from_loader("fetch_source", LOADER))
sys.modules["fetch_source"] = fetch_source
LOADER.exec_module(fetch_source)


def tarball(text, licence="LICENSE", folder="lib"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in {f"top/{folder}/code.c": text, f"top/{licence}": "free"}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content.encode()))
    return out.getvalue()


GOOD, OTHER = tarball("good"), tarball("other")


@pytest.fixture
def fetched(monkeypatch, tmp_path):
    """fetched(NAME: what each place gives, in the table's order; None: it refuses): what was asked, and what lib/code.c says."""
    asked = []

    def place(name, archive):
        def give(locator, folder):
            asked.append(name)
            if archive is None:
                raise fetch_source.Unavailable("refused")
            (folder / "archive").write_bytes(archive)
            return folder / "archive"
        return give

    def debian(last, target):
        asked.append(f"suite, as {last.place}")
        raise fetch_source.Unavailable("no such package")

    def fetch(**places):
        asked.clear()
        rows = [fetch_source.Source("lib", "1", name, f"lib {name}", hashlib.sha256(GOOD).hexdigest(), "lib", "LICENSE") for name in places]
        monkeypatch.setattr(fetch_source, "CACHE", tmp_path / "cache")
        monkeypatch.setattr(fetch_source, "table", lambda: rows)
        monkeypatch.setattr(fetch_source, "PLACES", {name: place(name, archive) for name, archive in places.items()})
        monkeypatch.setattr(fetch_source, "install_debians_current", debian)
        target = tmp_path / "out" / f"{len(list(tmp_path.glob('out/*')))}"
        fetch_source.fetch("lib", target)
        return list(asked), (target / "code.c").read_text(), target.with_name(target.name + ".source").read_text().split("\t")[2]

    fetch.asked = asked
    return fetch


@pytest.mark.parametrize("places, asked", [
    ({"crate": GOOD, "url": GOOD}, ["crate"]),
    ({"crate": None, "url": GOOD, "debian": GOOD}, ["crate", "url"]),
    ({"crate": None, "url": None, "debian": GOOD}, ["crate", "url", "debian"]),
    ({"crate": OTHER, "url": GOOD}, ["crate", "url"]),  # what has another hash is as good as nothing
    ({"crate": b"", "url": GOOD}, ["crate", "url"]),
])
def test_the_first_place_that_gives_the_pinned_bytes_is_taken(fetched, places, asked):
    assert fetched(**places) == (asked, "good", asked[-1])


def test_what_was_fetched_is_kept(fetched):
    fetched(crate=None, url=GOOD)
    assert fetched(crate=None, url=None) == ([], "good", "url")


@pytest.mark.parametrize("places, asked", [({"crate": None, "url": OTHER}, ["crate", "url", "suite, as url"]),
                                           ({"debian": None, "sdist": None}, ["debian", "sdist", "suite, as debian"])])
def test_debians_own_version_is_the_last_resort(fetched, places, asked):
    """It is laid out as upstream's, whatever others made of theirs."""
    with pytest.raises(SystemExit) as ended:
        fetched(**places)
    assert fetched.asked == asked
    assert str(ended.value) == 'fetch-source: cannot fetch "lib": none of its 2 places has it, nor has Debian: no such package'


def test_a_licence_that_the_archive_lacks_is_noted_as_none(tmp_path):
    file = tmp_path / "archive"
    file.write_bytes(GOOD)
    fetch_source.install(fetch_source.Source("lib", "1", "sdist", "other 2", "", "lib", "none"), file, tmp_path / "out" / "lib")
    assert (tmp_path / "out/lib.licence").read_text() == ""


def test_every_library_can_be_had_from_upstream():
    """The layout of Debian's version of the day is read off upstream's row."""
    rows = fetch_source.table()
    assert {row.name for row in rows if row.place == "url"} == {row.name for row in rows}


@pytest.mark.parametrize("archive, missing", [(tarball("good", licence="COPYING"), "LICENSE"), (tarball("good", folder="src"), "lib")])
def test_an_archive_without_what_is_built_of_it_is_as_good_as_none(tmp_path, archive, missing):
    """Debian's spdlog has no fmt/bundled, whose licence is asked for: a traceback said so."""
    file = tmp_path / "archive"
    file.write_bytes(archive)
    source = fetch_source.Source("lib", "1", "debian", "lib", "", "lib", "LICENSE")
    with pytest.raises(fetch_source.Unavailable, match=f"^its archive has no {missing}$"):
        fetch_source.install(source, file, tmp_path / "out" / "lib")
    assert not list((tmp_path / "out").iterdir())


# What `pip -vv index versions` says of each file (pip 23.0); a wheel or another version's archive is not it.
LINKS = """Fetching project page and analyzing links: https://index.test/simple/some/
  Found link https://files.test/a/some-1.0.1.tar.gz#sha256=0 (from https://index.test/simple/some/), version: 1.0.1
  Found link https://files.test/b/some-1.0-py3-none-any.whl (from https://index.test/simple/some/), version: 1.0
  Found link https://files.test/c/some-1.0.tar.gz (from https://index.test/simple/some/) (requires-python:>=3.9), version: 1.0
"""


@pytest.mark.parametrize("locator, url", [("some 1.0", "https://files.test/c/some-1.0.tar.gz"), ("some 1.0.1", "https://files.test/a/some-1.0.1.tar.gz"),
                                          ("some 1", None), ("other 1.0", None)])
def test_a_source_archive_is_where_the_index_says(monkeypatch, tmp_path, locator, url):
    monkeypatch.setattr(fetch_source, "pip", lambda folder, *arguments: LINKS)
    monkeypatch.setattr(fetch_source, "from_url", lambda url, folder: url)
    if url:
        assert fetch_source.from_sdist(locator, tmp_path) == url
    else:
        with pytest.raises(fetch_source.Unavailable):
            fetch_source.from_sdist(locator, tmp_path)
