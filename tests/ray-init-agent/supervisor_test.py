"""`run -- COMMAND`: what PID 1 owes its child and its container, as PID 1 of a namespace of its own and as any process."""
import fcntl
import os
import pathlib
import signal
import subprocess
import sys

import agent
import pytest
from agent import HAS_NAMESPACES, UNSHARE

MODES = [pytest.param(False, id="any-pid"),
         pytest.param(True, id="pid-1",
                      marks=pytest.mark.skipif(not HAS_NAMESPACES, reason="this user may make no PID namespace"))]
SHELL = ["/bin/sh", "-c"]
# A group of two that says which signal each of them got: the child, and a child of its own.
LISTENER = r"""
import os, signal, sys
wanted = [getattr(signal, name) for name in sys.argv[1:]]
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
other = os.fork()
os.write(1, b"ready\n")
number = signal.sigwait(wanted)
os.write(1, f"{'child' if other else 'grandchild'} {signal.Signals(number).name}\n".encode())
if other:
    os.waitpid(other, 0)
os._exit(7)
"""


RTMIN = pytest.param("SIGRTMIN", marks=pytest.mark.skipif(agent.EMULATED, reason="qemu renumbers it"))


class Agent:
    """The agent running COMMAND; as PID 1 it is the child of `unshare`."""

    def __init__(self, command, *flags, pid_1=False, stdout=subprocess.PIPE, **variables):
        argv = [*(UNSHARE if pid_1 else []), agent.AGENT, "run", *flags, "--", *command]
        self.process = subprocess.Popen(argv, env=agent.environment(**variables), stdin=subprocess.DEVNULL,
                                        stdout=stdout, stderr=subprocess.PIPE, text=True, errors="replace")
        self.pid_1 = pid_1

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.communicate()

    def lines(self, count):
        return sorted(self.process.stdout.readline().rstrip("\n") for _ in range(count))

    def send(self, number):
        """To the agent itself; only while its child runs, so that its number is not another's."""
        pid = self.process.pid
        if self.pid_1:
            pid = int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text())
        os.kill(pid, number)

    def end(self):
        """(exit code, stdout, stderr)"""
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


def run(command, *flags, **arguments):
    with Agent(command, *flags, **arguments) as running:
        return running.end()


@pytest.mark.parametrize("pid_1", MODES)
@pytest.mark.parametrize("code", [0, 1, 2, 63, 64, 125, 126, 127, 128, 137, 143, 254, 255])
def test_an_exit_code_at_a_boundary(code, pid_1):
    assert run([*SHELL, f"exit {code}"], pid_1=pid_1) == (code, "", "")


@pytest.mark.parametrize("pid_1", MODES)
def test_all_256_exit_codes(pid_1):
    command = " ".join([*(UNSHARE if pid_1 else []), agent.AGENT])
    script = f'for i in $(seq 0 255); do {command} run -- /bin/sh -c "exit $i"; echo $?; done'
    done = subprocess.run([*SHELL, script], env=agent.environment(), capture_output=True, text=True, timeout=240)
    assert done.stderr == ""
    assert [int(code) for code in done.stdout.split()] == list(range(256))


@pytest.mark.parametrize("pid_1", MODES)
@pytest.mark.parametrize("command, code, cause", [
    ("no-such-command", 127, 'cannot start "no-such-command": no such file or directory'),
    ("/no/such/command", 127, "no such file or directory"),
    ("", 127, "no such file or directory"),
    ("/dev/null", 126, "permission denied"),
    ("/", 126, "permission denied"),
    ("/dev/null/x", 127, "not a directory"),
])
def test_what_cannot_be_started(command, code, cause, pid_1):
    ended, out, err = run([command], pid_1=pid_1)
    assert (ended, out) == (code, "")
    assert f"error: cannot start \"{command}\"" in err and cause in err


@pytest.mark.parametrize("content", [b"\x7fELF and no more", b"exit 0\n", b"", b"#!/no/such/interpreter\n"])
def test_a_file_that_is_no_program_is_not_given_to_a_shell(tmp_path, content):
    (tmp_path / "data").write_bytes(content)
    (tmp_path / "data").chmod(0o755)
    code, _, err = run([str(tmp_path / "data")])
    assert code == (127 if b"interpreter" in content else 126), err


def test_the_command_is_looked_for_as_execvp_does(tmp_path):
    folders = {"none": None, "denied": 0o644, "found": 0o755}
    for name, mode in folders.items():
        (tmp_path / name).mkdir()
        if mode:
            (tmp_path / name / "tool").write_text("#!/bin/sh\nexit 13\n")
            (tmp_path / name / "tool").chmod(mode)
    path = [f"{tmp_path}/{name}" for name in folders]
    for folders, code in [(path, 13), (path[:2], 126), (path[:1], 127), (["/dev/null", path[2]], 13)]:
        assert run(["tool"], PATH=":".join(folders))[0] == code


