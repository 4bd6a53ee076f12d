"""Ports for servers that a test starts."""

import contextlib
import functools
import itertools
import random
import socket

BLOCK = 200


@functools.cache
def own_block() -> tuple[itertools.cycle, socket.socket]:
    """Ports that no other test takes as long as this process lives: it has the abstract socket of their name, one in each network namespace."""
    for first in random.sample(range(20000, 30000, BLOCK), 10000 // BLOCK):
        owner = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError):
            owner.bind(f"\0kubectl-ray-test-ports-{first}")
            return itertools.cycle(random.sample(range(first, first + BLOCK), BLOCK)), owner
        owner.close()
    raise OSError(f"{10000 // BLOCK} other tests have ports on this machine")


def free_ports(count: int) -> list[int]:
    """Ports that nothing has, below those that the kernel gives to whoever connects (32768 and more): they stay free. One that was given is not
    given again before all others were, since nothing may listen there yet."""
    block, _ = own_block()
    ports = []
    for port in itertools.islice(block, BLOCK):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            ports.append(port)
        if len(ports) == count:
            return ports
    raise OSError(f"fewer than {count} of {BLOCK} ports between 20000 and 30000 are free")
