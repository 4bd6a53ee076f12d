"""The harness of tests/bench: rivals in turn (A B C A B C) after a round that does not count, and what came of it as a table with ratios,
as build/bench/NAME.json, and, run as a program, as docs/performance.md, which keeps its rows of benches that were not run.

A bench runs by `tests/run bench NAME`; or, with KUBECTL_RAY, RAY_INIT_AGENT and PYTHONPATH=tests/support set, by itself. For a short look,
BENCH_SCALE=0.1 takes a tenth of everything counted by scaled(), and one round: its figures get into no page."""

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import re
import statistics
import sys
from collections.abc import Callable, Iterator

from measure import measure

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHES, RESULTS, PAGE = ROOT / "tests" / "bench", ROOT / "build" / "bench", ROOT / "docs" / "performance.md"
SCALE = float(os.environ.get("BENCH_SCALE") or 1)
# Of these figures the larger is the better one; of all others the smaller.
LARGER_IS_BETTER = {"lines/s", "lines/s of a backlog", "MB/s", "whole lines"}

Figures = dict[str, float]  # by what is measured and its unit: "wall s"


@dataclasses.dataclass
class Rival:
    """`run` is one round. Ratios are those of the first that is ours to each rival, unless it names another of ours in `beside`."""

    name: str
    run: Callable[[], Figures]
    is_ours: bool = False
    beside: str = ""


def ours(name: str, run: Callable[[], Figures]) -> Rival:
    return Rival(name, run, is_ours=True)


def scaled(count: int) -> int:
    return max(1, round(count * SCALE))


def command(arguments: list, check: Callable[[str], bool] = lambda output: True, match: str | None = None, repeat: int = 1, code: int = 0,
            env: dict[str, str] | None = None, cwd=None) -> Callable[[], Figures]:
    """A round that runs a command to its end. `check` is of its whole output; `match`: the time to the first output with it is a figure,
    too; `repeat`: runs it so often in one round, for what is too short to be measured once; `code`: how it has to end."""
    arguments = [str(argument) for argument in arguments]
    loop = ["sh", "-c", f'for i in $(seq {repeat}); do "$@" || exit; done', "sh"] if repeat > 1 else []

    def run() -> Figures:
        result = measure([*loop, *arguments], match, env, cwd)
        assert result.code == code and check(result.output), f"{arguments} ended with {result.code}: {result.output[-1000:]}"
        figures = {"wall s": result.wall_s / repeat, "CPU s": result.cpu_s / repeat, "peak MiB": result.peak_kib / 1024}
        if match:
            assert result.first_match_s is not None, f"{arguments}: no {match!r}: {result.output[-1000:]}"
            figures["first s"] = result.first_match_s
        return figures

    return run


@dataclasses.dataclass
class Spread:
    least: float
    median: float
    most: float


def spread(samples: list[float]) -> Spread:
    return Spread(min(samples), statistics.median(samples), max(samples))


def ratio(figure: str, own: list[float], other: list[float]) -> float | None:
    """How many times better the median of ours is than the other's; None for a zero, which is below what is measured."""
    mine, theirs = statistics.median(own), statistics.median(other)
    if figure in LARGER_IS_BETTER:
        mine, theirs = theirs, mine
    return theirs / mine if mine > 0 and theirs > 0 else None


def in_turn(rivals: list[Rival], rounds: int, warm_up: bool) -> list[dict]:
    """Each rival's samples, in the rivals' order: [{"name", "ours", "beside", "figures": {figure: [sample...]}}]."""
    first_of_ours = next((rival.name for rival in rivals if rival.is_ours), "")
    results = [{"name": rival.name, "ours": rival.is_ours, "beside": "" if rival.is_ours else rival.beside or first_of_ours, "figures": {}}
               for rival in rivals]
    for number in range(-1 if warm_up else 0, rounds):
        for rival, result in zip(rivals, results):
            figures = rival.run()
            if number >= 0:
                for figure, value in figures.items():
                    result["figures"].setdefault(figure, []).append(value)
    return results


