"""What a working_dir leaves out, beside git's own judgement, over trees and patterns drawn at random from a fixed seed.

Where Ray's rules are git's: one .gitignore, no negation, and no pattern that ends in "**/", which Ray reads as "**".
"""

import io
import os
import random
import subprocess
import zipfile

from fake_dashboard import FakeDashboard

PROGRAM = os.environ["KUBECTL_RAY"]
NAMES = ["a", "b", "ab", "a.log", "b.log", "Ab", "x y", "caf\u00e9", ".hid", "a[b", "#c", "!d"]
PIECES = ["a", "b", "*", "?", "*.log", "a*", "*b", "[ab]", "[!a]", "**", "ab", "x y", ".*", "caf\u00e9", "\\#c", "\\!d", "[a-b].log"]


def tree(chance):
    paths = {"/".join(chance.choices(NAMES, k=chance.randint(1, 4))) for _ in range(25)}
    # No file where another path has a directory.
    return sorted(path for path in paths if not any(other.startswith(path + "/") for other in paths))


def pattern(chance):
    body = "/".join(chance.choices(PIECES, k=chance.choice([1, 1, 1, 2, 2, 3])))
    return chance.choice(["", "", "", "/"]) + body + ("" if body.endswith("**") else chance.choice(["", "", "/"]))


def kept_by_git(root, paths):
    names = "".join(path + "\0" for path in paths).encode()
    done = subprocess.run(["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"], cwd=root,
                          input=names, capture_output=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return sorted(set(paths) - set(done.stdout.decode().split("\0")))


def test_a_gitignore_means_what_it_means_to_git(tmp_path):
    chance = random.Random(6)
    with FakeDashboard() as dashboard:
        for number in range(30):
            root = tmp_path / str(number)
            paths = tree(chance)
            for path in paths:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(path)
            rules = [pattern(chance) for _ in range(chance.randint(1, 3))]
            (root / ".gitignore").write_text("\n".join(rules) + "\n")
            subprocess.run(["git", "init", "-q", root], check=True, capture_output=True)
            expected = kept_by_git(root, paths)
            dashboard.packages.clear()
            done = subprocess.run([PROGRAM, "job", "submit", "--address", f"127.0.0.1:{dashboard.port}", "--no-wait",
                                   "--runtime-env-json", '{"excludes": ["/.git/"]}', "--working-dir", str(root), "--", "true"],
                                  capture_output=True, timeout=60)
            assert done.returncode == 0, (rules, done.stderr)
            [data] = dashboard.packages.values()
            packed = sorted(name for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
                            if not name.endswith("/") and name != ".gitignore")
            assert packed == expected, rules
