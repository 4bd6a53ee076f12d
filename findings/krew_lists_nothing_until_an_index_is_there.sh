#!/usr/bin/env bash
# One would guess: `kubectl krew list` shows what is installed, which krew notes in receipts of its own, and a plugin that was
# installed from a manifest and an archive, without any index and without the network, is in that list.
# It is so: krew 0.5.0 installs such a plugin where no index is, and then refuses to list or to uninstall it until some index is
# there, although both read the receipts alone. Any git repository will do, an empty one too.
#
# Needs: go (krew comes from its own Go module), git, tar.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

export HOME=$folder/home KREW_NO_UPGRADE_CHECK=1 GIT_CONFIG_NOSYSTEM=1
export PATH=$HOME/.krew/bin:$PATH
mkdir home
version=v0.5.0
GOMODCACHE=$folder/modules GOBIN=$folder GOFLAGS=-mod=mod go install "sigs.k8s.io/krew/cmd/krew@$version"

printf '#!/bin/sh\n' >kubectl-hello
chmod +x kubectl-hello
tar -czf hello.tar.gz kubectl-hello
cat >hello.yaml <<YAML
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata: {name: hello}
spec:
  version: v1.0.0
  shortDescription: hello
  platforms:
    - selector: {matchLabels: {os: $(go env GOOS), arch: $(go env GOARCH)}}
      uri: https://example.com/hello.tar.gz
      sha256: $(sha256sum hello.tar.gz | cut -d' ' -f1)
      bin: kubectl-hello
YAML

changed=0
# expect EXIT_CODE TEXT ARGUMENT...: what krew says to the arguments, and how it ends.
expect() {
  local code=$1 text=$2 output ended=0
  shift 2
  output=$(./krew "$@" 2>&1 </dev/null) || ended=$?
  echo "krew $version $1: exit code $ended, $(grep -F -m 1 "$text" <<<"$output" || echo "$output")"
  if [ "$ended" != "$code" ] || [[ $output != *"$text"* ]]; then echo "this has changed: expected $code, $text"; changed=1; fi
}
expect 0 "Installed plugin: hello" install --manifest=hello.yaml --archive=hello.tar.gz
expect 1 "krew local plugin index is not initialized" list
expect 1 "krew local plugin index is not initialized" uninstall hello
git init --quiet index && git -C index -c user.name=t -c user.email=t@t commit --quiet --allow-empty --message empty
expect 0 "You have added a new index" index add empty "file://$folder/index"
expect 0 "detached/hello" list
expect 0 "Uninstalled plugin: hello" uninstall hello
exit $changed
