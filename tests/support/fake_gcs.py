"""A GCS that does what a test wants: answers, refuses, stays silent, breaks off, lies."""
import socket
import ssl
import struct
import subprocess
import threading
import time

import h2.config
import h2.connection
import h2.events

CHECK_ALIVE = "/ray.rpc.NodeInfoGcsService/CheckAlive"
GET_ALL_NODE_INFO = "/ray.rpc.NodeInfoGcsService/GetAllNodeInfo"
GET_CLUSTER_ID = "/ray.rpc.NodeInfoGcsService/GetClusterId"
INTERNAL_KV_GET = "/ray.rpc.InternalKVGcsService/InternalKVGet"
GET_INTERNAL_CONFIG = "/ray.rpc.InternalKVGcsService/GetInternalConfig"
DRAIN_NODE = "/ray.rpc.autoscaler.AutoscalerStateService/DrainNode"


def varint(number):
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    """One protobuf field: bytes and text length-delimited, numbers as varints."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(int(value))


def fields(message):
    """{number: [value...]} of a protobuf message, nested ones as bytes."""
    found, at = {}, 0

    def read_varint():
        nonlocal at
        number = shift = 0
        while True:
            byte = message[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    while at < len(message):
        key = read_varint()
        if key & 7 == 0:
            value = read_varint()
        else:
            assert key & 7 == 2
            size = read_varint()
            value, at = message[at:at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def frame(message):
    return b"\0" + struct.pack(">I", len(message)) + message


def check_alive_reply(version="2.52.0", code=0):
    return field(1, field(1, code) if code else b"") + field(2, version)


def node_info(node_id, address, alive=True, head=False, instance_id=""):
    message = field(1, node_id) + field(2, address) + field(13, instance_id) + field(25, head)
    return message if alive else message + field(7, 1)


class Answer:
    """What a call gets. `body` None: nothing, for ever. cut: the connection breaks after that many bytes. reset: the
    stream alone is given up (RST_STREAM), before any answer."""

    def __init__(self, body=b"", grpc_status="0", grpc_message="", status="200", content_type="application/grpc",
                 cut=None, framed=True, trailers=True, reset=False):
        self.body = body if body is None or not framed else frame(body)
        self.grpc_status, self.grpc_message = grpc_status, grpc_message
        self.status, self.content_type = status, content_type
        self.cut, self.trailers, self.reset = cut, trailers, reset


class FakeGcs:
    """Serves on 127.0.0.1 (or `host`) from start() to stop(); calls are kept in `calls` as (path, headers, message)."""

    def __init__(self, host="127.0.0.1", port=0, tls=None, raw=None):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.port = self.listener.getsockname()[1]
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.tls, self.raw = tls, raw
        self.calls, self.called = [], threading.Condition()
        self.answers_sent = 0
        self.replies = {CHECK_ALIVE: Answer(check_alive_reply()),
                        GET_ALL_NODE_INFO: Answer(),
                        GET_CLUSTER_ID: Answer(field(2, b"cluster-1")),
                        INTERNAL_KV_GET: Answer(field(2, b"/tmp/ray")),
                        GET_INTERNAL_CONFIG: Answer(field(2, "{}")),
                        DRAIN_NODE: Answer(field(1, True))}
        self.connections, self.stopped = [], False

    def start(self):
        self.listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def drop_connections(self):
        """Until start() every SYN is dropped, as a network policy would: the queue of the listener is full."""
        self.listener.listen(0)
        for _ in range(4):
            filler = socket.socket(self.listener.family, socket.SOCK_STREAM)
            filler.setblocking(False)
            filler.connect_ex(self.listener.getsockname()[:2])
            self.connections.append(filler)
        return self

    def stop(self):
        self.stopped = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()

    def wait_for_call(self, path, count=1, timeout=20):
        """The count-th call of `path`, waiting for it."""
        def found():
            return [call for call in self.calls if call[0] == path]
        with self.called:
            assert self.called.wait_for(lambda: len(found()) >= count, timeout), f"no {path}; calls: {self.calls}"
            return found()[count - 1]

    def wait_until_answers_are_read(self, count, pid):
        """Until `count` answers were sent and the process has taken all of their bytes out of its sockets."""
        with self.called:
            assert self.called.wait_for(lambda: self.answers_sent >= count, 20)
        deadline = time.monotonic() + 20
        while any(self._unread(pid)):
            assert time.monotonic() < deadline

    def _unread(self, pid):
        """Bytes that wait in each of the process's connections to this port."""
        with open(f"/proc/{pid}/net/tcp") as table:
            rows = [line.split() for line in table][1:]
        return [int(row[4].split(":")[1], 16) for row in rows if row[2].endswith(f":{self.port:04X}")]

    def _accept(self):
        while not self.stopped:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            if self.raw is not None:
                self._serve_raw(connection)
            else:
                self._serve_h2(connection)
        except (OSError, ssl.SSLError, h2.exceptions.ProtocolError):
            pass
        finally:
            connection.close()

    def _serve_raw(self, connection):
        connection.recv(65536)
        if self.raw == "silent":
            while connection.recv(65536):
                pass
            return
        if self.raw == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        connection.sendall(self.raw)

    def _serve_h2(self, connection):
        h2_connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        h2_connection.initiate_connection()
        connection.sendall(h2_connection.data_to_send())
        requests = {}
        while data := connection.recv(65536):
            for event in h2_connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    headers = {k.decode() if isinstance(k, bytes) else k: v.decode() if isinstance(v, bytes) else v
                               for k, v in event.headers}
                    requests[event.stream_id] = (headers, b"")
                elif isinstance(event, h2.events.DataReceived):
                    headers, body = requests[event.stream_id]
                    requests[event.stream_id] = (headers, body + event.data)
                    h2_connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    if not self._answer(connection, h2_connection, event.stream_id, *requests[event.stream_id]):
                        return
            connection.sendall(h2_connection.data_to_send())

    def _answer(self, connection, h2_connection, stream, headers, body):
        path = headers[":path"]
        with self.called:
            self.calls.append((path, headers, body[5:]))
            self.called.notify_all()
        answer = self.replies[path]
        if callable(answer):
            answer = answer(headers, body[5:])
        if answer.body is None:
            return True
        if answer.reset:
            h2_connection.reset_stream(stream)
            connection.sendall(h2_connection.data_to_send())
            return True
        h2_connection.send_headers(stream, [(":status", answer.status), ("content-type", answer.content_type)])
        sent, rest = 0, answer.body if answer.cut is None else answer.body[:answer.cut]
        while sent < len(rest):
            size = min(h2_connection.local_flow_control_window(stream), h2_connection.max_outbound_frame_size,
                       len(rest) - sent)
            if size == 0:
                connection.sendall(h2_connection.data_to_send())
                h2_connection.receive_data(connection.recv(65536))
                continue
            h2_connection.send_data(stream, rest[sent:sent + size])
            sent += size
        if answer.cut is None and answer.trailers:
            trailers = [("grpc-status", answer.grpc_status)]
            if answer.grpc_message:
                trailers.append(("grpc-message", answer.grpc_message))
            h2_connection.send_headers(stream, trailers, end_stream=True)
        connection.sendall(h2_connection.data_to_send())
        with self.called:
            self.answers_sent += 1
            self.called.notify_all()
        return answer.cut is None


def make_certificates(folder, names="DNS:localhost,IP:127.0.0.1"):
    """A CA and a certificate for `names` in `folder`: ca.crt, tls.crt, tls.key."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)
    folder.mkdir(exist_ok=True)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=ca", "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=ray", "-keyout",
            "tls.key", "-out", "tls.csr")
    (folder / "extensions").write_text(f"subjectAltName={names}\n" if names else "basicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "tls.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "extensions", "-out", "tls.crt")
    return folder


def server_tls(folder, require_client=True):
    """As Ray's GCS has it: it shows tls.crt and wants a certificate of the same CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    context.load_verify_locations(folder / "ca.crt")
    if require_client:
        context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    return context


def tls_environment(folder):
    return {"RAY_USE_TLS": "1", "RAY_TLS_SERVER_CERT": str(folder / "tls.crt"),
            "RAY_TLS_SERVER_KEY": str(folder / "tls.key"), "RAY_TLS_CA_CERT": str(folder / "ca.crt")}
