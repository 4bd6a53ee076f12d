"""The commands of README.md and docs/*.md, as a reader would copy them, and a way to run them.

Every fenced `sh` or `console` block is run, the blocks of a page one after the other in one folder. A `console` block
shows commands after `$ ` and what they print: each line shown must be printed, in that order, `...` standing for
anything. A comment right above a block says more of it:

  <!-- test: no cluster -->        it needs none, and runs among the unit tests
  <!-- test: exit 10 -->           it ends so
  <!-- test: Ctrl-C after TEXT --> it goes on until it is interrupted; TEXT is the last thing it says before
  <!-- test: not run: REASON -->   the only way out
  <!-- file: NAME -->              above a block of another language: the file that the page's commands use
"""

import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"(?:^<!-- (test|file): (.+?) -->\n+)?^```(\w+)\n(.*?)^```$", re.M | re.S)


@dataclasses.dataclass
class Block:
    page: pathlib.Path
    line: int
    language: str
    text: str
    kind: str  # "test", "file" or ""
    note: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def is_command(self) -> bool:
        return self.language in ("sh", "console")

    @property
    def needs_cluster(self) -> bool:
        return self.is_command and self.note != "no cluster" and not self.reason_not_to_run

    @property
    def reason_not_to_run(self) -> str:
        return self.note.removeprefix("not run: ") if self.note.startswith("not run: ") else ""

    @property
    def exit_code(self) -> int:
        return int(self.note[5:]) if self.note.startswith("exit ") else 0

    @property
    def interrupted_after(self) -> str:
        return self.note.removeprefix("Ctrl-C after ") if self.note.startswith("Ctrl-C after ") else ""

    def steps(self) -> list[tuple[str, list[str]]]:
        """(command, lines shown); a block of `sh` is one command."""
        if self.language == "sh":
            return [(self.text, [])]
        steps: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif steps[-1][0].endswith("\\") and not steps[-1][1]:
                steps[-1] = (steps[-1][0] + "\n" + line, [])
            else:
                steps[-1][1].append(line)
        return steps


def blocks_of(page: pathlib.Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(page, text.count("\n", 0, m.start(3)) + 1, m[3], m[4], m[1] or "", m[2] or "") for m in FENCE.finditer(text)
    ]


def prepare(folder: pathlib.Path, page: pathlib.Path) -> None:
    """What a reader has in the folder: the examples, and the files the page shows."""
    shutil.copytree(ROOT / "examples", folder / "examples", dirs_exist_ok=True)
    for block in blocks_of(page):
        if block.kind == "file":
            (folder / block.note).write_text(block.text)


def assert_shown(shown: list[str], printed: str, where: str) -> None:
    """Each line shown is printed, in that order; runs of spaces are alike, for columns move with what is in them."""
    rest = iter(" ".join(line.split()) for line in printed.splitlines())
    for line in filter(str.strip, shown):
        pattern = re.escape(" ".join(line.split())).replace(re.escape("..."), ".*")
        assert any(re.fullmatch(pattern, printed_line) for printed_line in rest), f"{where}: not printed: {line}\n{printed}"


def run_block(block: Block, folder: pathlib.Path, environment: dict[str, str], timeout: float = 180) -> None:
    if block.interrupted_after:
        run_until(block, folder, environment, timeout)
        return
    for command, shown in block.steps():
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, timeout=timeout, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        assert done.returncode == block.exit_code, f"{block.where}: exit code {done.returncode}\n{command}\n{done.stdout}"
        assert_shown(shown, done.stdout, block.where)


def run_until(block: Block, folder: pathlib.Path, environment: dict[str, str], timeout: float) -> None:
    """Runs it as in a terminal: Ctrl-C goes to every process of the group."""
    ((command, shown),) = block.steps()
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=environment, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        watchdog = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
        watchdog.start()
        printed = ""
        for line in process.stdout:
            printed += line
            if block.interrupted_after in line:
                break
        found = block.interrupted_after in printed
        if found:
            os.killpg(process.pid, signal.SIGINT)
        printed += process.stdout.read()
        code = process.wait()
        watchdog.cancel()
    assert found, f"{block.where}: never said {block.interrupted_after!r}\n{printed}"
    assert code == -signal.SIGINT, f"{block.where}: exit code {code}\n{printed}"
    assert_shown(shown, printed, block.where)
