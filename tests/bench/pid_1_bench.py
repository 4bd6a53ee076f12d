"""PID 1: `ray-init-agent run` beside `tini -g` on the same table of signals, and what each costs."""
import os
import pathlib
import signal
import subprocess
import sys
import time

import agent
from agent import UNSHARE
from bench import Bench, Rival, ours
from measure import cpu_s_of, peak_kib_of

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
    """A round: ms from exec to the end of `true`, memory while it waits, CPU for a thousand orphans."""
    def run():
        begin = time.monotonic()
        for _ in range(STARTS):
            subprocess.run([*RIVALS[rival], "/bin/true"], env=agent.environment(), check=True, stderr=subprocess.DEVNULL)
        took = (time.monotonic() - begin) / STARTS
        process = start(rival, "/bin/sh", "-c", f"{sys.executable} -c '{ORPHANS}'; echo done; exec sleep 60")
        assert process.stdout.readline() == b"done\n"
        init = init_of(process)
        figures = {"`true` to its end, ms": took * 1000, "waiting MiB": peak_kib_of(init) / 1024, "1,000 orphans, CPU ms": cpu_s_of(init) * 1000}
        process.kill()
        process.stdout.close()
        process.wait()
        return figures
    return run


def main():
    print(f"{'signal sent to PID 1, told to':<32}" + "".join(f"{rival:<22}" for rival in RIVALS))
    for name in SIGNALS:
        print(f"  {name:<30}" + "".join(f"{who_gets(rival, name):<22}" for rival in RIVALS))
    print(f"{'child dies of, exit code':<32}")
    for number in (signal.SIGHUP, signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGRTMAX):
        print(f"  {signal.Signals(number).name:<30}" + "".join(f"{death_of(rival, int(number)):<22}" for rival in RIVALS))
    with Bench("PID 1") as bench:
        bench.case("as PID 1", ours("ray-init-agent run", cost("ray-init-agent run")), Rival("tini -g", cost("tini -g")), rounds=3)


if __name__ == "__main__":
    main()
