"""What krew/release has made, for the tests of the release tier."""

import functools
import os
import pathlib
import struct
import subprocess
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIST = pathlib.Path(os.environ.get("RELEASE_DIR") or ROOT / "dist")


def one(pattern: str) -> pathlib.Path:
    """The only file of the release that the pattern names."""
    found = sorted(DIST.glob(pattern))
    assert len(found) == 1, f"{pattern}: {found}"
    return found[0]


def plugin_archives() -> list[pathlib.Path]:
    return sorted([*DIST.glob("kubectl-ray_v*.tar.gz"), *DIST.glob("kubectl-ray_v*.zip")])


@functools.cache
def files_of(archive: pathlib.Path) -> dict[str, bytes]:
    """Every file of an archive, by path."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    with tarfile.open(archive) as packed:
        return {member.name: packed.extractfile(member).read() for member in packed if member.isfile()}


def program_of(archive: pathlib.Path) -> bytes:
    files = files_of(archive)
    return files.get("kubectl-ray") or files["kubectl-ray.exe"]


def plugin(platform: str) -> bytes:
    return program_of(one(f"kubectl-ray_v*_{platform}.*[pz]"))


def agent(architecture: str) -> bytes:
    return files_of(one(f"ray-init-agent_v*_linux_{architecture}.tar.gz"))["ray-init-agent"]


def elf_segments(binary: bytes) -> list[tuple[int, int]]:
    """Type and flags of each program header of a 64-bit ELF."""
    assert binary[:5] == b"\x7fELF\x02"
    offset, size, count = struct.unpack_from("<Q", binary, 32)[0], *struct.unpack_from("<HH", binary, 54)
    return [struct.unpack_from("<II", binary, offset + size * n) for n in range(count)]


def mach_o(binary: bytes) -> tuple[int, list[tuple[int, bytes]]]:
    """Flags and load commands (type, body) of a 64-bit Mach-O."""
    magic, _, _, _, count, _, flags = struct.unpack_from("<7I", binary)
    assert magic == 0xFEEDFACF
    commands, at = [], 32
    for _ in range(count):
        kind, size = struct.unpack_from("<II", binary, at)
        commands.append((kind, binary[at : at + size]))
        at += size
    return flags, commands


def mach_o_libraries(binary: bytes) -> list[str]:
    names = []
    for kind, body in mach_o(binary)[1]:
        if kind & ~0x80000000 in (0xC, 0x18, 0x1F):  # LC_LOAD_DYLIB, weak, re-exported
            names.append(body[struct.unpack_from("<I", body, 8)[0] :].split(b"\0")[0].decode())
    return names


def pe_header(binary: bytes) -> tuple[int, int]:
    """Where the optional header of a 64-bit PE begins, and its count of sections."""
    at = struct.unpack_from("<I", binary, 0x3C)[0]
    assert binary[at : at + 4] == b"PE\0\0" and struct.unpack_from("<H", binary, at + 24)[0] == 0x20B
    return at + 24, struct.unpack_from("<H", binary, at + 6)[0]


def pe_libraries(binary: bytes) -> list[str]:
    """The libraries a 64-bit PE imports from, in lower case."""
    header, count = pe_header(binary)
    table = header + struct.unpack_from("<H", binary, header - 4)[0]
    sections = [struct.unpack_from("<4I", binary, table + 40 * n + 8) for n in range(count)]  # size, address, raw size, offset

    def offset(address: int) -> int:
        return next(raw + address - start for size, start, _, raw in sections if start <= address < start + size)

    names, at = [], offset(struct.unpack_from("<I", binary, header + 120)[0])
    while name := struct.unpack_from("<I", binary, at + 12)[0]:
        begin = offset(name)
        names.append(binary[begin : binary.index(b"\0", begin)].decode().lower())
        at += 20
    return names


def unpack(archive: pathlib.Path, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
