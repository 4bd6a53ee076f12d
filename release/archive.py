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


def zip_file(entries: list[Entry], epoch: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in sorted(entries, key=lambda e: e.path):
            member = zipfile.ZipInfo(entry.path, time.gmtime(max(epoch, 315532800))[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = (0o100755 if entry.executable else 0o100644) << 16
            archive.writestr(member, entry.content)
    return buffer.getvalue()
