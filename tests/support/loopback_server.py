"""Connections on loopback, each served by a thread of its own, and bytes moved between two of them."""

import socket
import threading


class LoopbackServer:
    """Listens on 127.0.0.1:`port`, accepting while its `with` lasts; serve(client) of a subclass has each connection, which
    is closed when it returns or raises OSError."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # a close alone leaves a thread in accept() listening
        self.listener.close()

    def serve(self, client):
        raise NotImplementedError

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            self.serve(client)
        except OSError:
            pass
        finally:
            client.close()


def read_head(client):
    """Of an HTTP request: all bytes that came with its head, the words of its first line, and its fields by their names in lower case.
    No bytes if the client ends before."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(4096)
        if not piece:
            return b"", [], {}
        head += piece
    first, *lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return head, first.split(" ", 2), {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def pump(source, sink, send=None):
    """Moves bytes until either side is gone, then ends both. send: takes each piece instead of the sink."""
    try:
        while data := source.recv(65536):
            (send or sink.sendall)(data)
    except OSError:
        pass
    for sock in (source, sink):
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def relay(one, other):
    """Moves bytes both ways until both are over; closes `other`."""
    with other:
        back = threading.Thread(target=pump, args=(other, one), daemon=True)
        back.start()
        pump(one, other)
        back.join()
