"""A working_dir of 10,000 files and 100 MB to a real Ray of this machine, new and unchanged, and one that is refused, beside `ray job submit`:
to the end of the submission, which is after the upload."""

import itertools
import json
import os
import pathlib
import random
import tempfile
import time
import urllib.request

from bench import Bench, Rival, command, ours, scaled
from local_ray import LocalRay, ray_program

FILES, BYTES = scaled(10_000), scaled(100_000_000)


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


class Submissions:
    """Rounds that submit a job, and end once Ray has run it, which is not measured: the next rival finds a Ray that has nothing to do."""

    def __init__(self, ray, program):
        self.address = f"http://127.0.0.1:{ray.dashboard_port}"
        self.program = [program, "job", "submit", "--address", self.address, "--no-wait"]

    def of(self, root):
        run = command([*self.program, "--working-dir", root, "--", "true"])

        def submit():
            figures, end = run(), time.monotonic() + 120
            while any(job["status"] in ("PENDING", "RUNNING") for job in self.jobs()):
                assert time.monotonic() < end, self.jobs()
                time.sleep(0.1)
            return figures

        return submit

    def jobs(self):
        with urllib.request.urlopen(f"{self.address}/api/jobs/", timeout=30) as answer:
            return json.load(answer)

    def of_new_contents(self):
        seeds = itertools.count()

        def submit():
            with tempfile.TemporaryDirectory() as root:
                fill(root, f"{self.program[0]} {next(seeds)}")
                return self.of(root)()

        return submit

    def refused(self, root, code):
        return command([*self.program, "--working-dir", root, "--", "true"], code=code)


def fill_too_large(root):
    """Five files of 1 GB that do not shrink, on the disk but once."""
    block = random.Random(1).randbytes(1 << 20)  # longer than what deflate looks back for
    first = pathlib.Path(root) / "model-0"
    with first.open("wb") as file:
        for _ in range(scaled(1 << 10)):
            file.write(block)
    for number in range(1, 5):
        os.link(first, first.with_name(f"model-{number}"))


def main():
    with Bench("A working_dir") as bench, LocalRay() as ray, tempfile.TemporaryDirectory() as same, tempfile.TemporaryDirectory() as large:
        plugin, rival = Submissions(ray, os.environ["KUBECTL_RAY"]), Submissions(ray, ray_program())
        bench.case(f"{FILES:,} files, {BYTES / 1e6:.0f} MB, new", ours("kubectl ray job submit", plugin.of_new_contents()),
                   Rival("ray job submit", rival.of_new_contents()), rounds=3)
        fill(same, "same")  # which the warm-up uploads
        bench.case("the same, unchanged", ours("kubectl ray job submit", plugin.of(same)), Rival("ray job submit", rival.of(same)))
        fill_too_large(large)
        bench.case("5 GB, refused", ours("kubectl ray job submit", plugin.refused(large, 12)), Rival("ray job submit", rival.refused(large, 1)),
                   rounds=1, warm_up=False)


main()
