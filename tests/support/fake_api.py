"""A small API server of a test's own: each path answered by a function, so that any fault can be had."""

import base64
import contextlib
import hashlib
import json
import os
import socket
import struct
import subprocess
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import certificates
from spdy import Spdy


def pod(name, node_type="head", cluster="demo", uid=None, restarts=0, running=True, version="1"):
    state = {"running": {}} if running else {"waiting": {}}
    return {
        "metadata": {
            "name": name,
            "namespace": "default",
            "uid": uid or "uid-" + name,
            "resourceVersion": version,
            "labels": {"ray.io/cluster": cluster, "ray.io/node-type": node_type},
        },
        "spec": {"containers": [{"name": "ray"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": "ray", "restartCount": restarts, "state": state}],
        },
    }


def pod_list(*pods, version="1", more=None):
    metadata = {"resourceVersion": version}
    if more:
        metadata["continue"] = more
    return {"kind": "PodList", "metadata": metadata, "items": list(pods)}


def status(code, reason="", message="m", **details):
    return {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message,
            "details": details}


class Request:
    """What a route's function gets: it answers by one of the methods below, or by writing to `handler`."""

    def __init__(self, handler, query):
        self.handler = handler
        self.method = handler.command
        self.query = query
        self.headers = handler.headers
        self.body = handler.rfile.read(int(self.headers.get("Content-Length", 0)))

    def send(self, code, body=b"", headers=None):
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        elif isinstance(body, str):
            body = body.encode()
        self.handler.send_response(code)
        for name, value in (headers or {}).items():
            self.handler.send_header(name, value)
        self.handler.send_header("Content-Length", str(len(body)))
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def start_stream(self, code=200):
        """Chunked: send pieces with chunk(), end with end_stream() or drop()."""
        self.handler.send_response(code)
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()

    def chunk(self, data):
        if isinstance(data, dict):
            data = json.dumps(data) + "\n"
        if isinstance(data, str):
            data = data.encode()
        self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.handler.wfile.flush()

    def end_stream(self):
        self.handler.wfile.write(b"0\r\n\r\n")

    def drop(self):
        self.handler.close_connection = True
        self.handler.connection.shutdown(2)

    def accept_web_socket(self, subprotocol="v5.channel.k8s.io"):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.handler.close_connection = True
        self.handler.send_response(101)
        self.handler.send_header("Upgrade", "websocket")
        self.handler.send_header("Connection", "Upgrade")
        self.handler.send_header("Sec-WebSocket-Accept", accept)
        self.handler.send_header("Sec-WebSocket-Protocol", subprotocol)
        self.handler.end_headers()
        self.handler.wfile.flush()
        return WebSocket(self.handler)

    def accept_spdy(self):
        self.handler.close_connection = True
        self.handler.send_response(101)
        self.handler.send_header("Upgrade", "SPDY/3.1")
        self.handler.send_header("Connection", "Upgrade")
        self.handler.send_header("X-Stream-Protocol-Version", self.headers["X-Stream-Protocol-Version"])
        self.handler.end_headers()
        self.handler.wfile.flush()
        return Spdy(self.handler.rfile, self.handler.wfile)


class WebSocket:
    def __init__(self, handler):
        self.reader = handler.rfile
        self.writer = handler.wfile

    def frame(self, payload, opcode=2, final=True, mask=False):
        head = bytes([opcode | (0x80 if final else 0)])
        bit = 0x80 if mask else 0
        if len(payload) < 126:
            head += bytes([bit | len(payload)])
        elif len(payload) < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", len(payload))
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", len(payload))
        self.writer.write(head + (b"\0\0\0\0" if mask else b"") + payload)
        self.writer.flush()

    def close(self, code=1000):
        self.frame(struct.pack(">H", code), opcode=8)

    def read(self):
        """The next frame as (opcode, payload), or None at the end."""
        head = self.reader.read(2)
        if len(head) < 2:
            return None
        size = head[1] & 0x7F
        if size == 126:
            size = struct.unpack(">H", self.reader.read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.reader.read(8))[0]
        assert head[1] & 0x80, "a client has to mask"
        mask = self.reader.read(4)
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(self.reader.read(size)))
        return head[0] & 0xF, payload


def forward_to(ports):
    """A route for a pod's portforward: its ports by number → the local ports that stand for them; others are refused."""

    def serve(request):
        port = int(urllib.parse.parse_qs(request.query)["ports"][0])
        web_socket = request.accept_web_socket("v4.channel.k8s.io")
        for channel in (b"\0", b"\1"):
            web_socket.frame(channel + struct.pack("<H", port))
        if port not in ports:
            web_socket.frame(b"\1connection refused")
            return web_socket.close()
        with socket.create_connection(("127.0.0.1", ports[port])) as local:
            def up():
                with contextlib.suppress(OSError):  # it may have ended the connection
                    while (frame := web_socket.read()) and frame[0] == 2:
                        local.sendall(frame[1][1:])
                    local.shutdown(socket.SHUT_RDWR)

            threading.Thread(target=up, daemon=True).start()
            while data := local.recv(65536):
                web_socket.frame(b"\0" + data)
            return web_socket.close()

    return serve


class FakeApi:
    """routes: path → function(Request). Anything else is a 404 Status. Use as a context manager. tls: a folder of
    certificates.make() with the name 127.0.0.1; without it there is no TLS, and no client sends credentials."""

    def __init__(self, routes, port=0, tls=None):
        self.routes = routes
        self.requests = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                path, _, query = self.path.partition("?")
                outer.requests.append(self.path)
                route = outer.routes.get(path)
                request = Request(self, query)
                try:
                    if route is None:
                        request.send(404, status(404, "NotFound", "not found", name=path.rsplit("/", 1)[-1]))
                    else:
                        route(request)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = certificates.server_context(tls).wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def write_kubeconfig(path, port, user=None, tls=None, **cluster):
    cluster = {"server": f"{'https' if tls else 'http'}://127.0.0.1:{port}", **cluster}
    if tls:
        cluster["certificate-authority"] = str(tls / "ca.pem")
    config = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "contexts": [{"name": "k", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": user or {}}],
        "current-context": "k",
    }
    path.write_text(json.dumps(config))
    return path


def environment(kubeconfig):
    return {"PATH": os.environ["PATH"], "HOME": str(kubeconfig.parent), "KUBECONFIG": str(kubeconfig)}


def run(kubeconfig, *arguments, input=None, timeout=60):
    return subprocess.run([os.environ["KUBECTL_RAY"], *arguments], env=environment(kubeconfig), input=input,
                          capture_output=True, timeout=timeout)