@pytest.mark.parametrize("pid_1", MODES)
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGALRM", "SIGWINCH",
                                  "SIGCONT", RTMIN])
def test_a_signal_reaches_the_whole_group(name, pid_1):
    with Agent([sys.executable, "-c", LISTENER, name], pid_1=pid_1) as running:
        assert running.lines(2) == ["ready", "ready"]
        running.send(getattr(signal, name))
        code, out, _ = running.end()
    assert sorted(out.splitlines()) == [f"child {name}", f"grandchild {name}"]
    assert code == 7


@pytest.mark.parametrize("pid_1", MODES)
@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGALRM"])
def test_a_signal_that_the_child_does_not_handle_ends_it(name, pid_1):
    number = getattr(signal, name)
    with Agent([*SHELL, "ulimit -c 0; echo ready; exec sleep 60"], pid_1=pid_1) as running:
        assert running.lines(1) == ["ready"]
        running.send(number)
        assert running.end()[0] == 128 + number


@pytest.mark.parametrize("name", ["SIGPIPE", "SIGTTIN", "SIGTTOU"])
def test_a_signal_that_is_the_agents_own_is_not_passed_on(name):
    with Agent([sys.executable, "-c", LISTENER, name, "SIGUSR1"]) as running:
        running.lines(2)
        running.send(getattr(signal, name))
        running.send(signal.SIGUSR1)
        assert sorted(running.end()[1].splitlines()) == ["child SIGUSR1", "grandchild SIGUSR1"]


@pytest.mark.parametrize("pid_1", MODES)
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGSEGV", "SIGABRT", "SIGPIPE", "SIGHUP",
                                  pytest.param("SIGRTMAX", marks=pytest.mark.skipif(agent.EMULATED, reason="qemu renumbers it"))])
def test_a_child_that_dies_of_a_signal(name, pid_1):
    number = int(getattr(signal, name))
    child = f"import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.kill(os.getpid(), {number})"
    # Python ignores SIGPIPE for itself.
    child = f"import signal; signal.signal({number}, 0) if {number} != 9 else None; {child}"
    assert run([sys.executable, "-c", child], pid_1=pid_1)[0] == 128 + number


def test_the_childs_signals_are_as_they_were_before():
    show = ["grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"]
    outside = subprocess.run(show, env=agent.environment(), stdout=subprocess.PIPE, text=True).stdout
    assert run(show)[1] == outside


# With signal.pause() instead, a signal that came just before it was lost, once in some hundred runs.
STUBBORN = "import os, signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {2, 15})\n" \
           "os.write(1, b'ready\\n')\nwhile True: os.write(1, b'%d\\n' % signal.sigwait({2, 15}))"


@pytest.mark.parametrize("pid_1", MODES)
def test_a_second_term_hurries(pid_1):
    with Agent([sys.executable, "-c", STUBBORN], "--hurried-kill-after=200ms", pid_1=pid_1) as running:
        assert running.lines(1) == ["ready"]
        running.send(signal.SIGTERM)
        assert running.lines(1) == ["15"]
        running.send(signal.SIGTERM)
        assert running.end()[0] == 137


def test_a_third_term_kills():
    with Agent([sys.executable, "-c", STUBBORN], "--hurried-kill-after=1h") as running:
        running.lines(1)
        for number in (signal.SIGTERM, signal.SIGINT):
            running.send(number)
            assert running.lines(1) == [str(int(number))]
        running.send(signal.SIGTERM)
        assert running.end()[0] == 137


def test_kill_after():
    with Agent([sys.executable, "-c", STUBBORN], "--kill-after=200ms") as running:
        running.lines(1)
        running.send(signal.SIGTERM)
        assert running.end()[0] == 137


def test_a_stopped_child_ends_of_term():
    with Agent([*SHELL, "echo $$; kill -STOP $$; exec sleep 60"]) as running:
        pid = running.lines(1)[0]
        while pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "T":
            assert running.process.poll() is None
        running.send(signal.SIGTERM)
        assert running.end()[0] == 143


# The contract: `start` ends with 0 where Ray ended because it was asked to; `run` passes the code on.
@pytest.mark.parametrize("pid_1", MODES)
@pytest.mark.parametrize("at_term, code", [("exit 0", 0), ("exit 1", 0), ("exit 143", 0), ("trap - TERM; kill -TERM $$", 0),
                                           ("exit 2", 2), ("exit 70", 70), ("kill -KILL $$", 137)])
