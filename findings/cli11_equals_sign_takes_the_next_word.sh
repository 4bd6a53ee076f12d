#!/usr/bin/env bash
# One would guess: with CLI11 "--name=" gives the option an empty value, as in Go's pflag and in getopt_long(), and a word that
# begins with a dash is never the value of an option that could be taken for another option.
# It is so: "--name=" takes the next word of the command line as its value, even "--force"; in a script, --image=$UNSET --dry-run
# sets the image to "--dry-run" and is no dry run. And "--" after an option that takes many values ends that option's list and is
# then gone: what follows it is parsed as options again, while after a single-valued option it makes positionals of the rest.
#
# Needs: apt (Debian's package libcli11-dev is unpacked, not installed), g++.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get --quiet=2 download libcli11-dev 2>/dev/null
dpkg-deb --extract libcli11-dev_*.deb package
dpkg-deb --field libcli11-dev_*.deb Package Version

cat >program.cc <<'CC'
#include <CLI/CLI.hpp>
#include <iostream>
int main(int argc, char** argv) {
  CLI::App app;
  std::string name = "unset";
  bool force = false;
  std::vector<std::string> env, rest;
  app.add_option("--name", name);
  app.add_flag("--force", force);
  app.add_option("--env", env);
  app.add_option("rest", rest);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::cout << error.what() << "\n";
    return 0;
  }
  std::cout << "name=" << name << " force=" << force << " env=" << env.size() << " rest=" << rest.size() << "\n";
}
CC
g++ -std=c++17 -isystem package/usr/include -o program program.cc

changed=0
# expect OUTPUT WORD...
expect() {
  local expected=$1 output
  shift
  output=$(./program "$@")
  printf '%-36s %s\n' "$*" "$output"
  [ "$output" = "$expected" ] || { echo "this has changed: expected $expected"; changed=1; }
}
expect "name=--force force=0 env=0 rest=0" --name= --force
expect "name=--force force=0 env=0 rest=0" --name --force
expect "name=a force=0 env=0 rest=3" --name a -- python -c x
expect "The following argument was not expected: -c" --env A=1 -- python -c x
exit $changed
