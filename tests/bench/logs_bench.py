"""Following log files: `ray-init-agent run` beside `tail -F` and rsyslog's imfile, at 1, 50, 500 and 5,000 files.

Rivals take turns within each round, and the first round is not counted. A burst is written while they follow (its writer
sets the pace), then a backlog while they are stopped (what they can do alone). CPU is for the backlog's lines."""
import multiprocessing
import os
import pathlib
import resource
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import agent

COUNTS = [int(count) for count in os.environ.get("LOGS_BENCH_FILES", "1 50 500 5000").split()]
ROUNDS = int(os.environ.get("LOGS_BENCH_ROUNDS", "5"))
LINES, SINGLE_LINES = 200_000, 200
TEXT = "2026-11-21 03:00:00,123 INFO worker.py:1234 -- a line of some hundred bytes, as most of Ray's are: "
CHUNK = 20  # lines a write
BASE = "tail -F"
FORK = multiprocessing.get_context("fork")


def tail(folder, files):
    return ["tail", "-F", "-n", "+1", *files]


def rsyslog(folder, files):
    """One configuration for all: lines with their file, to stdout; a queue that holds the burst."""
    config = folder.parent / "rsyslog.conf"
    config.write_text(f"""
global(workDirectory="{folder.parent}" maxMessageSize="64k")
main_queue(queue.type="LinkedList" queue.size="{2 * LINES}" queue.dequeueBatchSize="1024")
module(load="imfile" mode="inotify")
template(name="line" type="string" string="[%$!metadata!filename%] %msg:::drop-last-lf%\\n")
input(type="imfile" file="{folder}/*.out" tag="ray" addMetadata="on" maxLinesAtOnce="0")
action(type="omfile" file="/dev/stdout" template="line")
""")
    return ["rsyslogd", "-n", "-f", str(config), "-i", str(folder.parent / "rsyslog.pid")]


def ray_init_agent(*flags):
    return lambda folder, files: [agent.AGENT, "run", f"--logs-dir={folder}", *flags, "--", "sleep", "600"]


RIVALS = {"ray-init-agent": ray_init_agent(), "ray-init-agent, JSON": ray_init_agent("--logs=json"), BASE: tail,
          "rsyslog imfile": rsyslog}


class Reader:
    """Takes the output and counts what is marked, which is little: it must not be slower than those it measures."""

    def __init__(self, stream):
        self.fd, self.marks, self.rest, self.delays = stream.fileno(), 0, b"", []
        self.poll = select.poll()
        self.poll.register(self.fd, select.POLLIN)

    def wait(self, marks, seconds):
        end = time.monotonic() + seconds
        while self.marks < marks:
            assert self.poll.poll(max(0, end - time.monotonic()) * 1000), f"{self.marks} of {marks} marked lines"
            data = os.read(self.fd, 1 << 20)
            now = time.monotonic()
            assert data, "the output ended"
            self.marks += data.count(b"@")
            if b"@" not in data and b"@" not in self.rest:
                self.rest = data[-1000:]
                continue
            *lines, self.rest = (self.rest + data).split(b"\n")
            for line in lines:
                _, marked, when = line.rpartition(b"@")
                if marked and not when.startswith(b"last"):
                    self.delays.append(now - float(when.split(b'"')[0]))


def write_many(files):
    chunk = "".join(f"{TEXT}{number}\n" for number in range(CHUNK)).encode()
    for number in range(LINES // CHUNK):
        os.write(files[number % len(files)], chunk)
    mark(files)


def mark(files):
    for file in files:
        os.write(file, f"{TEXT}@last\n".encode())


def write_singly(files):
    for number in range(SINGLE_LINES):
        os.write(files[number * 7 % len(files)], f"{TEXT}@{time.monotonic()}\n".encode())
        time.sleep(0.005)


def in_other_process(task, files):
    process = FORK.Process(target=task, args=(files,))
    process.start()
    return process


def cpu_s(pid):
    threads = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def measure_following(process, files):
    reader, pid, seen = Reader(process.stdout), process.pid, len(files)
    mark(files)  # until it follows every one of them
    reader.wait(seen, 120)

    begin = time.monotonic()
    writer = in_other_process(write_many, files)
    seen += len(files)
    reader.wait(seen, 300)
    burst = LINES / (time.monotonic() - begin)
    writer.join()

    process.send_signal(signal.SIGSTOP)
    write_many(files)
    before, begin = cpu_s(pid), time.monotonic()
    process.send_signal(signal.SIGCONT)
    seen += len(files)
    reader.wait(seen, 300)
    backlog, cpu = LINES / (time.monotonic() - begin), cpu_s(pid) - before

    writer = in_other_process(write_singly, files)
    reader.wait(seen + SINGLE_LINES, 60)
    writer.join()
    delays = sorted(reader.delays)
    return {"burst": burst, "backlog": backlog, "cpu": cpu, "peak": peak_mib(pid), "open": len(os.listdir(f"/proc/{pid}/fd")),
            "delay": statistics.median(delays) * 1000, "late": delays[int(len(delays) * 0.99)] * 1000}


def measure(command, count):
    with tempfile.TemporaryDirectory(prefix="logs-bench-") as name:
        folder = pathlib.Path(name) / "logs"
        folder.mkdir()
        paths = [folder / f"worker-{number}.out" for number in range(count)]
        files = [os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644) for path in paths]
        process = subprocess.Popen(command(folder, list(map(str, paths))), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   env=agent.environment(PATH="/usr/sbin:/usr/bin:/bin"))
        try:
            return measure_following(process, files)
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(60)
            process.stdout.close()
            for file in files:
                os.close(file)


def spread(results, key, scale=1.0, digits=0):
    values = sorted(result[key] * scale for result in results)
    return "/".join(f"{value:.{digits}f}" for value in (values[0], statistics.median(values), values[-1]))


def print_table(count, results):
    def median(name, key):
        return statistics.median(result[key] for result in results[name])

    print(f"\n{count} files, {LINES} lines: least/median/most of {ROUNDS} rounds, × {BASE}")
    print(f"{'':<22} {'burst, 1000 lines/s':>26} {'backlog, 1000 lines/s':>28} {'CPU ms':>22} {'MiB':>6} {'open':>5} "
          f"{'delay ms':>9} {'p99, worst':>10}")
    for name, of_one in results.items():
        def with_ratio(key, scale):
            return f"{spread(of_one, key, scale)} ({median(name, key) / median(BASE, key):.2f}×)"

        print(f"{name:<22} {with_ratio('burst', 1e-3):>26} {with_ratio('backlog', 1e-3):>28} {with_ratio('cpu', 1e3):>22} "
              f"{max(r['peak'] for r in of_one):6.1f} {max(r['open'] for r in of_one):5} {median(name, 'delay'):9.2f} "
              f"{max(r['late'] for r in of_one):10.2f}", flush=True)


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    names = sys.argv[1:] or list(RIVALS)
    for count in COUNTS:
        results = {name: [] for name in names}
        for number in range(ROUNDS + 1):
            for name in names:
                result = measure(RIVALS[name], count)
                if number > 0:
                    results[name].append(result)
        print_table(count, results)


if __name__ == "__main__":
    main()
