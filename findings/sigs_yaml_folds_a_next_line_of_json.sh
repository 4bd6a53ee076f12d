#!/usr/bin/env bash
# One would guess: JSON is YAML, so that the JSON of an object may be sent as a server-side apply (application/apply-patch+yaml), as
# kubectl does, and the API server, which reads it with sigs.k8s.io/yaml, stores the same strings.
# It is so: JSON allows U+0085 (next line) bare in a string, and YAML 1.1 takes it for the end of a line. Inside double quotes it is
# folded into a space, without an error. As \u0085 it arrives. U+00A0 beside it is no such character, and stays.
#
# Needs: go.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

version=v1.6.0
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	for _, row := range []struct{ text, read string }{
		{"a\u0085b", "a b"}, {"a\u00a0b", "a\u00a0b"},
	} {
		sent, _ := json.Marshal(map[string]string{"v": row.text})
		var read map[string]string
		err := yaml.Unmarshal(sent, &read)
		fmt.Printf("sent %q, read %q (%v)\n", row.text, read["v"], err)
		if err != nil || read["v"] != row.read {
			fmt.Println("this has changed")
			os.Exit(1)
		}
	}
	var read map[string]string
	if err := yaml.Unmarshal([]byte(`{"v":"a\u0085b"}`), &read); err != nil || read["v"] != "a\u0085b" {
		fmt.Println("this has changed")
		os.Exit(1)
	}
}
GO
export GOMODCACHE=$folder/modules GOCACHE=$folder/cache GOFLAGS=-mod=mod
go mod init finding 2>/dev/null
go get "sigs.k8s.io/yaml@$version" 2>/dev/null
echo "sigs.k8s.io/yaml $version"
go run .
