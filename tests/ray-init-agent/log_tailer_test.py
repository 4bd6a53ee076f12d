"""The log tailer of the real binary: `ray-init-agent run --logs-dir DIR -- COMMAND`."""
import collections
import ctypes
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pytest

AGENT = os.environ["RAY_INIT_AGENT"]
ROTATE = r'''
import os, sys
# As spdlog and RotatingFileHandler of Python do: close, rename upwards, open again. argv: path, lines, size, backups
path, lines, size, backups = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
out = open(path, "ab", buffering=0)
written = 0
for i in range(lines):
    line = b"%s line %d %s\n" % (os.path.basename(path).encode(), i, b"x" * (i % 80))
    if written + len(line) > size:
        out.close()
        for n in range(backups - 1, 0, -1):
            if os.path.exists(f"{path}.{n}"):
                os.rename(f"{path}.{n}", f"{path}.{n + 1}")
        os.rename(path, f"{path}.1")
        out = open(path, "ab", buffering=0)
        written = 0
    out.write(line)
    written += len(line)
'''


# The agent takes 3 ms to open a file: it looks at names that have changed again meanwhile.
SLOW_TO_OPEN = ["strace", "-D", "-qq", "-o/dev/null", "-etrace=openat", "-einject=openat:delay_enter=3000"]


def can_trace():
    return subprocess.run([*SLOW_TO_OPEN, "true"], stderr=subprocess.DEVNULL).returncode == 0


def command(logs_dir, child, *flags, tracer=()):
    return [*tracer, AGENT, "run", f"--logs-dir={logs_dir}", "--termination-message-path=", *flags, "--", *child]


# For scripts: `shown TEXT` returns once the agent has printed TEXT, or ends the script; `shown_times TEXT N` likewise.
SHOWN = """shown() {
    for i in $(seq 3000); do ! grep -qa -- "$1" "$OUTPUT" || return 0; sleep 0.01; done
    echo "the agent never printed \"$1\"" >&2; exit 1
}
shown_times() {
    for i in $(seq 3000); do [ "$(grep -ac -- "$1" "$OUTPUT")" -lt "$2" ] || return 0; sleep 0.01; done
    echo "the agent never printed \"$1\" $2 times" >&2; exit 1
}
"""


def run(logs_dir, script, *flags, read="stdout", exit_code=0, tracer=(), **popen):
    """What a shell script's files become on stdout, or what the agent says on stderr, as lines of bytes. The script
    runs in the logs directory, and may wait for a text with `shown`."""
    with tempfile.NamedTemporaryFile(buffering=0) as output:
        popen = {"cwd": logs_dir, read: subprocess.PIPE, **popen}
        popen["env"] = {**os.environ, "OUTPUT": output.name, **popen.get("env", {})}
        agent = subprocess.Popen(command(logs_dir, ["sh", "-ec", SHOWN + script], *flags, tracer=tracer), **popen)
        with getattr(agent, read) as stream:
            while chunk := os.read(stream.fileno(), 65536):
                output.write(chunk)
        assert agent.wait() == exit_code
        output.seek(0)
        return output.read().split(b"\n")[:-1]


def records(lines):
    return [json.loads(line) for line in lines]


def expected_lines(name, count):
    return collections.Counter(f"{name} line {i} {'x' * (i % 80)}".encode() for i in range(count))


def without_prefix(lines, component):
    prefix = f"[{component}] ".encode()
    assert all(line.startswith(prefix) for line in lines)
    return [line[len(prefix):] for line in lines]


@pytest.mark.parametrize("content, lines", [
    ("", []),
    ("one\\n", [b"one"]),
    ("one\\ntwo", [b"one", b"two"]),
    ("\\n", [b""]),
    ("\\r\\n", [b"\r"]),
    ("a\\0b\\n", [b"a\0b"]),
    ("\\377\\376\\n", [b"\xff\xfe"]),
    ("\\033[31mred\\n", [b"\x1b[31mred"]),
])
def test_text_is_copied_byte_for_byte(tmp_path, content, lines):
    out = run(tmp_path, f"printf '{content}' > raylet.out")
    assert without_prefix(out, "raylet") == lines


