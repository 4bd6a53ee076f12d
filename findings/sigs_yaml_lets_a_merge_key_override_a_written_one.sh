#!/usr/bin/env bash
# One would guess: in the YAML that kubectl and every controller reads (sigs.k8s.io/yaml), a merge key "<<" brings defaults, and a
# key that is written in the mapping itself wins, whichever comes first, as the merge type's own definition has it; and a number
# as a key becomes the text that was written.
# It is so: "<<" wins over a key that stands before it, and loses to one after it. Keys that are numbers with a point are formatted
# as 32-bit floats: 16777217.0 comes out as another number. A key that YAML 1.1 takes for a boolean, y or on, becomes "true".
#
# Needs: go (the pinned module comes from the module proxy).
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOMODCACHE=$folder/modules GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module finding
go 1.22
require sigs.k8s.io/yaml v1.6.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	changed := 0
	for _, c := range [][2]string{
		{"{a: 1, <<: {a: 2}}", `{"a":2}`},
		{"{<<: {a: 2}, a: 1}", `{"a":1}`},
		{"{16777217.0: x}", `{"1.6777216e+07":"x"}`},
		{"{y: 1}", `{"true":1}`},
	} {
		json, err := yaml.YAMLToJSON([]byte(c[0]))
		fmt.Printf("%-22s %s %v\n", c[0], json, err)
		if err != nil || string(json) != c[1] {
			fmt.Println("this has changed: expected", c[1])
			changed = 1
		}
	}
	os.Exit(changed)
}
GO
go list -m sigs.k8s.io/yaml
go run .
