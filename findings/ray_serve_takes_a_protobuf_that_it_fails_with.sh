#!/usr/bin/env bash
# One would guess: pip install "ray[serve]==2.52.0" brings what Serve of that release works with, on any later day.
# It is so: Ray's wheel asks for protobuf without an upper bound, and Serve reads FieldDescriptor.label, which protobuf 7 no longer
# has. Installed today, every Serve application ends as DEPLOY_FAILED, and a RayService of that image never gets ready, while
# clusters and jobs work. An image of 2.52 needs "protobuf<7" written beside it.
#
# Needs: python3 with a venv, pip (the wheel of Ray is downloaded, without its dependencies).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
pip() { venv/bin/pip --quiet --disable-pip-version-check "$@"; }
pip install --no-deps --target ray ray==2.52.0
bound=$(grep '^Requires-Dist: protobuf' ray/ray-*.dist-info/METADATA | head -n 1)
uses=$(grep -rlE '\.label\b.*LABEL_REPEATED|LABEL_REPEATED' ray/ray/serve --include=*.py | sed 's/^ray\///' | sort)
echo "ray 2.52.0: $bound; read by: $uses"

# has_label VERSION: whether that protobuf's field descriptors have a label.
has_label() {
  pip install --target "protobuf-$1" "protobuf==$1"
  PYTHONPATH=protobuf-$1 venv/bin/python3 -c \
    'from google.protobuf import timestamp_pb2 as t; print(hasattr(t.Timestamp.DESCRIPTOR.fields[0], "label"))' 2>/dev/null
}
old=$(has_label 6.33.6)
new=$(has_label 7.36.2)
echo "FieldDescriptor.label: protobuf 6.33.6 $old, 7.36.2 $new"
if [[ $bound == *"<"* || -z $uses || $old != True || $new != False ]]; then echo "this has changed"; exit 1; fi
