#!/usr/bin/env bash
# One would guess: `ray job submit -- PROGRAM ARGUMENT...` runs the program with these arguments, or at least does the same with them in every Ray.
# It is so: Ray joins the words to one line, which `/bin/sh -c` reads on the head. Until 2.55 it joins by Python's
# subprocess.list2cmdline, which knows the quotes of Windows: print("a") arrives as print(\"a\"), a syntax error for the shell, and $HOME is
# expanded there. From 2.56 on it joins by shlex.join, and words arrive as they are. So whoever quoted for the first (KubeRay's submitter
# pods take the cluster's own Ray) is quoted once too often by the second.
#
# Needs: python3 with venv (two wheels of Ray, some 150 MB).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/dashboard.py" <<'PYTHON'
"""A dashboard that takes one job, prints its entrypoint, and runs nothing."""
import http.server
import json
import subprocess
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def send(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send({"version": "4", "ray_version": sys.argv[1], "ray_commit": "none", "session_name": "none"})

    def do_POST(self):
        job = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        print(job["entrypoint"], flush=True)
        self.send({"job_id": "raysubmit_x", "submission_id": "raysubmit_x"})

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
import threading
threading.Thread(target=server.serve_forever, daemon=True).start()
subprocess.run([sys.argv[2], "job", "submit", "--no-wait", "--address", f"http://127.0.0.1:{server.server_port}", "--",
                "python", "-c", 'print("a")', "it's $HOME"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
PYTHON

status=0
# expect VERSION LINE
expect() {
  local got
  python3 -m venv "$folder/$1"
  "$folder/$1/bin/pip" install --quiet --disable-pip-version-check "ray[default]==$1"
  got=$("$folder/$1/bin/python" "$folder/dashboard.py" "$1" "$folder/$1/bin/ray")
  printf 'ray %s: %s\n' "$1" "$got"
  [ "$got" = "$2" ] || { echo "this has changed"; status=1; }
  rm -rf "${folder:?}/$1"
}
expect 2.55.0 "python -c print(\\\"a\\\") \"it's \$HOME\""
expect 2.56.0 "python -c 'print(\"a\")' 'it'\"'\"'s \$HOME'"
exit "$status"
