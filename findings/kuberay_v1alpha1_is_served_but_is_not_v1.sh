#!/usr/bin/env bash
# One would guess: where a CRD serves v1alpha1 beside v1 without a conversion webhook, both have the same fields, so that a client
# of the old version can read, label and write objects of the new one.
# It is so: KubeRay 1.6.2 serves ray.io/v1alpha1 with conversion "None" and stores v1, but the v1alpha1 schemas lack fields that v1
# has. The API server prunes what a version's schema does not name, so any write through v1alpha1, a label is enough, takes those
# fields out of the stored object. A RayJob of v1alpha1 has no submissionMode, and requires the entrypoint that v1 does not.
#
# Needs: go (the CRDs come from the operator's own Go module), python3 with a venv (PyYAML reads them).
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

version=v1.6.2
GOMODCACHE=$folder/modules GOFLAGS=-mod=mod go mod download "github.com/ray-project/kuberay/ray-operator@$version"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install pyyaml==6.0.2
echo "ray-operator $version"
venv/bin/python3 - "modules/github.com/ray-project/kuberay/ray-operator@$version/config/crd/bases" <<'PY'
import sys, yaml

expected = {"rayclusters": {"authOptions", "gcsFaultToleranceOptions", "managedBy", "upgradeStrategy"}, "rayjobs": {"submissionMode"}}
changed = False
for plural, fields in expected.items():
    crd = yaml.safe_load(open(f"{sys.argv[1]}/ray.io_{plural}.yaml"))
    versions = {version["name"]: version for version in crd["spec"]["versions"]}
    conversion = crd["spec"].get("conversion", {}).get("strategy", "None")
    spec = {name: version["schema"]["openAPIV3Schema"]["properties"]["spec"] for name, version in versions.items()}
    lost = set(spec["v1"]["properties"]) - set(spec["v1alpha1"]["properties"])
    print(f"{plural}: conversion {conversion}; served: {sorted(name for name in versions if versions[name]['served'])}; "
          f"stored: {[name for name in versions if versions[name]['storage']]}; only in v1: {sorted(lost)}")
    changed |= conversion != "None" or not versions["v1alpha1"]["served"] or not fields <= lost
sys.exit("this has changed" if changed else 0)
PY
