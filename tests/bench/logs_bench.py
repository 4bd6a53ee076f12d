"""Following log files: `ray-init-agent run` beside `tail -F` and rsyslog's imfile, at 1, 50 and 500 files: how long the lines
of a burst take to come out, CPU and memory for it, and the delay of single lines."""
import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

import agent

BURST_LINES = 200_000
SINGLE_LINES = 400
TEXT = "2026-11-21 03:00:00,123 INFO worker.py:1234 -- a line of some hundred bytes, as most of Ray's are: "
CHUNK = 50  # lines a write


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


def ray_init_agent(folder, files):
    return [agent.AGENT, "run", f"--logs-dir={folder}", "--", "sleep", "600"]


RIVALS = {"ray-init-agent": ray_init_agent, "tail -F": tail, "rsyslog imfile": rsyslog}


class Reader(threading.Thread):
    """Counts the lines that are ours, and keeps when they came, if they say when they were written."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.count, self.delays = stream, 0, []
        self.changed = threading.Condition()

    def run(self):
        rest = b""
        while data := os.read(self.stream.fileno(), 1 << 20):
            now = time.monotonic()
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            single = [float(line.rsplit(b"@", 1)[1]) for line in lines if b"@" in line]
            with self.changed:
                self.count += sum(b"bytes," in line for line in lines)
                self.delays += [now - then for then in single]
                self.changed.notify()

    def wait(self, count, timeout):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, timeout), f"{self.count} of {count} lines"


def cpu_and_peak(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    peak = next(int(line.split()[1]) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                if line.startswith("VmHWM"))
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK"), peak / 1024


def measure(command, count):
    with tempfile.TemporaryDirectory(prefix="logs-bench-") as name:
        folder = pathlib.Path(name) / "logs"
        folder.mkdir()
        paths = [folder / f"worker-{number}.out" for number in range(count)]
        files = [open(path, "ab", buffering=0) for path in paths]
        process = subprocess.Popen(command(folder, list(map(str, paths))), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   env=agent.environment(PATH="/usr/sbin:/usr/bin:/bin"))
        reader = Reader(process.stdout)
        reader.start()
        try:
            for file in files:  # until it follows every one of them
                file.write(f"{TEXT}first\n".encode())
            reader.wait(count, 60)
            before, _ = cpu_and_peak(process.pid)
            chunk = "".join(f"{TEXT}{number}\n" for number in range(CHUNK)).encode()
            begin = time.monotonic()
            for number in range(BURST_LINES // CHUNK):
                files[number % count].write(chunk)
            reader.wait(count + BURST_LINES, 300)
            took = time.monotonic() - begin
            after, peak = cpu_and_peak(process.pid)
            for number in range(SINGLE_LINES):
                files[number % count].write(f"{TEXT}@{time.monotonic()}\n".encode())
                time.sleep(0.005)
            reader.wait(count + BURST_LINES + SINGLE_LINES, 60)
        finally:
            process.terminate()
            process.wait(30)
            for file in files:
                file.close()
        delays = sorted(reader.delays)
        return BURST_LINES / took, after - before, peak, statistics.median(delays) * 1000, delays[int(len(delays) * 0.99)] * 1000


def main():
    for count in (1, 50, 500):
        print(f"{count} files, {BURST_LINES} lines{'':<6} {'lines/s':>10} {'CPU s':>8} {'peak MiB':>9} {'delay ms':>9} {'p99':>8}")
        for name, command in RIVALS.items():
            rate, cpu, peak, delay, late = measure(command, count)
            print(f"  {name:<26} {rate:10.0f} {cpu:8.2f} {peak:9.1f} {delay:9.2f} {late:8.2f}", flush=True)


if __name__ == "__main__":
    main()