def test_rotation_under_load_gives_each_line_once_and_in_order(tmp_path):
    count, files = 40_000, ["raylet.out", "gcs_server.out", "dashboard.log"]
    script = " & ".join(f"{sys.executable} -c '{ROTATE}' $PWD/{name} {count} 100000 400" for name in files) + " & wait"
    out = run(tmp_path, script)
    for name in files:
        component = name.split(".")[0]
        mine = without_prefix([line for line in out if line.startswith(f"[{component}]".encode())], component)
        assert mine == list(expected_lines(name, count))
    assert len(out) == count * len(files)


@pytest.mark.skipif(not can_trace(), reason="processes may not be traced here")
def test_rotation_faster_than_files_are_opened_keeps_the_order(tmp_path):
    """From a failure of CI (2026-11-21), whose machine was slower: the agent read a file while names were still
    changing, and found the older ones of the same log after it."""
    count = 10_000
    out = run(tmp_path, f"{sys.executable} -c '{ROTATE}' $PWD/raylet.out {count} 20000 400", tracer=SLOW_TO_OPEN,
              env={"ASAN_OPTIONS": "detect_leaks=0"})  # two tracers of one process cannot be
    assert without_prefix(out, "raylet") == list(expected_lines("raylet.out", count))


def test_spdlogs_names_are_rotations_too(tmp_path):
    out = run(tmp_path, "echo one > raylet.out; mv raylet.out raylet.1.out; echo two > raylet.out")
    assert without_prefix(out, "raylet") == [b"one", b"two"]


def test_one_inotify_instance(tmp_path):
    """All pods of a user on a node share 128 of them (fs.inotify.max_user_instances): two a pod were too many."""
    out = run(tmp_path, """mkdir old serve; echo x > serve/a.log; shown '] x'
        ls -l /proc/$PPID/fd | grep -c anon_inode:inotify > count.log""")
    assert sorted(out) == [b"[count] 1", b"[serve/a] x"]


def open_files(pid):
    """The inodes of the files that the process has open."""
    inodes, fds = set(), f"/proc/{pid}/fd"
    for fd in os.listdir(fds):
        try:
            inodes.add(os.stat(f"{fds}/{fd}").st_ino)
        except OSError:
            pass  # closed meanwhile
    return inodes


def test_what_was_rotated_away_before_a_slow_reader_took_it_still_comes(tmp_path):
    """The reader stops; the writer continues and rotates; all but the newest file go; then the reader reads."""
    count = 60_000
    newest = tmp_path / "raylet.out"
    child = [sys.executable, "-c", ROTATE, str(newest), str(count), "100000", "60"]
    done = tmp_path.parent / f"{tmp_path.name}.done"
    script = 'done=$1; shift; "$@"; touch "$done"; sleep 60'
    agent = subprocess.Popen(command(tmp_path, ["sh", "-c", script, "sh", str(done), *child]), stdout=subprocess.PIPE)
    try:
        # The writer ends although nobody reads: the pipe took 64 KiB of 4 MB.
        while not done.exists():
            assert agent.poll() is None
        rotated = list(tmp_path.glob("raylet.out.*"))
        assert len(rotated) > 30
        written = {path.stat().st_ino for path in [newest, *rotated]}
        while not written <= open_files(agent.pid):
            assert agent.poll() is None
        for path in rotated:
            path.unlink()
        agent.send_signal(signal.SIGTERM)
        out = agent.stdout.read().split(b"\n")[:-1]
        assert agent.wait(30) == 143
    finally:
        agent.kill()
    assert without_prefix(out, "raylet") == list(expected_lines("raylet.out", count))


