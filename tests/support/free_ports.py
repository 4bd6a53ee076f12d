"""Ports for servers that a test starts."""

import contextlib
import functools
import random
import socket

BLOCK = 100


@functools.cache
def own_block() -> tuple[range, socket.socket]:
    """Ports that no other test takes as long as this process lives: it has the abstract socket of their name, one in each network namespace."""
    for first in random.sample(range(20000, 30000, BLOCK), 100):
        owner = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):
            owner.bind(f"\0kubectl-ray-test-ports-{first}")
            return range(first, first + BLOCK), owner
        owner.close()
    raise OSError("100 other tests have ports on this machine")


def free_ports(count: int) -> list[int]:
    """Ports that nothing has, below those that the kernel gives to whoever connects (32768 and more): they stay free."""
    block, _ = own_block()
    ports = []
    for port in random.sample(block, len(block)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError(f"fewer than {count} of the ports {block.start} to {block.stop - 1} are free")
