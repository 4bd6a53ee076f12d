"""Wall time, CPU time and peak memory of a command, and when its first line of interest came; the same of a process that runs."""

import dataclasses
import os
import pathlib
import subprocess
import tempfile
import time


@dataclasses.dataclass
class Measured:
    code: int
    wall_s: float
    cpu_s: float  # user and system, of all its processes
    peak_kib: int  # of the largest of its processes
    first_match_s: float | None
    output: str


def measure(arguments: list[str], match: str | None = None, env: dict[str, str] | None = None, cwd=None) -> Measured:
    """Runs it to its end. `match`: the time from the start to the first output that contains it."""
    # GNU time forks it: the peak of a child of this Python would be Python's own.
    with tempfile.NamedTemporaryFile("r") as figures:
        begin = time.monotonic()
        child = subprocess.Popen(["/usr/bin/time", "--quiet", "--format=%M", f"--output={figures.name}", *arguments],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, cwd=cwd)
        first, chunks, wanted, end = None, [], match and match.encode(), b""
        while chunk := os.read(child.stdout.fileno(), 1 << 16):
            chunks.append(chunk)
            if wanted and first is None:
                if wanted in end + chunk:
                    first = time.monotonic() - begin
                end = (end + chunk)[-len(wanted):]
        child.stdout.close()
        # Not `time`'s own %U and %S, which are hundredths of a second.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        peak = int(figures.read().split()[-1])
    return Measured(child.returncode, wall, usage.ru_utime + usage.ru_stime, peak, first, b"".join(chunks).decode(errors="replace"))


def cpu_s_of(pid: int) -> float:
    """User and system of a process that runs, with all its threads."""
    return time.clock_gettime(~pid << 3 | 2)  # clock_getcpuclockid(3): CPUCLOCK_SCHED of the process


def peak_kib_of(pid: int) -> int:
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
