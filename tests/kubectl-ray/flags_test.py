"""Every flag of every command with values that nobody means: an answer or an error, never a crash or a wait.

Commands and flags are asked from the program itself (its completion), so that a new one is in here too."""

import concurrent.futures
import os
import subprocess

import pytest

PLUGIN = os.environ["KUBECTL_RAY"]
VALUES = [b"", b"-1", b"9" * 40, b"x" * 100_000, b"\xff\xfe\x1b[2J"]
EXIT_CODES = {0, 1, 2, 3, 4, 5}  # none of a signal, and not 130


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "config").write_text(
        '{"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:9"}}], "current-context": "x",'
        ' "contexts": [{"name": "x", "context": {"cluster": "c"}}]}')
    return {"HOME": str(home), "KUBECONFIG": str(home / "config"), "PATH": os.environ["PATH"], "TMPDIR": str(home)}


def complete(words, environment):
    done = subprocess.run([PLUGIN, "__complete", *words], env=environment, capture_output=True, text=True, timeout=30, check=True)
    return [line.split("\t")[0] for line in done.stdout.splitlines() if not line.startswith(":")]


def commands(words, environment):
    """This command and all below it."""
    found = [words]
    below = complete([*words, ""], environment)
    for word in below:
        # After the value of an argument, the same values are offered again.
        if complete([*words, word, ""], environment) != below:
            found += commands([*words, word], environment)
    return found


def cases(environment):
    all_global = set(complete(["--"], environment))
    for words in commands([], environment):
        for flag in complete([*words, "--"], environment):
            # The global ones with one command: they are the same everywhere.
            if flag == "--help" or (flag in all_global and words != ["get", "cluster"]):
                continue
            if flag != "--watch" and words[-1:] != ["watch"]:  # which go on until Ctrl-C, whatever is there
                yield from ((words, flag, value) for value in VALUES)


def judge(case, environment):
    """What is wrong with how the program took it, or None."""
    words, flag, value = case
    # A target for those that want one, and what lets a command come as far as it can without a server.
    arguments = [*words, "demo", *(["--dry-run"] if words == ["create", "cluster"] and flag != "--dry-run" else [])]
    line = [PLUGIN.encode(), *(word.encode() for word in arguments), flag.encode() + b"=" + value]
    shown = f"{' '.join(arguments)} {flag}={value[:20]!r}"
    try:
        done = subprocess.run(line, env=environment, cwd=environment["HOME"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return f"{shown}: it waits"
    if done.returncode not in EXIT_CODES:
        return f"{shown}: exit code {done.returncode}: {done.stderr[-300:]!r}"
    if done.returncode != 0 and b"error: " not in done.stderr:
        return f"{shown}: exit code {done.returncode} without an error: {done.stderr[-300:]!r}"
    if b"\x1b" in done.stderr:
        return f"{shown}: an escape sequence comes back: {done.stderr[:300]!r}"
    if len(done.stderr) > 10_000:
        return f"{shown}: {len(done.stderr)} bytes of an error"
    return None


def test_every_flag_with_every_odd_value(environment):
    everything = list(cases(environment))
    assert len({tuple(words) for words, _, _ in everything}) > 20
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [found for found in pool.map(lambda case: judge(case, environment), everything) if found]
    assert not wrong, "\n".join(wrong[:40])
