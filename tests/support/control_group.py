"""A control group with limits, of the version this machine has."""
import contextlib
import os
import pathlib

CGROUP = pathlib.Path("/sys/fs/cgroup")


@contextlib.contextmanager
def control_group(memory_bytes, cpus=None):
    """Gives the shell's words that join a group with these limits, or None where this user may make none. What joined it
    has to have ended by the end."""
    name = f"kubectl-ray-test-{os.getpid()}"
    if (CGROUP / "cgroup.controllers").exists():
        limits = {CGROUP / name / "memory.max": memory_bytes}
        if cpus:
            limits[CGROUP / name / "cpu.max"] = f"{int(cpus * 100000)} 100000"
    else:
        limits = {CGROUP / "memory" / name / "memory.limit_in_bytes": memory_bytes}
        if cpus:
            limits[CGROUP / "cpu" / name / "cpu.cfs_quota_us"] = int(cpus * 100000)
    folders = sorted({limit.parent for limit in limits})
    try:
        try:
            for folder in folders:
                folder.mkdir()
            for limit, value in limits.items():
                limit.write_text(str(value))
        except OSError:
            yield None
            return
        yield "".join(f"echo $$ > {folder}/cgroup.procs; " for folder in folders)
    finally:
        for folder in folders:
            if folder.is_dir():
                folder.rmdir()
