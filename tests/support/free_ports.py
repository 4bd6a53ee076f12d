"""Ports for servers that a test starts."""

import contextlib
import random
import socket


def free_ports(count: int) -> list[int]:
    """Ports that nothing has, below those that the kernel gives to whoever connects (32768 and more): they stay free."""
    ports = []
    for port in random.sample(range(20000, 30000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError(f"fewer than {count} of 100 ports between 20000 and 30000 are free")
