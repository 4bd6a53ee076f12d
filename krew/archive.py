"""Archives that are the same bytes for the same content: sorted, one time, nobody's user."""

import gzip
import io
import tarfile
import time
import zipfile
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


def zipped(entries: list[Entry], epoch: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for entry in sorted(entries, key=lambda e: e.path):
            # Its times are of no zone; those of a date are the same wherever this runs.
            member = zipfile.ZipInfo(entry.path, time.gmtime(epoch)[:6])
            packed.writestr(member, entry.content, zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()
