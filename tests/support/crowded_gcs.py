"""A GCS that says to thousands at once that it is alive, and to `ray health-check` whose and which Ray. It can do nothing else; fake_gcs.py
can, with a thread for each connection."""

import asyncio
import json
import struct
import threading

from cluster import RAY_VERSION
from fake_gcs import check_alive_reply, field, frame

DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# HPACK (RFC 7541) without a table of its own: `:status: 200`; content-type, which is the 31st name of the static one; a name as it stands.
RESPONSE = b"\x88\x0f\x10\x10application/grpc"
TRAILERS = b"\x00\x0bgrpc-status\x010"
# Ray's client sends paths as they are, not Huffman-coded; whatever else is asked for is CheckAlive.
REPLIES = {b"GetClusterId": field(2, b"1" * 28), b"InternalKVGet": field(2, json.dumps({"ray_version": RAY_VERSION}))}


def h2_frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.rest, self.is_new, self.replies = transport, b"", True, {}
        transport.write(h2_frame(SETTINGS, 0, 0))

    def data_received(self, data):
        self.rest += data
        if self.is_new:
            if len(self.rest) < len(PREFACE):
                return
            self.rest, self.is_new = self.rest[len(PREFACE):], False
        while len(self.rest) >= 9 and len(self.rest) >= (end := 9 + int.from_bytes(self.rest[:3], "big")):
            kind, flags, stream = struct.unpack(">BBI", self.rest[3:9])
            self.answer(kind, flags, stream, self.rest[9:end])
            self.rest = self.rest[end:]

    def answer(self, kind, flags, stream, payload):
        if kind in (SETTINGS, PING) and not flags & ACK:
            self.transport.write(h2_frame(kind, ACK, 0, payload if kind == PING else b""))
        if kind == HEADERS:
            self.replies[stream] = next((reply for path, reply in REPLIES.items() if path in payload), check_alive_reply())
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            reply = frame(self.replies.pop(stream))
            self.transport.write(h2_frame(HEADERS, END_HEADERS, stream, RESPONSE) + h2_frame(DATA, 0, stream, reply) +
                                 h2_frame(HEADERS, END_HEADERS | END_STREAM, stream, TRAILERS))


class CrowdedGcs:
    """Listens on 127.0.0.1:`port` as long as its `with` lasts."""

    def __init__(self, port):
        self.port = port
        self.loop = asyncio.new_event_loop()

    def __enter__(self):
        self.server = self.loop.run_until_complete(self.loop.create_server(Connection, "127.0.0.1", self.port, backlog=4096))
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.server.close()
        self.loop.close()
