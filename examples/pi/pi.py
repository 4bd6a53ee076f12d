"""Estimates pi with Ray tasks: `kubectl ray job submit --cluster NAME --working-dir examples/pi -- python pi.py`."""

import logging
import os
import random
import sys

import ray

TASKS = 4
POINTS_PER_TASK = 250_000


@ray.remote(num_cpus=0.25)
def points_inside_circle(points: int, seed: int) -> int:
    generator = random.Random(seed)
    return sum(generator.random() ** 2 + generator.random() ** 2 <= 1.0 for _ in range(points))


def main() -> None:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else Ray 2.52 warns of a change to come
    ray.init(logging_level=logging.WARNING)  # what Ray says of itself would hide what this program says
    print(f"ray {ray.__version__}: {TASKS} tasks of {POINTS_PER_TASK} points each", flush=True)
    results = [points_inside_circle.remote(POINTS_PER_TASK, seed) for seed in range(TASKS)]
    inside = 0
    while results:
        done, results = ray.wait(results)
        inside += sum(ray.get(done))
        print(f"{TASKS - len(results)} of {TASKS} tasks done", flush=True)
    print(f"pi is about {4 * inside / (TASKS * POINTS_PER_TASK):.4f}")


if __name__ == "__main__":
    sys.exit(main())