def test_a_stopped_reader_stops_neither_signals_nor_the_end(tmp_path):
    agent = subprocess.Popen(command(tmp_path, ["sh", "-c", "yes long line of text > raylet.out"]),
                             stdout=subprocess.PIPE, cwd=tmp_path)
    try:
        while not (tmp_path / "raylet.out").exists() or (tmp_path / "raylet.out").stat().st_size < 1 << 20:
            assert agent.poll() is None
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(30) == 143  # the last lines are waited for, and not for ever
    finally:
        agent.kill()
        agent.stdout.close()


def test_truncation_begins_the_file_again(tmp_path):
    script = """
        for i in 1 2 3; do echo "old $i"; done > raylet.out; shown "old 3"
        : > raylet.out; echo new >> raylet.out; shown new
        # grown beyond its old length again before anybody looked
        (: > raylet.out; for i in 1 2 3 4 5 6; do echo "third $i"; done >> raylet.out)"""
    out = without_prefix(run(tmp_path, script), "raylet")
    assert out == [b"old 1", b"old 2", b"old 3", b"new"] + [f"third {i}".encode() for i in range(1, 7)]


def test_a_writer_that_did_not_notice_the_truncation_leaves_no_nul_bytes(tmp_path):
    script = "exec 3> raylet.out; echo before >&3; shown before; : > raylet.out; echo after >&3; exec 3>&-"
    assert without_prefix(run(tmp_path, script), "raylet") == [b"before", b"after"]


def test_deletion_and_a_new_file_of_the_same_name(tmp_path):
    out = run(tmp_path, "echo one > a.log; rm a.log; echo two > a.log; shown two; rm a.log; echo three > a.log")
    # the first may be gone before it was seen: nothing could have read it
    assert without_prefix(out, "a") in ([b"one", b"two", b"three"], [b"two", b"three"])


def test_a_deleted_file_that_is_still_written_to(tmp_path):
    out = run(tmp_path, "exec 3> a.log; echo one >&3; shown one; rm a.log; echo two >&3; shown two")
    assert without_prefix(out, "a") == [b"one", b"two"]


def test_directories_old_and_new_and_moves_between_them(tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "event_GCS.log").write_text("before\n")
    script = """
        mkdir -p serve/deep old; echo a > serve/deep/replica.log; shown "] a"
        echo b > worker-ab-01000000-7.out; shown "] b"; mv worker-ab-01000000-7.out old/; echo c >> old/worker-ab-01000000-7.out"""
    out = run(tmp_path, script)
    assert sorted(out) == [b"[events/event_GCS] before", b"[serve/deep/replica] a", b"[worker pid=7] b",
                           b"[worker pid=7] c"]


def test_a_new_session(tmp_path):
    script = """
        mkdir -p s1/logs; echo one > s1/logs/raylet.out; ln -s s1 session_latest; shown one
        mkdir -p s2/logs; echo two > s2/logs/raylet.out; ln -sfn s2 session_latest; shown two
        echo late >> s1/logs/raylet.out; echo three >> s2/logs/raylet.out"""
    out = run(tmp_path / "session_latest" / "logs", script, cwd=tmp_path)
    assert out == [b"[raylet] one", b"[raylet] two", b"[raylet] late", b"[raylet] three"]


def test_a_directory_that_comes_late(tmp_path):
    script = """mkdir -p a/b/c; echo x > a/b/c/raylet.out; shown "] x"; rm -r a
        mkdir -p a/b/c; echo y > a/b/c/raylet.out"""
    assert run(tmp_path / "a/b/c", script, cwd=tmp_path) == [b"[raylet] x", b"[raylet] y"]


@pytest.mark.parametrize("length", [65_536, 131_071, 131_072, 131_073, (1 << 20) - 1, 1 << 20])
def test_long_lines_come_whole(tmp_path, length):
    out = run(tmp_path, f"{sys.executable} -c 'print(\"y\" * {length})' > raylet.out; echo end >> raylet.out")
    assert [len(line) for line in without_prefix(out, "raylet")] == [length, 3]


