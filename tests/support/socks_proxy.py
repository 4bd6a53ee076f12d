"""A SOCKS5 proxy that keeps what it was asked for (RFC 1928), and takes everything to one port of this machine."""

import socket
import struct

from loopback_server import LoopbackServer, relay


class SocksProxy(LoopbackServer):
    """asked: (address type, address, port) of each request; type 3 is a name, which the proxy is to look up."""

    def __init__(self, target):
        super().__init__()
        self.target = target
        self.asked = []

    def serve(self, client):
        reader = client.makefile("rb")
        _, methods = reader.read(2)
        reader.read(methods)
        client.sendall(b"\5\0")
        _, _, _, kind = reader.read(4)
        address = reader.read(reader.read(1)[0] if kind == 3 else 4 if kind == 1 else 16)
        self.asked.append((kind, address, struct.unpack(">H", reader.read(2))[0]))
        upstream = socket.create_connection(("127.0.0.1", self.target))
        client.sendall(b"\5\0\0\1\0\0\0\0\0\0")
        relay(client, upstream)
