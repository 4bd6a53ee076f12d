"""An HTTP proxy on loopback that tunnels (CONNECT), as a company's does."""

import base64
import socket
import ssl
import threading


class ConnectProxy:
    """`tunnels` tells the host:port of each CONNECT that was let through. credentials: "user:password" that it asks for,
    with 407 where they are missing. tls: an ssl.SSLContext of a proxy that is spoken to in TLS itself (https://). on_tunnel:
    called before each tunnel opens."""

    def __init__(self, credentials=None, tls=None, on_tunnel=lambda: None):
        self.on_tunnel = on_tunnel
        self.expected = credentials and "Basic " + base64.b64encode(credentials.encode()).decode()
        self.tls = tls
        self.tunnels = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # a close alone leaves a thread in accept() listening
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece:
                    return
                head += piece
            lines = head.decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ", 2)
            fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
            if method != "CONNECT":
                client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            elif self.expected and fields.get("Proxy-Authorization") != self.expected:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                               b"Content-Length: 0\r\n\r\n")
            else:
                host, _, port = target.rpartition(":")
                server = socket.create_connection((host, int(port)))
                self.tunnels.append(target)
                self.on_tunnel()
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                other = threading.Thread(target=_pump, args=(server, client), daemon=True)
                other.start()
                _pump(client, server)
                other.join()
        except OSError:
            pass
        finally:
            client.close()


def _pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
