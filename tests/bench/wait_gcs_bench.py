"""One check of a ready GCS: `ray-init-agent wait-gcs` beside `ray health-check`, free and in 200m CPU and 256Mi; and how long
after a GCS begins to answer the wait ends."""
import contextlib
import itertools
import os
import pathlib
import select
import sys
import tempfile
import time

import agent
import fake_gcs
import real_ray
from bench import Bench, Rival, command, ours
from control_group import control_group
from free_ports import free_ports

# Of one round: what is short is run many times over.
REPEATS = {"ray-init-agent wait-gcs": 50, "ray health-check": 1}


def compare(bench, title, address, join=""):
    def checking(name, *program):
        words = ["sh", "-c", join + 'exec "$@"', "sh", *program] if join else program
        return command([*words, "--address", address], repeat=REPEATS[name], env=agent.environment(PATH=real_ray.PATH))

    bench.case(title, ours("ray-init-agent wait-gcs", checking("ray-init-agent wait-gcs", agent.AGENT, "wait-gcs")),
               Rival("ray health-check", checking("ray health-check", "ray", "health-check")), rounds=3)


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


@contextlib.contextmanager
def delays_after_answer(dropped, tls):
    """Gives a round: ms from the GCS's first readiness to the end of wait-gcs, each from another moment of its pauses."""
    moments = itertools.count()
    with tempfile.TemporaryDirectory() as name:
        certificates = fake_gcs.make_certificates(pathlib.Path(name) / "tls") if tls else None
        variables = {"POD_IP": "127.0.0.1", **fake_gcs.tls_environment(certificates)} if tls else {}

        def run():
            gcs = fake_gcs.FakeGcs(tls=fake_gcs.server_tls(certificates) if tls else None)
            if dropped:
                gcs.drop_connections()
            process = agent.start("wait-gcs", "--address", gcs.address, **variables)
            time.sleep(1.2 + next(moments) * 0.037)
            begin = time.monotonic()
            with gcs:
                assert wait_for_end(process) == 0
                took = (time.monotonic() - begin) * 1000
            process.communicate()
            return {"ms to its end": took}

        yield run


def compare_delays(bench):
    waits = {"port was closed": (False, False), "port was closed, TLS": (False, True), "SYNs were dropped": (True, False),
             "SYNs were dropped, TLS": (True, True)}
    with contextlib.ExitStack() as stack:
        rivals = [ours(title, stack.enter_context(delays_after_answer(*how))) for title, how in waits.items()]
        for title, figures in bench.case("wait-gcs, after the GCS listens", *rivals, rounds=WAITS).items():
            assert figures["ms to its end"].most < LATEST_MS, f"{title}: later than {LATEST_MS} ms"


def main():
    port, = free_ports(1)
    with Bench("Waiting for the GCS") as bench, contextlib.ExitStack() as stack:
        compare_delays(bench)
        stack.enter_context(contextlib.redirect_stdout(None))  # what the nodes have said, at their end
        start = stack.enter_context(real_ray.cluster())
        head = start(port, head=True)
        assert agent.run("wait-gcs", "--address", f"127.0.0.1:{port}", timeout=90).returncode == 0
        head.wait_for("Ray runtime started.")
        with contextlib.redirect_stdout(sys.__stdout__), control_group(256 << 20, cpus=0.2) as join:
            compare(bench, "one check of a ready GCS", f"127.0.0.1:{port}")
            if join:
                compare(bench, "the same in 200m CPU and 256Mi", f"127.0.0.1:{port}", join)


if __name__ == "__main__":
    main()
