"""Archives that are the same bytes for the same content: sorted, one time, nobody's user."""

import gzip
import io
import tarfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its path there, its bytes, and whether it can be run."""

    path: str
    content: bytes
    executable: bool = False


def tar(entries: list[Entry], epoch: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for entry in sorted(entries, key=lambda e: e.path):
            member = tarfile.TarInfo(entry.path)
            member.size = len(entry.content)
            member.mtime = epoch
            member.mode = 0o755 if entry.executable else 0o644
            archive.addfile(member, io.BytesIO(entry.content))
    return buffer.getvalue()


def tar_gz(entries: list[Entry], epoch: int) -> bytes:
    return gzip.compress(tar(entries, epoch), compresslevel=9, mtime=0)
