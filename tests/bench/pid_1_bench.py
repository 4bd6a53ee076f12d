"""PID 1: `ray-init-agent run` beside `tini -g` on the same table of signals, and what each costs."""
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

import agent
from agent import UNSHARE

RIVALS = {"ray-init-agent run": [agent.AGENT, "run", "--"], "tini -g": ["tini", "-g", "--"]}
SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGTERM", "SIGCONT", "SIGWINCH", "SIGPIPE",
           "SIGTTIN", "SIGTTOU"]
STARTS = 100
# A child and its own child, which say what they got; SIGRTMAX ends both.
LISTENER = r"""
import os, signal, sys
wanted = [getattr(signal, sys.argv[1]), signal.SIGRTMAX]
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
other = os.fork()
os.write(1, b"up\n")
while signal.sigwait(wanted) != signal.SIGRTMAX:
    os.write(1, b"child " if other else b"grandchild ")
if other:
    os.waitpid(other, 0)
os._exit(7)
"""
ORPHANS = r"""
import os
for _ in range(1000):
    if os.fork() == 0:
        if os.fork() == 0:
            os._exit(0)
        os._exit(0)
    os.wait()
"""


def init_of(process):
    return int(pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())


def start(rival, *command):
    return subprocess.Popen([*UNSHARE, *RIVALS[rival], *command], env=agent.environment(), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def who_gets(rival, name):
    """Who of the group gets it: "child grandchild", "child" or nobody."""
    process = start(rival, sys.executable, "-c", LISTENER, name)
    assert process.stdout.read(6) == b"up\nup\n"
    init = init_of(process)
    os.kill(init, getattr(signal, name))
    os.kill(init, signal.SIGRTMAX)
    out = process.stdout.read().split()
    assert process.wait(10) == 7
    return " ".join(sorted(word.decode() for word in out)) or "nobody"


def death_of(rival, number):
    """The exit code where the child dies of that signal."""
    process = start(rival, "/bin/sh", "-c", f"ulimit -c 0; kill -{number} $$")
    process.stdout.close()
    return process.wait(10)


def cost(rival):
    """ms from exec to the end of `true`, KiB of memory while it waits, ms of CPU for a thousand orphans."""
    begin = time.monotonic()
    for _ in range(STARTS):
        subprocess.run([*RIVALS[rival], "/bin/true"], env=agent.environment(), check=True, stderr=subprocess.DEVNULL)
    run = (time.monotonic() - begin) / STARTS
    process = start(rival, "/bin/sh", "-c", f"{sys.executable} -c '{ORPHANS}'; echo done; exec sleep 60")
    assert process.stdout.readline() == b"done\n"
    proc = pathlib.Path(f"/proc/{init_of(process)}")
    memory = next(int(line.split()[1]) for line in (proc / "status").read_text().splitlines() if line.startswith("VmHWM"))
    ticks = sum(map(int, (proc / "stat").read_text().rsplit(") ", 1)[1].split()[11:13]))
    process.kill()
    process.stdout.close()
    process.wait()
    return run * 1000, memory, ticks * 1000 / os.sysconf("SC_CLK_TCK")


def main():
    print(f"{'signal sent to PID 1, told to':<32}" + "".join(f"{rival:<22}" for rival in RIVALS))
    for name in SIGNALS:
        print(f"  {name:<30}" + "".join(f"{who_gets(rival, name):<22}" for rival in RIVALS))
    print(f"{'child dies of, exit code':<32}")
    for number in (signal.SIGHUP, signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGRTMAX):
        print(f"  {signal.Signals(number).name:<30}" + "".join(f"{death_of(rival, int(number)):<22}" for rival in RIVALS))
    figures = {rival: [statistics.median(column) for column in zip(*(cost(rival) for _ in range(3)))] for rival in RIVALS}
    for title, row in (("`true` from exec to end, ms", 0), ("memory while it waits, KiB", 1), ("CPU of 1000 orphans, ms", 2)):
        print(f"{title:<32}" + "".join(f"{figures[rival][row]:<22.1f}" for rival in RIVALS))


if __name__ == "__main__":
    main()
