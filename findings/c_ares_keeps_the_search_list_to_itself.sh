#!/usr/bin/env bash
# One would guess: ares_save_options() gives back what a channel works with, so that a program that asks the absolute name first
# learns the search list and ndots of resolv.conf from it.
# It is so: it gives back the servers of resolv.conf, but neither its search domains nor its ndots; those come back only if the
# caller had set them itself. Who needs them has to read resolv.conf a second time.
#
# Needs: cargo (for the crate that carries c-ares' own tree), cmake, a C compiler.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '[package]\nname = "f"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\nc-ares-sys = "=13.0.0"\n' >Cargo.toml
touch lib.rs
cargo vendor --quiet vendor >/dev/null 2>&1
cmake -S vendor/c-ares-sys/c-ares -B build -DCARES_STATIC=ON -DCARES_SHARED=OFF -DCARES_BUILD_TOOLS=OFF -DCARES_BUILD_TESTS=OFF \
  -DCMAKE_INSTALL_PREFIX="$folder/prefix" -DCMAKE_INSTALL_LIBDIR=lib >/dev/null 2>&1
cmake --build build --target install >/dev/null 2>&1
printf 'nameserver 127.0.0.53\nsearch one.example two.example\noptions ndots:5\n' >resolv.conf
cat >program.c <<'C'
#include <ares.h>
#include <stdio.h>
int main(void) {
  struct ares_options set = {0}, got = {0};
  ares_channel_t *channel = NULL;
  int mask = 0;
  set.resolvconf_path = "resolv.conf";
  if (ares_library_init(ARES_LIB_INIT_ALL) || ares_init_options(&channel, &set, ARES_OPT_RESOLVCONF)) return 1;
  char *servers = ares_get_servers_csv(channel);
  if (ares_save_options(channel, &got, &mask)) return 1;
  printf("c-ares %s: servers=%s domains=%d, given back: %s; ndots given back: %s\n", ares_version(NULL), servers, got.ndomains,
         mask & ARES_OPT_DOMAINS ? "yes" : "no", mask & ARES_OPT_NDOTS ? "yes" : "no");
  return 0;
}
C
cc -DCARES_STATICLIB -Iprefix/include -o program program.c prefix/lib/libcares.a -lpthread
output=$(./program)
echo "$output"
[[ $output == *"domains=0, given back: no; ndots given back: no" ]] || { echo "this has changed"; exit 1; }
