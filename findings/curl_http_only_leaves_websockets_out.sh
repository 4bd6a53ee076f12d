#!/usr/bin/env bash
# One would guess: curl's CMake option HTTP_ONLY "disables all protocols except HTTP", and WebSockets, which are an upgrade of an
# HTTP request and were still there with it in curl 8.14, stay.
# It is so: HTTP_ONLY=ON now switches WebSockets off as well. Nothing warns; the library links, curl_ws_send() is there, and every
# ws:// URL fails at run time as an unsupported protocol. Who wants HTTP and WebSockets has to disable each other protocol by name.
#
# Needs: cargo (for the crate that carries curl's own tree), cmake, a C compiler. Reads the list of protocols that curl's own
# configuration prints.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '[package]\nname = "f"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n%s\n' \
  'curl-sys = { version = "=0.4.91", default-features = false }' >Cargo.toml
touch lib.rs
cargo vendor --quiet vendor >/dev/null 2>&1
curl=vendor/curl-sys/curl
mkdir -p $curl/docs && touch $curl/docs/CMakeLists.txt
sed -n 's/^#define LIBCURL_VERSION "\(.*\)"/curl \1/p' $curl/include/curl/curlver.h

# protocols OPTION...: what a library configured so would speak.
protocols() {
  cmake -S $curl -B build-$RANDOM -DBUILD_SHARED_LIBS=OFF -DBUILD_CURL_EXE=OFF -DBUILD_EXAMPLES=OFF -DBUILD_TESTING=OFF \
    -DCURL_ENABLE_SSL=OFF -DCURL_USE_LIBPSL=OFF -DCURL_ZLIB=OFF -DUSE_NGHTTP2=OFF -DUSE_LIBIDN2=OFF "$@" 2>/dev/null | sed -n 's/^-- Protocols: //p'
}

others=(DICT FILE FTP GOPHER IMAP IPFS LDAP LDAPS MQTT POP3 RTSP SMTP TELNET TFTP)
http_only=$(protocols -DHTTP_ONLY=ON)
disabled=("${others[@]/#/-DCURL_DISABLE_}")
one_by_one=$(protocols "${disabled[@]/%/=ON}")
echo "HTTP_ONLY=ON:            $http_only"
echo "all others disabled:     $one_by_one"
if [ "$http_only" != "http" ] || [ "$one_by_one" != "http ws" ]; then echo "this has changed"; exit 1; fi
