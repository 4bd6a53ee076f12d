"""The plugin for macOS as a file: what it loads and how it is hardened, as far as can be told without the system."""

import struct

import pytest
from dist import mach_o, mach_o_libraries, plugin

MH_PIE, MH_ALLOW_STACK_EXECUTION = 0x200000, 0x20000
LC_CODE_SIGNATURE, LC_BUILD_VERSION = 0x1D, 0x32


@pytest.mark.parametrize("architecture, machine", [("arm64", 0x0100000C), ("amd64", 0x01000007)])
def test_a_macos_program_loads_the_systems_library_alone(architecture, machine):
    binary = plugin(f"macos_{architecture}")
    assert struct.unpack_from("<I", binary, 4)[0] == machine
    assert mach_o_libraries(binary) == ["/usr/lib/libSystem.B.dylib"]
    flags, commands = mach_o(binary)
    assert flags & MH_PIE and not flags & MH_ALLOW_STACK_EXECUTION
    oldest = [struct.unpack_from("<II", body, 8) for kind, body in commands if kind == LC_BUILD_VERSION]
    assert oldest == [(1, 13 << 16)]  # macOS 13.0
    if architecture == "arm64":  # arm64 starts nothing unsigned; the linker's own signature is enough
        assert LC_CODE_SIGNATURE in [kind for kind, _ in commands]
