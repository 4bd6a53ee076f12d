"""Wall time, CPU time and peak memory of a command, and when its first line of interest came."""

import dataclasses
import subprocess
import tempfile
import time


@dataclasses.dataclass
class Measured:
    code: int
    wall_s: float
    cpu_s: float
    peak_kib: int
    first_match_s: float | None
    output: str


def measure(arguments: list[str], match: str | None = None, env: dict[str, str] | None = None, cwd=None) -> Measured:
    """Runs it to its end. `match`: the time from the start to the first stdout line that contains it."""
    # GNU time forks it: a child of this Python would be charged with Python's own memory.
    with tempfile.NamedTemporaryFile("r") as figures:
        begin = time.monotonic()
        child = subprocess.Popen(["/usr/bin/time", "--quiet", "--format=%U %S %M", f"--output={figures.name}", *arguments],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, cwd=cwd)
        first, lines = None, []
        for line in child.stdout:
            if first is None and match is not None and match in line:
                first = time.monotonic() - begin
            lines.append(line)
        code = child.wait()
        wall = time.monotonic() - begin
        user, system, peak = figures.read().split()[-3:]
    return Measured(code, wall, float(user) + float(system), int(peak), first, "".join(lines))