class Bench:
    """Takes one case after the other; `with` it, so that build/bench/NAME.json is written if all of them went well."""

    def __init__(self, title: str):
        name = pathlib.Path(sys.argv[0]).stem.removesuffix("_bench")
        self.result = {"name": name, "title": title, "date": datetime.date.today().isoformat(), "machine": machine(), "scale": SCALE, "cases": []}

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            RESULTS.mkdir(parents=True, exist_ok=True)
            (RESULTS / f"{self.result['name']}.json").write_text(json.dumps(self.result, indent=1))

    def case(self, title: str, *rivals: Rival, rounds: int = 5, warm_up: bool = True) -> dict[str, dict[str, Spread]]:
        """Runs the rivals in turn, prints their table and returns the spread of each rival's figures. `warm_up`: whether a first round is
        left out; not for what can be done but once."""
        case = {"title": title, "rounds": min(rounds, 1) if SCALE < 1 else rounds, "warm_up": warm_up}
        case["rivals"] = in_turn(list(rivals), case["rounds"], warm_up)
        self.result["cases"].append(case)
        print(as_text(case_rows(case)), flush=True)
        return {one["name"]: {figure: spread(samples) for figure, samples in one["figures"].items()} for one in case["rivals"]}


def machine() -> str:
    """The processor, its cores, memory and kernel: nothing that names whose it is."""
    def first(path: str, pattern: str) -> str:
        found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
        return found[1].strip() if found else "unknown"

    memory = int(first("/proc/meminfo", r"^MemTotal: *(\d+)")) / 2**20
    return f"{first('/proc/cpuinfo', r'^model name.*?: (.*)')}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {os.uname().release}"


def number(value: float) -> str:
    """Three digits, as far as there are so many."""
    decimals = 0 if value >= 100 or value == 0 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:,.{decimals}f}"


def cell(figure: str, rival: dict, by_name: dict[str, dict]) -> str:
    samples = rival["figures"].get(figure)
    if not samples:
        return ""
    seen = spread(samples)
    text = number(seen.median)
    if len(samples) > 1:
        text += f" ({number(seen.least)} to {number(seen.most)})"
    own = by_name.get(rival["beside"], {"figures": {}})["figures"].get(figure)
    times = ratio(figure, own, samples) if own else None
    return f"{text}, {number(times)}×" if times else text


def case_rows(case: dict) -> list[list[str]]:
    """The table of a case, its head first: a rival a row, a figure a column."""
    figures = list(dict.fromkeys(figure for rival in case["rivals"] for figure in rival["figures"]))
    by_name = {rival["name"]: rival for rival in case["rivals"]}
    return [[case["title"], *figures]] + [[rival["name"], *(cell(figure, rival, by_name) for figure in figures)] for rival in case["rivals"]]


def as_text(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows) + "\n"


def as_markdown(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]) + "\n"


HEAD = """# Figures beside others'

Written by `tests/run bench`, each section from the last run of its bench in `tests/bench`, none typed. Rivals ran in turn on one machine, after a
round that does not count. A cell is the median with the least and the most of all rounds (none in brackets: one round); a rival's cell ends with how many
times better ours is, so that below 1× the rival is the better one. CPU is user and system of all processes of the command, the peak that of the largest.
"""
SECTION = re.compile(r"^<!-- bench (\S+) -->\n.*?^<!-- end of \1 -->\n", re.M | re.S)


def section(result: dict) -> str:
    text = f"<!-- bench {result['name']} -->\n## {result['title']}\n\n{result['date']}; {result['machine']}.\n"
    for case in result["cases"]:
        text += "\n" + as_markdown(case_rows(case))
    return text + f"<!-- end of {result['name']} -->\n"


def with_results(page: str, results: list[dict], names: set[str]) -> str:
    """The page with the sections of these results in place of what it had of the same benches, in the order of their names; of the benches
    named alone, which are those that there are."""
    sections = {found[1]: found[0] for found in SECTION.finditer(page)}
    sections |= {result["name"]: section(result) for result in results if result["scale"] == 1}
    return HEAD + "".join("\n" + sections[name] for name in sorted(sections) if name in names)


@contextlib.contextmanager
def stopped_at_end(process) -> Iterator:
    """The process, which is no longer there after the `with`."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    results = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]
    names = {path.stem.removesuffix("_bench") for path in BENCHES.glob("*_bench.py")}
    PAGE.write_text(with_results(PAGE.read_text() if PAGE.exists() else "", results, names))


if __name__ == "__main__":
    main()
