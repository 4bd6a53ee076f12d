#!/bin/sh
# install.sh [--prefix DIR] [--from PLACE]     installs kubectl-ray, its completions and manual pages
# install.sh [--prefix DIR] --uninstall        takes all of it away again
#
# DIR is /usr/local where that can be written, else ~/.local. PLACE is an archive of a release, or the folder or URL with
# all of them; not needed in an unpacked archive, where the program lies beside this script.
set -eu

released_at='' # the URL that krew/release was given
here=$(cd "$(dirname "$0")" && pwd)
prefix='' from='' uninstall=''

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
usage() { sed -n 's/^# \{0,1\}//p' "$0" | sed -n 1,5p >&2; }

platform() {
  system=$(uname -s) machine=$(uname -m)
  case $system in
    Linux) system=linux ;;
    Darwin) system=macos ;;
    *) die "cannot install on \"$system\": there is no archive for it" ;;
  esac
  case $machine in
    x86_64 | amd64) machine=amd64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) die "cannot install on \"$machine\": there is no archive for it" ;;
  esac
  printf '%s_%s\n' "$system" "$machine"
}

fetch() { # PLACE/NAME FILE
  case $1 in
    file://*) cp "${1#file://}" "$2" ;;
    *://*) if command -v curl >/dev/null; then curl -fsSL -o "$2" "$1"; else wget -qO "$2" "$1"; fi ;;
    *) cp "$1" "$2" ;;
  esac || die "cannot get \"$1\": see above"
}

sum_of() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }

# Prints the folder of an unpacked archive.
unpack() {
  case $from in
    *.tar.gz) fetch "$from" "$work/archive.tar.gz" ;;
    *)
      fetch "$from/sha256sums.txt" "$work/sums"
      name=$(sed -n "s/^[0-9a-f]*  \(kubectl-ray_v.*_$(platform)\.tar\.gz\)\$/\1/p" "$work/sums")
      [ -n "$name" ] || die "cannot install from \"$from\": it has no archive for $(platform)"
      fetch "$from/$name" "$work/archive.tar.gz"
      [ "$(sum_of "$work/archive.tar.gz")" = "$(sed -n "s/  $name\$//p" "$work/sums")" ] ||
        die "cannot trust \"$from/$name\": its sha256 is not the one of sha256sums.txt"
      ;;
  esac
  mkdir "$work/unpacked"
  tar -xzf "$work/archive.tar.gz" -C "$work/unpacked" || die "cannot unpack \"$from\": it is not a .tar.gz"
  printf '%s\n' "$work/unpacked"
}

# put FILE PATH MODE: and notes it for --uninstall.
put() {
  mkdir -p "$prefix/$(dirname "$2")" || die "cannot install to \"$prefix\": see above; --prefix chooses another place"
  # A program that runs cannot be written over; a new file of that name can take its place.
  if ! { cp "$1" "$prefix/$2.new" && chmod "$3" "$prefix/$2.new" && mv -f "$prefix/$2.new" "$prefix/$2"; }; then
    die "cannot write \"$prefix/$2\": see above; --prefix chooses another place"
  fi
  printf '%s\n' "$2" >>"$work/installed"
}

install_files() {
  [ -x "$1/kubectl-ray" ] || die "cannot install from \"$1\": it has no program kubectl-ray"
  put "$1/kubectl-ray" bin/kubectl-ray 755
  put "$1/kubectl_complete-ray" bin/kubectl_complete-ray 755
  for document in LICENSE NOTICES; do put "$1/$document" "share/doc/kubectl-ray/$document" 644; done
  (cd "$1" && find share -type f) >"$work/share"
  while read -r path; do put "$1/$path" "$path" 644; done <"$work/share"
  put "$work/installed" share/kubectl-ray/installed 644
}

remove_files() {
  [ -f "$prefix/share/kubectl-ray/installed" ] || die "cannot uninstall from \"$prefix\": this script has not installed there"
  while read -r path; do rm -f "$prefix/$path"; done <"$prefix/share/kubectl-ray/installed"
  rm -f "$prefix/share/kubectl-ray/installed"
  rmdir "$prefix/share/kubectl-ray" "$prefix/share/doc/kubectl-ray" 2>/dev/null || true
  say "kubectl-ray is gone from $prefix"
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?--prefix needs a folder} && shift 2 ;;
    --from) from=${2:?--from needs an archive, a folder or a URL} && shift 2 ;;
    --uninstall) uninstall=yes && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage && die "unknown argument \"$1\"" ;;
  esac
done
if [ -z "$prefix" ]; then
  prefix=$HOME/.local
  [ ! -w /usr/local/bin ] || prefix=/usr/local
fi
[ -z "$uninstall" ] || { remove_files && exit 0; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -n "$from" ] || [ -x "$here/kubectl-ray" ] || from=$released_at
if [ -n "$from" ]; then
  folder=$(unpack)
elif [ -x "$here/kubectl-ray" ]; then
  folder=$here
else
  usage
  die "where are the archives? Give --from."
fi
install_files "$folder"
"$prefix/bin/kubectl-ray" version --client
command -v kubectl-ray >/dev/null || say "put $prefix/bin on your PATH, and kubectl finds it"
