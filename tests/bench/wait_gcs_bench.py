"""One check of a ready GCS: `ray-init-agent wait-gcs` beside `ray health-check`, free and in 200m CPU and 256Mi; and how long
after a GCS begins to answer the wait ends."""
import contextlib
import os
import pathlib
import select
import statistics
import subprocess
import sys
import tempfile
import time

import agent
import fake_gcs
import real_ray
from control_group import control_group
from free_ports import free_ports

RUNS = 3
# GNU time counts hundredths of seconds, so that what is shorter is run many times over.
REPEATS = {"ray-init-agent wait-gcs": 50, "ray health-check": 1}


def measure(command, repeats, join):
    """Seconds, seconds of CPU and KiB at the peak of one run; GNU time forks it, so that the peak is its own."""
    loop = f'for i in $(seq {repeats}); do "$@" || exit; done'
    command = ["sh", "-c", join + 'exec "$@"', "sh", "time", "--format", "%e %U %S %M", "sh", "-c", loop, "sh", *command]
    done = subprocess.run(command, env=agent.environment(PATH=real_ray.PATH), capture_output=True, text=True, check=True)
    wall, user, system, peak = done.stderr.split()[-4:]
    return float(wall) / repeats, (float(user) + float(system)) / repeats, int(peak)


def report(title, address, join):
    print(f"{title:<26} {'ms':>8} {'CPU ms':>8} {'peak MiB':>9}")
    commands = {"ray-init-agent wait-gcs": [agent.AGENT, "wait-gcs", "--address", address],
                "ray health-check": ["ray", "health-check", "--address", address]}
    for name, command in commands.items():
        runs = [measure(command, REPEATS[name], join) for _ in range(RUNS)]
        wall, cpu, peak = (statistics.median(column) for column in zip(*runs))
        print(f"  {name:<24} {wall * 1000:8.1f} {cpu * 1000:8.1f} {peak / 1024:9.1f}")


# From the moment it listens, as long as the port was closed or every SYN was dropped for a while before.
LATEST_MS = 300
WAITS = 15


def wait_for_end(process):
    """Reports its end at once; Popen.wait() with a timeout looks only every 50 ms."""
    end = os.pidfd_open(process.pid)
    try:
        assert select.select([end], [], [], 30)[0], "it has not ended"
    finally:
        os.close(end)
    return process.wait()


def delay_after_answer(dropped, tls):
    """ms from the GCS's first readiness to the end of wait-gcs, each from another moment of its pauses."""
    delays = []
    with tempfile.TemporaryDirectory() as name:
        certificates = fake_gcs.make_certificates(pathlib.Path(name) / "tls") if tls else None
        variables = {"POD_IP": "127.0.0.1", **fake_gcs.tls_environment(certificates)} if tls else {}
        for number in range(WAITS):
            gcs = fake_gcs.FakeGcs(tls=fake_gcs.server_tls(certificates) if tls else None)
            if dropped:
                gcs.drop_connections()
            process = agent.start("wait-gcs", "--address", gcs.address, **variables)
            time.sleep(1.2 + number * 0.037)
            begin = time.monotonic()
            with gcs:
                assert wait_for_end(process) == 0
                delays.append((time.monotonic() - begin) * 1000)
            process.communicate()
    return sorted(delays)


def report_delays():
    print(f"{'wait-gcs ends after the GCS':<34} {'median ms':>10} {'latest':>8}")
    for title, dropped, tls in (("port was closed", False, False), ("port was closed, TLS", False, True),
                                ("SYNs were dropped", True, False), ("SYNs were dropped, TLS", True, True)):
        delays = delay_after_answer(dropped, tls)
        print(f"  {title:<32} {statistics.median(delays):10.0f} {delays[-1]:8.0f}")
        assert delays[-1] < LATEST_MS, f"later than {LATEST_MS} ms"


def main():
    report_delays()
    port, = free_ports(1)
    with contextlib.redirect_stdout(None), contextlib.ExitStack() as stack:
        start = stack.enter_context(real_ray.cluster())
        head = start(port, head=True)
        assert agent.run("wait-gcs", "--address", f"127.0.0.1:{port}", timeout=90).returncode == 0
        head.wait_for("Ray runtime started.")
        with contextlib.redirect_stdout(sys.__stdout__), control_group(256 << 20, cpus=0.2) as join:
            report("free", f"127.0.0.1:{port}", "")
            if join:
                report("200m CPU, 256Mi", f"127.0.0.1:{port}", join)


if __name__ == "__main__":
    main()
