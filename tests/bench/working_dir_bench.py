"""Issue 6's numbers: a working_dir of 10,000 files and 100 MB to a real Ray of this machine, beside `ray job submit`.

Needs tests/cluster/ray-venv. Bounded: three uploads each, each of contents of its own, on loopback.
"""

import os
import pathlib
import random
import statistics
import tempfile

from local_ray import LocalRay, ray_program
from measure import measure

PLUGIN = os.environ["KUBECTL_RAY"]
FILES, BYTES, RUNS = 10_000, 100_000_000, 3


def fill(root, seed):
    """Half text that shrinks, half bytes that do not, as a directory of code and small data is."""
    chance = random.Random(seed)
    words = [b"import ray\n", b"def main():\n", b"    return value\n", b"# comment\n", b"loss = model(batch)\n"]
    size = BYTES // FILES
    for i in range(FILES):
        path = pathlib.Path(root) / f"d{i % 100:02}" / f"f{i:05}"
        path.parent.mkdir(exist_ok=True)
        if i % 2:
            path.write_bytes(chance.randbytes(size))
        else:
            path.write_bytes(b"".join(chance.choices(words, k=size // 13))[:size].ljust(size, b"#"))


def one(command, seed):
    with tempfile.TemporaryDirectory() as root:
        fill(root, seed)
        result = measure([*command, "--working-dir", root, "--", "true"])
    assert result.code == 0, result.output
    return result


def main():
    with LocalRay() as ray:
        address = f"http://127.0.0.1:{ray.dashboard_port}"
        rivals = {"kubectl ray job submit": [PLUGIN, "job", "submit", "--address", address],
                  "ray job submit": [str(ray_program()), "job", "submit", "--address", address]}
        for number, (name, command) in enumerate(rivals.items()):
            results = [one(command, number * RUNS + run) for run in range(RUNS)]
            print(f"{name}: {FILES} files, {BYTES / 1e6:.0f} MB: {statistics.median(r.wall_s for r in results):.1f} s, "
                  f"CPU {statistics.median(r.cpu_s for r in results):.1f} s, "
                  f"peak {max(r.peak_kib for r in results) / 1024:.0f} MiB")


main()
