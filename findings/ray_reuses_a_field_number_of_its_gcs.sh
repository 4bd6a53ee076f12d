#!/usr/bin/env bash
# One would guess: the GCS's protobuf messages evolve as protobuf asks, so that a request means the same to every release of Ray:
# numbers are never given to another field.
# It is so: field 3 of GetAllNodeInfoRequest is a number ("limit") in Ray 2.40 and the filter by a node's state in 2.60; what 2.60
# calls node_selectors took another number as well. A client that asks 2.40 for the living nodes as it asks 2.60 sets a limit.
#
# Needs: python3 with a venv, pip (two wheels of Ray are downloaded, without their dependencies).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install protobuf==5.29.5

# fields VERSION: the fields of the request, as that release's own generated code has them.
fields() {
  venv/bin/pip --quiet --disable-pip-version-check install --no-deps --target "ray-$1" "ray==$1"
  PYTHONPATH=ray-$1 venv/bin/python3 - <<'PY'
import importlib.util, sys, pathlib
root = next(path for path in map(pathlib.Path, sys.path) if (path / "ray").is_dir())
sys.path.insert(0, str(root))
import types
sys.modules["ray"] = types.ModuleType("ray"); sys.modules["ray"].__path__ = [str(root / "ray")]  # without ray's own imports
from ray.core.generated import gcs_service_pb2 as pb
print(" ".join(f"{field.number}:{field.name}" for field in pb.GetAllNodeInfoRequest.DESCRIPTOR.fields))
PY
}

old=$(fields 2.40.0)
new=$(fields 2.60.0)
echo "ray 2.40.0 GetAllNodeInfoRequest: $old"
echo "ray 2.60.0 GetAllNodeInfoRequest: $new"
[[ $old == *3:limit* && $new == *3:state_filter* ]] || { echo "this has changed"; exit 1; }
