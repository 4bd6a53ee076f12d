#!/usr/bin/env python3
"""Writes ignore_rules.json: what Ray's own pathspec says of a table of patterns and paths. Run by a Python that has Ray."""

import itertools
import json
import pathlib
import random

from ray._private.thirdparty.pathspec import PathSpec

PATTERNS = [
    "foo", "foo/", "/foo", "/foo/", "foo/bar", "foo/bar/", "/foo/bar", "**/foo", "foo/**", "foo/**/bar", "**",
    "*", "*/", "*.py", "*.p?", "?", "a?c", "[abc]", "[!abc]", "[^a]", "[a-c]x", "[]]", "[!]]", "[a", "[", "[]-]",
    "\\*", "\\#x", "#x", "\\!x", "a\\", "foo bar", " foo ", "foo*bar", "**foo", "foo**", "a/**/b/**/c", "/**/foo",
    "*/foo", "foo/*", "foo/*/bar", "//foo", "foo//bar", "./foo", ".*", "[\\]", "caf\u00e9", "*\u00e9", "a.b", "a+b",
    "(a)", "$a", "a|b", "{a}", "**/", "/**", "**/*.py", "foo/**/", "*foo*", "[a-]", "x[0-9]y",
]
PATHS = [
    "foo", "foo/bar", "foo/bar/baz", "bar/foo", "bar/foo/baz", "a", "abc", "ac", "x.py", "d/x.py", "d/e/x.py", "x.pyc",
    "]", "[", "[a", "-", "^", "*", "#x", "!x", "a\\", "foo bar", "fooxbar", "xfoo", "foox", "a/b/c", "a/x/b/y/c",
    "foo/x/bar", "foo/x/y/bar", ".git", ".git/config", "d/.env", "caf\u00e9", "\u00e9", "a.b", "axb", "a+b", "(a)",
    "$a", "a|b", "{a}", "ax", "bx", "x5y", "d", "b",
]


def main():
    rows = []
    for pattern, path in itertools.product(PATTERNS, PATHS):
        rows.append([[pattern], path])
    chance = random.Random(7)
    for _ in range(1500):
        patterns = [("!" if chance.random() < 0.3 else "") + chance.choice(PATTERNS) for _ in range(chance.randint(2, 4))]
        rows.append([patterns, chance.choice(PATHS)])
    table = []
    for patterns, path in rows:
        try:
            table.append([patterns, path, PathSpec.from_lines("gitwildmatch", patterns).match_file(path)])
        except Exception:  # a pattern that its regular expression refuses: Ray fails there
            continue
    lines = ",\n".join(json.dumps(row) for row in table)
    pathlib.Path(__file__).with_suffix(".json").write_text("[\n" + lines + "\n]\n")


main()