def test_a_ray_that_was_asked_to_end(tmp_path, at_term, code, pid_1):
    (tmp_path / "ray").write_text(f"#!/bin/sh\ntrap '{at_term}' TERM\necho up\nwhile :; do sleep 0.02; done\n")
    (tmp_path / "ray").chmod(0o755)
    argv = [*(UNSHARE if pid_1 else []), agent.AGENT, "start", "--preflight=false", "--logs=off"]
    variables = agent.environment(PATH=f"{tmp_path}:/usr/bin:/bin", RAY_INIT_AGENT_NODE_TYPE="head")
    running = subprocess.Popen(argv, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL)
    try:
        assert running.stdout.readline() == "up\n"
        pid = running.pid
        if pid_1:
            pid = int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text())
        os.kill(pid, signal.SIGTERM)
        assert running.wait(30) == code
    finally:
        running.kill()
        running.stdout.close()


ORPHANS = r"""
import os, sys
# A thousand grandchildren whose parents are gone, ended before or after that; then what /proc shows of them.
read, write = os.pipe()
for i in range(1000):
    if os.fork() == 0:
        if os.fork() == 0:
            os.close(read)
            if i % 2:
                os.setsid()  # a daemon: out of the group
        os._exit(0)
os.close(write)
for _ in range(1000):
    os.wait()
os.read(read, 1)  # the end: every orphan has exited
def left():
    found = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()
        except OSError:
            continue
        found += fields[0] == "Z" and fields[1] == str(os.getppid())
    return found
import time
deadline = time.monotonic() + 20
while left() and time.monotonic() < deadline:
    time.sleep(0.01)
print(left())
"""


@pytest.mark.parametrize("pid_1", MODES)
def test_a_thousand_orphans_leave_no_zombie(pid_1):
    assert run([sys.executable, "-c", ORPHANS], pid_1=pid_1)[:2] == (0, "0\n")


def test_an_orphans_exit_code_is_nobodys():
    code, out, _ = run([*SHELL, "(sleep 0.1; exit 3) & (kill -KILL $$) & wait"])
    assert (code, out) == (137, "")


@pytest.mark.parametrize("pid_1", MODES)
def test_what_the_child_left_behind_ends_with_it(tmp_path, pid_1):
    fifo = tmp_path / "held"  # open in the leftover alone: its end is the end of the leftover
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETFL, 0)
    # In the group, deaf to TERM. As PID 1, out of the group too.
    leftover = f"trap '' TERM HUP; echo up > {fifo}.ready; sleep 60 > {fifo}"
    start = "setsid " if pid_1 else ""
    script = f"mkfifo {fifo}.ready; {start}sh -c \"{leftover}\" & read x < {fifo}.ready; exit 5"
    assert run([*SHELL, script], pid_1=pid_1, stdout=subprocess.DEVNULL)[0] == 5
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize("pid_1", MODES)
@pytest.mark.parametrize("flags", [["--logs=off"], []])
@pytest.mark.parametrize("stream", ["> /dev/full", ">&-", "> /dev/full 2>&1", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_stdout_that_takes_nothing_does_not_stop_the_child(tmp_path, stream, flags, pid_1):
    (tmp_path / "logs").mkdir()
    child = "echo lost; echo line > raylet.out; trap 'touch ../ended; exit 9' TERM; touch ../up; while :; do sleep 0.02; done"
    argv = [*(UNSHARE if pid_1 else []), agent.AGENT, "run", f"--logs-dir={tmp_path}/logs", *flags, "--", *SHELL, child]
    running = subprocess.Popen(["/bin/sh", "-c", f'exec "$@" {stream}', "sh", *argv], env=agent.environment(),
                               cwd=tmp_path / "logs", stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not (tmp_path / "up").exists():
            assert running.poll() is None
        pid = running.pid
        if pid_1:
            pid = int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text())
        os.kill(pid, signal.SIGTERM)
        assert running.wait(30) == 9
    finally:
        running.kill()
    assert (tmp_path / "ended").exists()


def test_a_reader_that_is_gone_does_not_stop_the_child(tmp_path):
    read, write = os.pipe()
    os.close(read)
    script = "trap '' PIPE; echo lost; echo line > raylet.out; exit 11"
    argv = [agent.AGENT, "run", f"--logs-dir={tmp_path}", "--", *SHELL, script]
    done = subprocess.run(argv, cwd=tmp_path, env=agent.environment(), stdout=write, stderr=subprocess.DEVNULL, timeout=30)
    os.close(write)
    assert done.returncode == 11
