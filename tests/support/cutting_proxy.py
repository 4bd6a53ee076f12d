"""A TCP proxy that cuts connections at chosen bytes, as a port-forward, a load balancer or a laptop's lid does."""

import itertools
import socket
import threading
import time

from loopback_server import LoopbackServer, pump


class CuttingProxy(LoopbackServer):
    """Forwards to 127.0.0.1:`target`. Cuts whatever is open at byte `cut_at` of all that went in `direction`.

    direction: "down" (server to client) or "up". every: cuts again after each further `every` bytes; then_at: the bytes
    at which it cuts again, and no more after those. `cuts` counts. delays: seconds that the connections wait, each in its
    turn and over again, before anything of theirs goes on, so that later ones overtake earlier ones.
    """

    def __init__(self, target, cut_at=None, direction="down", every=None, then_at=(), delays=(0,)):
        super().__init__()
        self.delays = itertools.cycle(delays)
        self.target, self.cut_at, self.direction, self.every = target, cut_at, direction, every
        self.then_at = list(then_at)
        self.passed, self.cuts = 0, 0
        self.lock = threading.Lock()
        self.open = set()

    def __exit__(self, *_):
        super().__exit__()
        self.cut()

    def cut(self):
        """Cuts all connections that are open now."""
        with self.lock:
            doomed, self.open = self.open, set()
        for sock in doomed:
            try:
                # A reset, as a killed process or an expired NAT entry gives.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def serve(self, client):
        server = socket.create_connection(("127.0.0.1", self.target))
        with self.lock:
            self.open |= {client, server}
            delay = next(self.delays)
        back = threading.Thread(target=self._move, args=(server, client, "down", delay), daemon=True)
        back.start()
        self._move(client, server, "up", delay)
        back.join()
        with self.lock:
            self.open -= {client, server}
        server.close()

    def _allowed(self, size, direction):
        """How many of `size` bytes may pass before a cut, or None: all of them and no cut."""
        with self.lock:
            if direction != self.direction or self.cut_at is None:
                return None
            left = self.cut_at - self.passed
            if size < left:
                self.passed += size
                return None
            self.passed = self.cut_at
            self.cut_at = self.cut_at + self.every if self.every else self.then_at.pop(0) if self.then_at else None
            self.cuts += 1
            return left

    def _move(self, source, sink, direction, delay):
        time.sleep(delay)  # the fault itself, nothing is waited for

        def send(data):
            allowed = self._allowed(len(data), direction)
            sink.sendall(data if allowed is None else data[:allowed])
            if allowed is not None:
                self.cut()

        pump(source, sink, send)
