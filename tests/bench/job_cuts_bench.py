"""Issue 6's count of cuts survived: a job of 300,000 numbered lines on a real Ray of this machine, followed through a proxy that
resets the connection again and again, beside `ray job submit` through the same."""

import os

from bench import Bench, Rival, ours
from cutting_proxy import CuttingProxy
from local_ray import LocalRay, ray_program
from measure import measure

LINES = 300_000
PROGRAM = f"import sys\nfor i in range({LINES}): sys.stdout.write('line %d\\n' % i)"
# Ray sends a log from its first byte each time: the last cut has to leave room for all of it.
CUTS = [20_000, 60_000, 200_000, 500_000, 1_000_000, 2_000_000, 3_500_000, 5_500_000, 8_000_000, 11_000_000]


def through_cuts(ray, *command):
    def run():
        with CuttingProxy(ray.dashboard_port, CUTS[0], then_at=CUTS[1:]) as proxy:
            result = measure([*command, "--address", f"http://127.0.0.1:{proxy.port}", "--", "python3", "-c", PROGRAM])
        lines = [line for line in result.output.splitlines() if line.startswith("line ")]
        return {"cuts met": proxy.cuts, "exit code": result.code, "whole lines": len(set(lines)), "lines twice": len(lines) - len(set(lines)),
                "wall s": result.wall_s, "CPU s": result.cpu_s, "peak MiB": result.peak_kib / 1024}
    return run


def main():
    with Bench("A job through a connection that is cut") as bench, LocalRay() as ray:
        bench.case(f"{LINES:,} lines, {len(CUTS)} cuts", ours("kubectl ray job submit", through_cuts(ray, os.environ["KUBECTL_RAY"], "job", "submit")),
                   Rival("ray job submit", through_cuts(ray, str(ray_program()), "job", "submit")), rounds=1, warm_up=False)


main()
