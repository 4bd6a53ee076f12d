"""Following log files: `ray-init-agent run` beside `tail -F` and rsyslog's imfile, at 1, 50, 500 and 5,000 files: how fast the lines of a
burst come out as it is written, and of a backlog; CPU and memory of the backlog, descriptors, and the delay of single lines. `tail -F`
copies bytes, without a file's name a line."""

import multiprocessing
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time

import agent
from bench import Bench, Rival, ours, scaled, stopped_at_end
from line_reader import LineReader
from measure import cpu_s_of, peak_kib_of

BURST_LINES = scaled(400_000)
SINGLE_LINES = scaled(400)
TEXT = "2026-11-21 03:00:00,123 INFO worker.py:1234 -- a line of some hundred bytes, as most of Ray's are: "
CHUNK = 20  # lines a write
FORK = multiprocessing.get_context("fork")


def tail(folder, files):
    return ["tail", "-F", "-n", "+1", *files]


def rsyslog(folder, files):
    """One configuration for all: lines with their file, to stdout; a queue that holds the burst."""
    config = folder.parent / "rsyslog.conf"
    config.write_text(f"""
global(workDirectory="{folder.parent}" maxMessageSize="64k")
main_queue(queue.type="LinkedList" queue.size="{2 * BURST_LINES}" queue.dequeueBatchSize="1024")
module(load="imfile" mode="inotify")
template(name="line" type="string" string="[%$!metadata!filename%] %msg:::drop-last-lf%\\n")
input(type="imfile" file="{folder}/*.out" tag="ray" addMetadata="on" maxLinesAtOnce="0")
action(type="omfile" file="/dev/stdout" template="line")
""")
    return ["rsyslogd", "-n", "-f", str(config), "-i", str(folder.parent / "rsyslog.pid")]


def ray_init_agent(folder, files, *flags):
    return [agent.AGENT, "run", f"--logs-dir={folder}", *flags, "--", "sleep", "600"]


def ray_init_agent_json(folder, files):
    return ray_init_agent(folder, files, "--logs=json")


def write_many(files):
    chunk = "".join(f"{TEXT}{number}\n" for number in range(CHUNK)).encode()
    for number in range(BURST_LINES // CHUNK):
        files[number % len(files)].write(chunk)


def write_singly(files):
    for number in range(SINGLE_LINES):
        files[number * 7 % len(files)].write(f"{TEXT}@{time.monotonic()}\n".encode())
        time.sleep(0.005)  # one at a time is the point


def begin_writing(task, files):
    """In a process of its own, which takes no time from the reader's."""
    writer = FORK.Process(target=task, args=(files,))
    writer.start()
    return writer


def follow(process, files):
    reader, pid = LineReader(process.stdout, b"bytes,"), process.pid
    for file in files:  # until it follows every one of them
        file.write(f"{TEXT}first\n".encode())
    written = len(files)
    reader.wait(written, 120)

    begin, writer = time.monotonic(), begin_writing(write_many, files)
    written += BURST_LINES
    reader.wait(written, 300)
    figures = {"lines/s": BURST_LINES / (time.monotonic() - begin)}
    writer.join()

    process.send_signal(signal.SIGSTOP)  # what it can do alone, while nobody writes
    write_many(files)
    before, begin = cpu_s_of(pid), time.monotonic()
    process.send_signal(signal.SIGCONT)
    written += BURST_LINES
    reader.wait(written, 300)
    figures |= {"lines/s of a backlog": BURST_LINES / (time.monotonic() - begin), "CPU s": cpu_s_of(pid) - before,
                "peak MiB": peak_kib_of(pid) / 1024, "descriptors": len(os.listdir(f"/proc/{pid}/fd"))}

    writer = begin_writing(write_singly, files)
    reader.wait(written + SINGLE_LINES, 120)
    writer.join()
    return {**figures, **reader.delay_ms()}


def following(command, count):
    def run():
        with tempfile.TemporaryDirectory(prefix="logs-bench-") as name:
            folder = pathlib.Path(name) / "logs"
            folder.mkdir()
            paths = [folder / f"worker-{number}.out" for number in range(count)]
            files = [open(path, "ab", buffering=0) for path in paths]
            process = subprocess.Popen(command(folder, list(map(str, paths))), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       env=agent.environment(PATH="/usr/sbin:/usr/bin:/bin"))
            try:
                with stopped_at_end(process):
                    return follow(process, files)
            finally:
                for file in files:
                    file.close()
    return run


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with Bench("Following log files") as bench:
        for count in (1, 50, 500, 5_000):
            rivals = [ours("ray-init-agent", following(ray_init_agent, count)),
                      ours("ray-init-agent --logs=json", following(ray_init_agent_json, count)), Rival("tail -F", following(tail, count))]
            if count <= 500:  # of 5,000 files imfile brings the burst, and then no single line within a minute
                rivals.append(Rival("rsyslog imfile", following(rsyslog, count)))
            bench.case(f"{count:,} files, {BURST_LINES:,} lines", *rivals, rounds=3)


if __name__ == "__main__":
    main()
