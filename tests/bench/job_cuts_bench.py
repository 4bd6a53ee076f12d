"""Issue 6's count of cuts survived: a job of 300,000 numbered lines on a real Ray of this machine, followed through a proxy that
resets the connection again and again, beside `ray job submit` through the same.

Needs tests/cluster/ray-venv. Bounded: one job each, on loopback.
"""

import os

from cutting_proxy import CuttingProxy
from local_ray import LocalRay, ray_program
from measure import measure

LINES = 300_000
PROGRAM = f"import sys\nfor i in range({LINES}): sys.stdout.write('line %d\\n' % i)"
# Ray sends a log from its first byte each time: the last cut has to leave room for all of it.
CUTS = [20_000, 60_000, 200_000, 500_000, 1_000_000, 2_000_000, 3_500_000, 5_500_000, 8_000_000, 11_000_000]


def main():
    with LocalRay() as ray:
        for name, command in {"kubectl ray job submit": [os.environ["KUBECTL_RAY"], "job", "submit"],
                              "ray job submit": [str(ray_program()), "job", "submit"]}.items():
            with CuttingProxy(ray.dashboard_port, CUTS[0], then_at=CUTS[1:]) as proxy:
                result = measure([*command, "--address", f"http://127.0.0.1:{proxy.port}", "--", "python3", "-c", PROGRAM])
            lines = [line for line in result.output.splitlines() if line.startswith("line ")]
            print(f"{name}: {proxy.cuts} of {len(CUTS)} cuts met, exit code {result.code}, {len(set(lines))} of {LINES} lines, "
                  f"{len(lines) - len(set(lines))} of them twice, {result.wall_s:.1f} s, CPU {result.cpu_s:.1f} s, "
                  f"peak {result.peak_kib / 1024:.0f} MiB")


main()
