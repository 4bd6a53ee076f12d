# shellcheck shell=bash
# What every script here shares: where things live, how they speak, and the cache of built parts.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
umask 022
export PATH=$PATH:/usr/sbin:/sbin
cache=${KUBECTL_RAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-ray}

# tests/run matrix takes others than the default versions; those of Go modules have a line in modules.tsv.
# shellcheck disable=SC2034 # read through ${!...}, and by the parts' build scripts
{
  kubernetes_version=${KUBECTL_RAY_KUBERNETES_VERSION:-v1.34.4}
  coredns_version=v1.12.4
  pause_version=1
  ray_version=${KUBECTL_RAY_RAY_VERSION:-2.60.0}
  kuberay_version=${KUBECTL_RAY_KUBERAY_VERSION:-v1.6.2}
  krew_version=v0.5.0
  helm_version=v3.22.0
  helm4_version=v4.3.2
  stern_version=v1.33.0
  pause_image=localhost/pause:$pause_version
  coredns_image=localhost/coredns:${coredns_version#v}
  ray_image=localhost/ray:$ray_version
  kuberay_operator_image=localhost/kuberay-operator:${kuberay_version#v}
}
# What every cluster is made of; the rest is built where a test asks for it.
# shellcheck disable=SC2034 # prepare and status read it
cluster_parts=(kubernetes coredns pause ray-wheels ray-image)

say() { echo "cluster: $*" >&2; }
die() {
  say "$@"
  exit 1
}

last_lines() { tail -n 20 "$1" | sed 's/^/  | /' >&2; }

# phase TITLE COMMAND...: runs it and prints how long it took.
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

# A part is found by its version. What is quick to make again is found by what it is made from as well.
part_path() {
  local name=$1 version made_from=("$here/parts/$1/"* "$here/parts/pack-image") wheels
  # The lists of other releases do not count.
  mapfile -t wheels < <(find "$here/parts/ray-wheels" -name "$ray_version-*" -o -name build | LC_ALL=C sort)
  case $name in
    ray-wheels) made_from=("${wheels[@]}" "$here/parts/pack-image") ;;
    ray-image) made_from+=("${wheels[@]}") ;;
  esac
  case $name in
    kube-apiserver) version=kubernetes_version ;;
    kubernetes | coredns | pause | krew | helm | helm4 | stern) version=${name}_version ;;
    ray-wheels | ray-image) version=ray_version ;;
    kuberay-*) version=kuberay_version ;;
    *) die "cannot build '$name': there is no such part" ;;
  esac
  case $name in
    kubernetes | kube-apiserver) echo "$cache/parts/$name-${!version}" ;;
    *) echo "$cache/parts/$name-${!version}-$(cat "${made_from[@]}" | sha256sum | head -c 10)" ;;
  esac
}

require_go() {
  command -v go >/dev/null || die "cannot build $1: there is no 'go' on PATH; install Go 1.26 or newer"
}

# go_module MODULE VERSION: prints the folder of its source in Go's own cache, once it has the sum that modules.tsv pins.
go_module() {
  local module=$1 version=$2 pinned answer
  pinned=$(awk -v module="$module" -v version="$version" '$1 == module && $2 == version { print $3 }' "$here/modules.tsv")
  [[ -n $pinned ]] || die "cannot take $module $version: $here/modules.tsv has no sum of it; add a line"
  require_go "$module"
  answer=$(go mod download -json "$module@$version") || die "cannot download $module $version: $answer"
  [[ $answer == *"\"Sum\": \"$pinned\""* ]] || die "cannot trust $module $version: it does not have the sum in $here/modules.tsv"
  sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$answer"
}

# go_program SOURCE PACKAGE OUT [OPTION...]: compiles a static program as its module pins its libraries.
go_program() {
  local source=$1 package=$2 out=$3
  shift 3
  (cd "$source" && GOWORK=off CGO_ENABLED=0 go build -mod=readonly -trimpath "$@" -o "$out" "$package")
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
  # Go's compiler is many short processes: to collect no garbage below 2 GiB saves a third of its processor time.
  if ! GOGC=${GOGC:-off} GOMEMLIMIT=${GOMEMLIMIT:-2GiB} nice -n 10 "$here/parts/$name/build" "$path.unfinished" >"$log" 2>&1; then
    say "cannot build $name; the last lines of $log:"
    last_lines "$log"
    exit 1
  fi
  mv "$path.unfinished" "$path"
}
