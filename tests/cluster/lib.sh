# shellcheck shell=bash
# What every script here shares: where things live, how they speak, and the cache of built parts.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
umask 022
export PATH=$PATH:/usr/sbin:/sbin
cache=${KUBECTL_RAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-ray}

# shellcheck disable=SC2034 # read through ${!...}, and by the parts' build scripts
{
  kubernetes_version=v1.34.4
  coredns_version=v1.12.4
  pause_version=1
  ray_version=2.52.0
  pause_image=localhost/pause:$pause_version
  coredns_image=localhost/coredns:${coredns_version#v}
  ray_image=localhost/ray:$ray_version
}

say() { echo "cluster: $*" >&2; }
die() {
  say "$@"
  exit 1
}

last_lines() { tail -n 20 "$1" | sed 's/^/  | /' >&2; }

# phase TITLE COMMAND...: runs it and tells how long it took.
phase() {
  local title=$1 start=${EPOCHREALTIME/./} took
  shift
  "$@"
  took=$(((${EPOCHREALTIME/./} - start) / 100000))
  printf 'cluster: %-50s %4d.%d s\n' "$title" $((took / 10)) $((took % 10)) >&2
}

# with_lock NAME COMMAND...: one at a time among all users of this cache. Whatever outlives the command has to close
# descriptor 9, or it keeps the lock.
with_lock() {
  local name=$1
  shift
  mkdir -p "$cache/locks"
  (
    exec 9>"$cache/locks/$name"
    flock --nonblock 9 || { say "waiting for another run that works on $name" && flock 9; }
    "$@"
  )
}

# A part is found by its version. The images, quick to make again, are found by what they are made from as well.
part_path() {
  local name=$1 version
  case $name in
    kubernetes | coredns | pause) version=${name}_version ;;
    ray-wheels | ray-image) version=ray_version ;;
    *) die "cannot build '$name': there is no such part" ;;
  esac
  case $name in
    kubernetes | ray-wheels) echo "$cache/parts/$name-${!version}" ;;
    *) echo "$cache/parts/$name-${!version}-$(cat "$here/parts/$name/"* "$here/parts/pack-image" | sha256sum | head -c 10)" ;;
  esac
}

require_go() {
  command -v go >/dev/null || die "cannot build $1: there is no 'go' on PATH; install Go 1.24 or newer"
}

# Builds the part unless it is there.
part() {
  local path
  path=$(part_path "$1")
  [[ -d $path ]] || with_lock "$1" build_part "$1" "$path"
}

build_part() {
  local name=$1 path=$2 log=$cache/logs/build-$1.log
  [[ ! -d $path ]] || return 0
  rm -rf "$path.unfinished"
  mkdir -p "$path.unfinished" "$cache/logs"
  say "building $(basename "$path") (log: $log)"
  if ! nice -n 10 "$here/parts/$name/build" "$path.unfinished" >"$log" 2>&1; then
    say "cannot build $name; the last lines of $log:"
    last_lines "$log"
    exit 1
  fi
  mv "$path.unfinished" "$path"
}
