"""named_api.py CERTIFICATE KEY COMMAND...: runs COMMAND in a network of its own (under `unshare --net`), where a name server
on 127.0.0.1 knows api.release.test, and a TLS server of that name tells a Kubernetes version on port 6443."""

import http.server
import json
import socket
import ssl
import struct
import subprocess
import sys
import threading

NAME = b"\x03api\x07release\x04test\x00"
VERSION = {"major": "1", "minor": "34", "gitVersion": "v1.34.4"}


def answer(query: bytes) -> bytes:
    """127.0.0.1 for the one name, no such name for all others; no IPv6 address."""
    end = query.index(b"\0", 12) + 1
    question = query[12 : end + 4]
    known = question[:-4].lower() == NAME
    is_a = question[-4:-2] == b"\0\1"
    head = query[:2] + struct.pack(">5H", 0x8180 if known else 0x8183, 1, int(known and is_a), 0, 0)
    return head + question + (b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 60, 4) + b"\x7f\0\0\1" if known and is_a else b"")


def serve_names() -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def loop() -> None:
        while True:
            query, client = server.recvfrom(512)
            server.sendto(answer(query), client)

    threading.Thread(target=loop, daemon=True).start()


class Version(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(VERSION if self.path == "/version" else {"kind": "List", "items": []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def serve_api(certificate: str, key: str) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 6443), Version)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    serve_names()
    serve_api(sys.argv[1], sys.argv[2])
    raise SystemExit(subprocess.run(sys.argv[3:], check=False).returncode)
