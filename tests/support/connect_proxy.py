"""An HTTP proxy on loopback that tunnels (CONNECT), as a company's does."""

import base64
import socket

from loopback_server import LoopbackServer, read_head, relay


class ConnectProxy(LoopbackServer):
    """`tunnels` has the host:port of each CONNECT that was let through. credentials: "user:password" that it asks for,
    with 407 where they are missing. tls: an ssl.SSLContext of a proxy that is spoken to in TLS itself (https://). on_tunnel:
    called before each tunnel opens. refuses: whether a host is refused, with 403."""

    def __init__(self, credentials=None, tls=None, on_tunnel=lambda: None, refuses=lambda host: False):
        super().__init__()
        self.on_tunnel = on_tunnel
        self.refuses = refuses
        self.expected = credentials and "Basic " + base64.b64encode(credentials.encode()).decode()
        self.tls = tls
        self.tunnels = []
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"

    def serve(self, client):
        if self.tls:
            with self.tls.wrap_socket(client, server_side=True) as secure:
                self._answer(secure)
        else:
            self._answer(client)

    def _answer(self, client):
        head, words, fields = read_head(client)
        if not head:
            return
        method, target, _ = words
        if method != "CONNECT":
            client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        elif self.expected and fields.get("proxy-authorization") != self.expected:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                           b"Content-Length: 0\r\n\r\n")
        elif self.refuses(target.rpartition(":")[0]):
            client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        else:
            host, _, port = target.rpartition(":")
            server = socket.create_connection((host, int(port)))
            self.tunnels.append(target)
            self.on_tunnel()
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            relay(client, server)
