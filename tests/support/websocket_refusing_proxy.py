"""A reverse proxy in front of an HTTP server on loopback that refuses WebSockets, as some companies' do, and passes all else."""

import socket

from loopback_server import LoopbackServer, read_head, relay


class WebSocketRefusingProxy(LoopbackServer):
    """Forwards to 127.0.0.1:`target`. Answers `answer` to what asks for `Upgrade: websocket`. `refused` counts those, `upgraded`
    has the protocol of each other upgrade. A client is expected to ask for an upgrade first on its connection, or never."""

    def __init__(self, target, answer=b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"):
        super().__init__()
        self.target, self.answer = target, answer
        self.refused, self.upgraded = 0, []
        self.url = f"http://127.0.0.1:{self.port}"

    def serve(self, client):
        head, _, fields = read_head(client)
        if not head:
            return
        wanted = fields.get("upgrade", "")
        if wanted.lower() == "websocket":
            self.refused += 1
            client.sendall(self.answer)
            return
        if wanted:
            self.upgraded.append(wanted)
        server = socket.create_connection(("127.0.0.1", self.target))
        server.sendall(head)
        relay(client, server)
