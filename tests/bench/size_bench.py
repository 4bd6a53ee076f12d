"""Sizes and start times of the release programs (start_bench.py has rivals'); notes what grew by more than a tenth of the
committed figures (size_bench.tsv). A note is no failure: `size_bench.py --accept` makes today's figures the new ones."""

import gzip
import os
import pathlib
import statistics
import subprocess
import sys

from cluster import ROOT
from measure import measure

BASELINE = pathlib.Path(__file__).with_suffix(".tsv")
RUNS = 15
# Short enough that the machine's other work is most of it: a growth by less is none.
NOISE_MS = 3.0
PLUGIN, AGENT = os.environ["KUBECTL_RAY"], os.environ["RAY_INIT_AGENT"]


def start(*command: str) -> tuple[float, float]:
    """Milliseconds to its end (the best of many runs) and KiB at its peak."""
    runs = [measure(list(command), env={"HOME": "/", "PATH": os.environ["PATH"]}) for _ in range(RUNS)]
    return min(run.wall_s for run in runs) * 1000, statistics.median(run.peak_kib for run in runs)


def figures() -> dict[str, float]:
    version = subprocess.run([PLUGIN, "version", "--client"], check=True, capture_output=True, text=True).stdout
    agents = version[version.rindex("(") + 1 : version.rindex(")")]
    found = {f"kubectl-ray with the agents for {agents}, bytes": os.path.getsize(PLUGIN), "ray-init-agent, bytes": os.path.getsize(AGENT),
             "ray-init-agent, bytes gzipped": len(gzip.compress(pathlib.Path(AGENT).read_bytes(), 9))}
    for archive in sorted((ROOT / "dist").glob("*_v*.tar.gz")):
        program, _, platform = archive.name.split("_", 2)
        found[f"{program} {platform}, bytes"] = archive.stat().st_size
    for name, command in {"kubectl-ray version --client": [PLUGIN, "version", "--client"], "kubectl-ray --help": [PLUGIN, "--help"],
                          "ray-init-agent --help": [AGENT, "--help"]}.items():
        found[f"{name}, ms"], found[f"{name}, KiB"] = start(*command)
    return found


def read_baseline() -> dict[str, float]:
    lines = BASELINE.read_text().splitlines() if BASELINE.exists() else []
    return {name: float(value) for name, value in (line.split("\t") for line in lines)}


def main() -> None:
    before, now = read_baseline(), figures()
    for name, value in now.items():
        known = before.get(name)
        change = "" if not known else f"{(value - known) / known:+8.1%}"
        print(f"{name:<48} {value:12.1f} {change}")
    for name, value in now.items():
        known = before.get(name)
        if known and value > known * 1.1 and not (name.endswith(", ms") and value - known < NOISE_MS):
            print(f"note: {name} grew by more than a tenth, from {known:.0f} to {value:.0f}", file=sys.stderr)
    if "--accept" in sys.argv:
        BASELINE.write_text("".join(f"{name}\t{round(value, 1)}\n" for name, value in {**before, **now}.items()))


if __name__ == "__main__":
    main()
