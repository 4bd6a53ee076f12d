"""The plugin for macOS as a file: what it loads, how it is hardened and signed, as far as can be told without the system."""

import hashlib
import struct

import pytest
from dist import mach_o, mach_o_libraries, plugin

CPU = {"arm64": 0x0100000C, "amd64": 0x01000007}
MH_PIE, MH_ALLOW_STACK_EXECUTION = 0x200000, 0x20000
LC_SEGMENT_64, LC_CODE_SIGNATURE, LC_BUILD_VERSION = 0x19, 0x1D, 0x32
WRITE, EXECUTE = 2, 4
# xnu's osfmk/kern/cs_blobs.h
CSMAGIC_EMBEDDED_SIGNATURE, CSMAGIC_CODEDIRECTORY, CS_HASHTYPE_SHA256 = 0xFADE0CC0, 0xFADE0C02, 2


@pytest.fixture(params=sorted(CPU))
def architecture(request):
    return request.param


@pytest.fixture
def binary(architecture):
    return plugin(f"macos_{architecture}")


def test_a_macos_program_loads_the_systems_library_alone(binary):
    assert mach_o_libraries(binary) == ["/usr/lib/libSystem.B.dylib"]


def test_a_macos_program_starts_on_13_and_later(architecture, binary):
    assert struct.unpack_from("<I", binary, 4)[0] == CPU[architecture]
    _, commands = mach_o(binary)
    assert [struct.unpack_from("<II", body, 8) for kind, body in commands if kind == LC_BUILD_VERSION] == [(1, 13 << 16)]


def test_no_memory_of_a_macos_program_is_both_written_and_run(binary):
    flags, commands = mach_o(binary)
    assert flags & MH_PIE and not flags & MH_ALLOW_STACK_EXECUTION
    most = [struct.unpack_from("<I", body, 56)[0] for kind, body in commands if kind == LC_SEGMENT_64]
    assert most and not [protection for protection in most if protection & WRITE and protection & EXECUTE]


def code_directory(binary):
    """The offset of the CodeDirectory of the program's own signature."""
    body, = [body for kind, body in mach_o(binary)[1] if kind == LC_CODE_SIGNATURE]
    signature = struct.unpack_from("<I", body, 8)[0]
    magic, _, count = struct.unpack_from(">3I", binary, signature)
    assert magic == CSMAGIC_EMBEDDED_SIGNATURE
    offsets = [signature + struct.unpack_from(">II", binary, signature + 12 + 8 * n)[1] for n in range(count)]
    found, = [offset for offset in offsets if struct.unpack_from(">I", binary, offset)[0] == CSMAGIC_CODEDIRECTORY]
    return found


def test_the_pages_of_an_arm64_program_are_the_ones_that_were_signed():
    """arm64 starts nothing unsigned, and kills what differs from its signature; one without a certificate is enough."""
    binary = plugin("macos_arm64")
    at = code_directory(binary)
    hashes, _, _, slots, limit = struct.unpack_from(">5I", binary, at + 16)
    size, kind, _, page_bits = struct.unpack_from("4B", binary, at + 36)
    assert (size, kind) == (32, CS_HASHTYPE_SHA256)
    page = 1 << page_bits
    assert slots == -(-limit // page) > 100
    for slot in range(slots):
        signed = binary[at + hashes + slot * size :][:size]
        assert hashlib.sha256(binary[slot * page : min(limit, (slot + 1) * page)]).digest() == signed
