"""A name server of a test's own, and what a program does with it: on loopback, in namespaces where resolv.conf names no other.

As a program it runs inside of those (`unshare --mount --net`, root's) and ends with the command it is given.
"""
import contextlib
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import agent
import fake_gcs

ADDRESS = "127.0.0.53"
A, AAAA = 1, 28
NXDOMAIN, SERVFAIL = 3, 2
POD_SEARCH = ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"]


class Result:
    def __init__(self, report):
        self.returncode, self.stderr, self.seconds = report["returncode"], report["stderr"], report["seconds"]
        self.queries = report["queries"]  # [second of the command, name, type] of each
        self.connections = report["connections"]  # how many the command began

    def names(self):
        """What was asked for, in order, each once."""
        return list(dict.fromkeys(name for _, name, _ in self.queries))


def run(host, timeout, search=POD_SEARCH, gcs=True, command=("wait-gcs",), variables=None, **server):
    """`wait-gcs` for `host`, with or without a GCS there; `server`: see NameServer. Its resolv.conf is a pod's."""
    settings = {"search": search, "server": server, "gcs": gcs, "environment": agent.environment(**(variables or {})),
                "command": [agent.AGENT, *command, "--version-check=false", f"--gcs-timeout={timeout}", "--address"],
                "host": host}
    done = subprocess.run(["unshare", "--mount", "--net", sys.executable, __file__, json.dumps(settings)], timeout=120,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Result(json.loads(done.stdout))


class NameServer:
    """Answers A with 127.0.0.1 for `names`, which are there only once `missing_first` questions were asked; SERVFAIL for all
    below `broken`; NXDOMAIN for the rest. `delay`: seconds before each answer. `silent`: no answer to these types."""

    def __init__(self, names=(), missing_first=0, broken=None, delay=0, silent=()):
        self.names, self.missing_first, self.broken, self.delay, self.silent = names, missing_first, broken, delay, silent
        self.queries = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ADDRESS, 53))

    def serve(self):
        while True:
            query, sender = self.socket.recvfrom(4096)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
                at += 1 + query[at]
            kind, = struct.unpack_from(">H", query, at + 1)
            self.queries.append([time.monotonic(), ".".join(labels), kind])
            if kind in self.silent:
                continue
            answer = self.answer(query, query[12:at + 5], ".".join(labels), kind)
            if self.delay:
                threading.Timer(self.delay, self.socket.sendto, (answer, sender)).start()
            else:
                self.socket.sendto(answer, sender)

    def answer(self, query, question, name, kind):
        """RFC 1035, section 4.1: the header, the question again, and the one address (a pointer to the name, class IN)."""
        broken = self.broken is not None and name.endswith(self.broken)
        known = name in self.names and len(self.queries) > self.missing_first
        code = SERVFAIL if broken else 0 if known else NXDOMAIN
        record = b"\xc0\x0c" + struct.pack(">HHIH", A, 1, 5, 4) + socket.inet_aton("127.0.0.1")
        records = record if code == 0 and kind == A else b""
        return query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, 1 if records else 0, 0, 0) + question + records


def bring_loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        fcntl.ioctl(one, 0x8914, struct.pack("16sh22x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING


def use_name_server(search):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(f"nameserver {ADDRESS}\nsearch {' '.join(search)}\noptions ndots:5\n")
        file.flush()
        os.chmod(file.name, 0o644)
        subprocess.run(["mount", "--bind", file.name, os.path.realpath("/etc/resolv.conf")], check=True)


def connections_begun():
    with open("/proc/net/snmp") as file:
        names, values = [line.split() for line in file if line.startswith("Tcp:")]
    return int(values[names.index("ActiveOpens")])


def main():
    settings = json.loads(sys.argv[1])
    bring_loopback_up()
    use_name_server(settings["search"])
    server = NameServer(**settings["server"])
    threading.Thread(target=server.serve, daemon=True).start()
    gcs = fake_gcs.FakeGcs()
    with gcs if settings["gcs"] else contextlib.nullcontext():
        before, begin = connections_begun(), time.monotonic()
        done = subprocess.run([*settings["command"], f"{settings['host']}:{gcs.port}"], env=settings["environment"], timeout=100,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
    queries = [[at - begin, name, kind] for at, name, kind in server.queries]
    print(json.dumps({"returncode": done.returncode, "stderr": done.stderr, "seconds": seconds, "queries": queries,
                      "connections": connections_begun() - before}))


if __name__ == "__main__":
    main()
