#!/usr/bin/env bash
# One would guess: Ray's metrics ray_node_gram_used and ray_node_gram_available are bytes, as ray_node_mem_used is: their gauges are declared
# with the unit "bytes", and Ray's page of system metrics says bytes of the first.
# It is so: they are mebibytes, as the drivers' libraries count (30720 for 30 GiB). Whoever divides one by the other sees nothing of it;
# whoever adds them to other memory, or prints them, is wrong by a factor of a million. Ray's own Grafana panels multiply by 1024 * 1024.
#
# Needs: python3 with venv (a wheel of Ray, some 75 MB, and its `default` extra).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/records.py" <<'PYTHON'
"""What the agent of a node with 30 of 80 GiB of a GPU's memory in use records, by the agent's own function."""
from unittest.mock import MagicMock

import ray
from ray.dashboard.modules.reporter.reporter_agent import ReporterAgent

gpu = {"index": 0, "name": "A100", "uuid": "GPU-1", "utilization_gpu": 50, "memory_used": 30 * 1024, "memory_total": 80 * 1024}
stats = {"ip": "10.0.0.1", "cpu": 1.0, "cpus": (2, 1), "mem": (4 << 30, 3 << 30, 25.0, 1 << 30), "shm": 0, "host_mem": (1, 4), "swap": None,
         "cgroup_mem": None, "gpus": [gpu], "tpus": [], "disk": {"/": MagicMock(used=1, free=1, total=2, percent=50.0)},
         "disk_io": (0, 0, 0, 0), "disk_io_speed": (0, 0, 0, 0), "network": (0, 0), "network_speed": (0, 0),
         "raylet": None, "workers": None, "agent": None}
for record in ReporterAgent._to_records(MagicMock(_is_head_node=False), stats, {}):
    if record.gauge.name in ("node_mem_used", "node_gram_used", "node_gram_available"):
        print(f"Ray {ray.__version__}: {record.gauge.name} {record.value} {record.gauge.measure.unit}")
PYTHON
python3 -m venv "$folder/ray"
"$folder/ray/bin/pip" install --quiet --disable-pip-version-check 'ray[default]==2.60.0'
output=$("$folder/ray/bin/python" "$folder/records.py" 2>/dev/null)
echo "$output"
for line in 'node_mem_used 1073741824 bytes' 'node_gram_used 30720 bytes' 'node_gram_available 51200 bytes'; do
  [[ $output == *"$line"* ]] || { echo "this has changed: $line"; exit 1; }
done