def test_a_longer_line_comes_in_pieces(tmp_path):
    out = run(tmp_path, f"{sys.executable} -c 'print(\"y\" * {(5 << 20) // 2})' > raylet.out")
    assert [len(line) for line in without_prefix(out, "raylet")] == [1 << 20, 1 << 20, 1 << 19]


def test_a_line_that_grows_slowly_comes_once(tmp_path):
    script = "for i in 1 2 3 4 5 6; do printf '%070000d' $i; sleep 0.03; done > raylet.out; echo >> raylet.out"
    out = without_prefix(run(tmp_path, script), "raylet")
    assert [len(line) for line in out] == [420_000]


@pytest.mark.parametrize("flags, shown, out", [
    ([], "raylet] x", [b"[events/a] x", b"[gcs_server] x", b"[raylet] x", b"[raylet] y"]),
    (["--logs-include=gcs*", "--logs-include=events/*"], "a] x", [b"[events/a] x", b"[gcs_server] x"]),
])
def test_globs(tmp_path, flags, shown, out):
    script = f"""mkdir events; for f in raylet.out gcs_server.out events/a.log debug_state.txt; do echo x > $f; done
        shown "{shown}"; mv raylet.out raylet.out.1; echo y > raylet.out"""
    assert sorted(run(tmp_path, script, *flags)) == out


def test_what_is_no_log_file_is_left_alone(tmp_path):
    script = 'mkfifo pipe.log; ln -s /etc/passwd link.log; ln -s / root; echo x > a.log; shown "] x"'
    assert run(tmp_path, script) == [b"[a] x"]


def test_json_records(tmp_path):
    script = r"""printf '%s\n' '[2026-11-21 03:00:00,123 W 12 34] (raylet) main.cc:7: "hm"' > raylet.out
        printf ':job_id:02000000\n:actor_name:Counter\nhello \377\033\n' > worker-ab12-ffffffff-77.out
        shown hello; shown hm; mv raylet.out raylet.out.1; echo more >> raylet.out.1"""
    env = {"RAY_CLOUD_INSTANCE_ID": "pod-1", "NODE_NAME": "node-1", "RAY_CLUSTER_NAME": "demo", "TZ": "UTC"}
    got = records(run(tmp_path, script, "--logs=json", env=env))
    for record in got:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["time"])
    labels = {"node": "node-1", "pod": "pod-1", "cluster": "demo"}
    raylet = {"component": "raylet", **labels}
    assert got[0] == {"time": "2026-11-21T03:00:00.123Z", "level": "WARNING", **raylet, "file": "raylet.out",
                      "message": '[2026-11-21 03:00:00,123 W 12 34] (raylet) main.cc:7: "hm"'}
    hello, more = got[1:]
    assert {k: hello[k] for k in hello if k != "time"} == {
        "level": "INFO", "component": "worker", **labels, "job": "02000000", "worker": "ab12", "actor": "Counter",
        "pid": "77", "file": "worker-ab12-ffffffff-77.out", "message": "hello \\xff\x1b"}
    assert more["file"] == "raylet.out.1" and more["message"] == "more"


def test_a_traceback_is_one_record(tmp_path):
    trace = 'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n    f()\nValueError: no'
    chain = trace + "\n\nDuring handling of the above exception, another exception occurred:\n\n" + trace
    for name, text in {"a.log": trace, "b.log": chain}.items():
        (tmp_path / name).write_text(f"before\n{text}\nafter\n")
    got = records(run(tmp_path, f"printf '{trace.split('  ')[0]}' > c.log; shown c.log", "--logs=json"))
    by_file = collections.defaultdict(list)
    for record in got:
        by_file[record["file"]].append((record["level"], record["message"]))
    assert by_file == {"a.log": [("INFO", "before"), ("ERROR", trace), ("INFO", "after")],
                       "b.log": [("INFO", "before"), ("ERROR", chain), ("INFO", "after")],
                       "c.log": [("ERROR", "Traceback (most recent call last):")]}


