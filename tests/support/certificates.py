"""Certificates of a test's own, and TLS in front of a server of it."""

import socket
import ssl
import subprocess

from loopback_server import LoopbackServer, relay

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


def make(folder, names, server_key=KEY):
    """ca.pem, and tls.crt with tls.key that it signed for `names` ("DNS:localhost,IP:127.0.0.1") alone. Returns `folder`."""
    openssl("req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2", cwd=folder)
    openssl("req", *server_key, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=server", cwd=folder)
    (folder / "names").write_text("subjectAltName=" + names)
    openssl("x509", "-req", "-in", "tls.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "tls.crt",
            "-days", "2", "-extfile", "names", cwd=folder)
    return folder


def server_context(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
    return context


class TlsProxy(LoopbackServer):
    """Ends TLS in front of a port of this machine."""

    def __init__(self, target, certificates):
        super().__init__()
        self.target = target
        self.context = server_context(certificates)

    def serve(self, client):
        with self.context.wrap_socket(client, server_side=True) as secure:
            relay(secure, socket.create_connection(("127.0.0.1", self.target)))