def test_the_quota_removes_the_oldest_and_says_so(tmp_path):
    (tmp_path / "old").mkdir()
    for i, name in enumerate(["old/worker-a-01000000-1.out", "raylet.out.2", "raylet.out.1", "raylet.out"]):
        (tmp_path / name).write_text("x" * 599 + "\n")
        os.utime(tmp_path / name, (1_700_000_000 + i, 1_700_000_000 + i))
    out = run(tmp_path, "while test -e raylet.out.2; do sleep 0.05; done", "--logs-quota=1Ki",
              "--logs-quota-interval=100ms")
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["raylet.out", "raylet.out.1"]
    assert [line for line in out if line.startswith(b"[ray-init-agent]")] == [
        b'[ray-init-agent] removed "old/worker-a-01000000-1.out" (600 B): old logs are over the quota of 1.0 KiB',
        b'[ray-init-agent] removed "raylet.out.2" (600 B): old logs are over the quota of 1.0 KiB']


def limited(descriptors):
    """The agent and its child get no more."""
    return ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh"]


def test_more_log_files_than_descriptors(tmp_path):
    """Files were never closed: at the limit a probe's connection was not accepted, and Ray could not be started."""
    count, limit, fds = 400, 120, tmp_path.parent / f"{tmp_path.name}.fds"
    script = "".join(f"""
        for i in $(seq {count}); do echo "{word} $i" >> f$i.log; done; shown_times "{word} " {count}
        ls /proc/$PPID/fd | wc -l >> {fds}""" for word in ("one", "two", "three"))
    out = run(tmp_path, script, tracer=limited(limit))
    assert sorted(out) == sorted(f"[f{i}] {word} {i}".encode() for i in range(1, count + 1)
                                 for word in ("one", "two", "three"))
    assert all(int(open_now) < limit * 3 // 4 for open_now in fds.read_text().split())


# The agent gets no descriptor for a.log; its tries are in opens.txt.
NO_DESCRIPTOR = ["strace", "-D", "-qq", "-oopens.txt", "-etrace=openat", "-einject=openat:error=EMFILE", "-Pa.log"]


@pytest.mark.skipif(not can_trace(), reason="processes may not be traced here")
def test_a_file_without_a_descriptor_is_tried_once_a_second(tmp_path):
    """It was tried again whenever another file was written to."""
    logs = tmp_path / "logs"
    logs.mkdir()
    tracer = [argument.replace("a.log", str(logs / "a.log")).replace("opens.txt", str(tmp_path / "opens.txt"))
              for argument in NO_DESCRIPTOR]
    begin = time.monotonic()
    out = run(logs, """
        echo one > a.log; for i in $(seq 100); do echo $i > b.log; shown "b. $i"; done
        shown 'limit on open files'""", tracer=tracer, env={"ASAN_OPTIONS": "detect_leaks=0"})
    seconds = time.monotonic() - begin
    assert len([line for line in out if line.startswith(b"[b]")]) == 100
    # Two at once, when it is new, and two at the end.
    tries = (tmp_path / "opens.txt").read_text().count("EMFILE")
    assert 2 <= tries <= 5 + seconds


# What happens to f1.log, whose file is closed by then, and what comes out of it.
@pytest.mark.parametrize("script, lines", [
    ("echo more >> f1.log", [b"[f1] more"]),
    ("mv f1.log f1.log.1; echo more >> f1.log.1; echo new > f1.log", [b"[f1] more", b"[f1] new"]),
    ("mv f1.log g.log; echo more >> g.log", [b"[f1] more"]),
    (": > f1.log; echo again > f1.log", [b"[f1] again"]),
    # Of the same length.
    ("echo one 1 of 999999999999999999 > f1.log", [b"[f1] one 1 of 999999999999999999"]),
    ("rm f1.log; echo other > f1.log", [b"[f1] other"]),
    # Another file, which may get the number of the removed one.
    ("rm f1.log; echo other > g.log", [b"[g] other"]),
    ("rm f1.log; echo one 1 of 100000000000000000 > g.log; echo more >> g.log",
     [b"[g] one 1 of 100000000000000000", b"[g] more"]),
    ("printf end >> f1.log", [b"[f1] end"]),
])
def test_a_file_that_was_closed_meanwhile(tmp_path, script, lines):
    count = 60
    out = run(tmp_path, f"""
        for i in $(seq {count}); do echo "one $i of 100000000000000000" > f$i.log; done; shown_times "one " {count}
        test "$(ls -l /proc/$PPID/fd | grep -c '/f[0-9]*.log')" -le 20
        ! ls -l /proc/$PPID/fd | grep -q '/f1.log'
        {script}; echo last > last.log; shown '] last'""", tracer=limited(40))
    first = [f"[f{i}] one {i} of 100000000000000000".encode() for i in range(1, count + 1)]
    assert sorted(out) == sorted([*first, *lines, b"[last] last"])


WATCHES = "/proc/sys/user/max_inotify_watches"  # of the user's namespace
OWN_WATCHES = ["unshare", "--user", "--map-root-user"]


def can_limit_watches():
    return subprocess.run([*OWN_WATCHES, "sh", "-c", f"echo 1 > {WATCHES}"], stderr=subprocess.DEVNULL).returncode == 0


class Opened:
    """Whether somebody opens the directory, or what is in it: inotify's IN_OPEN."""

    def __init__(self, directory):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(0)
        assert libc.inotify_add_watch(self.fd, os.fsencode(directory), 0x20) > 0, os.strerror(ctypes.get_errno())

    def within(self, seconds):
        ready = select.select([self.fd], [], [], seconds)[0]
        return bool(ready) and bool(os.read(self.fd, 65536))


@pytest.mark.skipif(not can_limit_watches(), reason="this user may make no user namespace")
def test_polling_ends_once_everything_can_be_watched(tmp_path):
    """One thing that could not be watched switched it on for ever: a third of a core with 17,500 files."""
    logs = tmp_path / "logs"
    logs.mkdir()
    ended = []

    def observe():
        while not (tmp_path / "polls").exists():
            time.sleep(0.01)
        opened = Opened(logs)
        ended.append(opened.within(20))
        (tmp_path / "raise").touch()
        ended.append(any(not opened.within(2) for _ in range(100)))  # eight times the pause between two looks
        (tmp_path / "ended").touch()
    observer = threading.Thread(target=observe, daemon=True)
    observer.start()
    wait_for = f'wait_for() {{ while ! test -e "{tmp_path}/$1"; do sleep 0.01; done; }}'
    out = run(logs, f"""{wait_for}
        echo 1 > {WATCHES}; mkdir d; echo one > d/a.log; shown '] one'; echo two >> d/a.log; shown '] two'
        touch {tmp_path}/polls; wait_for raise; echo 1000000 > {WATCHES}
        wait_for ended; echo three >> d/a.log; shown '] three'""", tracer=OWN_WATCHES)
    assert out == [b"[d/a] one", b"[d/a] two", b"[d/a] three"]
    assert ended == [True, True]


def test_last_words_without_a_newline_come_while_others_run(tmp_path):
    """Of a worker that died on a node that lives on: an abort's message, print(end="")."""
    out = run(tmp_path, """
        echo first > a.log; printf 'last words' >> a.log; printf 'a bar' > b.log; shown 'last words'; shown 'a bar'
        printf '\nnext\n' >> a.log; printf ' goes on' >> b.log; shown 'goes on'; echo >> b.log; shown next""")
    assert [line for line in out if line.startswith(b"[a]")] == [b"[a] first", b"[a] last words", b"[a] next"]
    assert [line for line in out if line.startswith(b"[b]")] == [b"[b] a bar", b"[b]  goes on"]


def test_what_is_no_text_is_not_copied(tmp_path):
    """Profiles of nsight and memray were: 5.7 MB of one of 5 MB. A NUL byte or two are still a text's."""
    for folder in ("nsight", "memray", "profiles", "mine"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "text.html").write_text("profile\n")
    (tmp_path / "mine" / "worker_1.nsys-rep").write_bytes(os.urandom(100) + bytes(range(256)) * 20_000)
    (tmp_path / "sparse.log").write_bytes(b"\0" * 5000 + b"x" * 200 + b"\n")
    (tmp_path / "a.log").write_bytes(b"a\0b\n")
    out = run(tmp_path, """
        shown 'no text'; printf 'more\\n' >> mine/worker_1.nsys-rep; echo end > b.log; shown '] end'""")
    assert sorted(out) == [b"[a] a\0b", b"[b] end",
                           b"[mine/text.html] profile",
                           b'[ray-init-agent] "mine/worker_1.nsys-rep" is not copied: it is no text',
                           b"[sparse] " + b"\0" * 5000 + b"x" * 200]


def test_a_directory_that_is_moved_away_and_made_again(tmp_path):
    """A process that has a removed one open keeps it, too."""
    logs = tmp_path / "logs"
    out = run(logs, """
        mkdir logs logs/serve; echo one > logs/a.log; echo s > logs/serve/s.log; shown '] one'; shown '] s'
        mv logs logs.old; mkdir logs logs/serve; echo two > logs/a.log; echo t > logs/serve/s.log; shown two; shown '] t'
        exec 3< logs; rm -r logs; mkdir logs; echo three > logs/a.log; shown three""", cwd=tmp_path)
    assert sorted(out) == [b"[a] one", b"[a] three", b"[a] two", b"[serve/s] s", b"[serve/s] t"]


def test_what_nfs_keeps_of_a_removed_file_is_let_go(tmp_path):
    """Its client renames a removed file that is open; whoever holds it open keeps it for ever."""
    nfs = ".nfs00000000001c8d0600000001"
    out = run(tmp_path, f"""
        echo one > a.log; shown one; mv a.log {nfs}; echo two >> {nfs}; shown two
        for i in $(seq 3000); do ls -l /proc/$PPID/fd | grep -q {nfs} || break; sleep 0.01; done
        ! ls -l /proc/$PPID/fd | grep -q {nfs}; echo late >> {nfs}; echo end > b.log; shown end""")
    assert out == [b"[a] one", b"[a] two", b"[b] end"]


GONE = "gone() { for i in $(seq 3000); do test -e \"$1\" || return 0; sleep 0.01; done; exit 1; }\n"


def test_the_quota_holds_without_copying(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "worker-a-01000000-1.out").write_text("x" * 2000)
    said = run(tmp_path, GONE + "gone old/worker-a-01000000-1.out", "--logs=off", "--logs-quota=1Ki",
               "--logs-quota-interval=50ms", read="stderr")
    assert said == [b'ray-init-agent: removed "old/worker-a-01000000-1.out" (2.0 KiB): old logs are over the quota of '
                    b"1.0 KiB"]


def test_the_quota_takes_a_file_whose_last_line_has_no_end(tmp_path):
    """A progress bar, a writer that was killed: they were never copied whole, and stayed for good."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.log").write_text("x" * 2000 + "\nthe bar")
    (tmp_path / "old" / "profile").write_bytes(bytes(range(256)) * 20)
    out = run(tmp_path, GONE + "gone old/a.log; gone old/profile", "--logs-quota=1Ki", "--logs-quota-interval=50ms")
    assert b"[a] the bar" in out


def test_the_quota_leaves_what_only_looks_rotated(tmp_path):
    """model.v1.2.log was unlinked while it was written, and 10 of its 30 lines were lost."""
    for name in ("model.v1.2.log", "name.1234", "b.log", "b.log.3", "a.log", "a.log.1", "a.log.2"):
        (tmp_path / name).write_text("x" * 599 + "\n")
    run(tmp_path, GONE + "gone a.log.1; gone a.log.2", "--logs-quota=500", "--logs-quota-interval=50ms")
    assert sorted(os.listdir(tmp_path)) == ["a.log", "b.log", "b.log.3", "model.v1.2.log", "name.1234"]


def test_lines_of_the_child_come_between_lines(tmp_path):
    """With `run` both have one stdout: the child's line came inside one of ours where the pipe was full."""
    count = 20_000
    child = f"""import sys, threading
        def write(stream, name):
            for i in range({count}): stream.write(f"{{name}} line {{i}} {{'x' * (i % 80)}}\\n")
            stream.flush()
        log = threading.Thread(target=write, args=(open("a.log", "w", buffering=1), "log"))
        log.start(); write(open(1, "w", buffering=1), "child"); log.join()"""
    (tmp_path.parent / f"{tmp_path.name}.py").write_text("\n".join(
        line.removeprefix("        ") for line in child.split("\n")))
    agent = subprocess.Popen(command(tmp_path, [sys.executable, str(tmp_path.parent / f"{tmp_path.name}.py")]),
                             stdout=subprocess.PIPE, cwd=tmp_path)
    out = b""
    while chunk := os.read(agent.stdout.fileno(), 1000):
        out += chunk
    agent.stdout.close()
    assert agent.wait(30) == 0
    got = collections.Counter(out.split(b"\n")[:-1])
    want = expected_lines("child", count) + collections.Counter(
        {b"[a] " + line: times for line, times in expected_lines("log", count).items()})
    assert got == want


def test_closed_stdout_leaves_the_child_alone(tmp_path):
    read_end, write_end = os.pipe()
    os.close(read_end)
    said = run(tmp_path, "echo x > a.log; shown 'nobody reads'; echo y > a.log; exit 5", read="stderr", exit_code=5,
               stdout=write_end)
    os.close(write_end)
    assert sum(b"nobody reads stdout any more" in line for line in said) == 1
    agent = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh",
                            *command(tmp_path, ["sh", "-c", "echo x > a.log; exit 5"])], cwd=tmp_path, timeout=30)
    assert agent.returncode == 5


def test_a_full_disk_behind_stdout_leaves_the_child_alone(tmp_path):
    with open("/dev/full", "wb") as full:
        run(tmp_path, "echo x > a.log; shown 'no space left on device'; exit 5", read="stderr", exit_code=5, stdout=full)


def test_the_child_never_sees_a_nonblocking_stdout(tmp_path):
    script = f"echo x > a.log; shown '] x'; {sys.executable} -c 'import os; print(os.get_blocking(1), os.get_blocking(2))'"
    assert run(tmp_path, script) == [b"[a] x", b"True True"]


@pytest.mark.parametrize("kind", ["socket", "file", "terminal"])
def test_every_kind_of_stdout(tmp_path, kind):
    script = "for i in 1 2 3; do echo $i; done > a.log"
    got = []
    if kind == "file":
        with open(tmp_path.parent / "out", "wb") as out:
            subprocess.run(command(tmp_path, ["sh", "-c", script]), cwd=tmp_path, stdout=out, timeout=30)
        got = (tmp_path.parent / "out").read_bytes()
    else:
        import pty
        import socket
        reader, writer = pty.openpty() if kind == "terminal" else [s.detach() for s in socket.socketpair()]
        chunks = []

        def read_all():
            try:
                while chunk := os.read(reader, 4096):
                    chunks.append(chunk)
            except OSError:  # a terminal whose other end is closed
                pass
        thread = threading.Thread(target=read_all)
        thread.start()
        subprocess.run(command(tmp_path, ["sh", "-c", script]), cwd=tmp_path, stdout=writer, timeout=30)
        os.close(writer)
        thread.join(10)
        os.close(reader)
        got = b"".join(chunks).replace(b"\r\n", b"\n")
    assert got == b"[a] 1\n[a] 2\n[a] 3\n"
