"""The released programs as files: what they need, how they are hardened, how big they are, what they betray."""

import base64
import collections
import gzip
import hashlib
import os
import pathlib
import platform
import re
import subprocess

import pytest
import yaml
from dist import ROOT, agent, elf_segments, files_of, plugin, plugin_archives, program_of

LINUX = ["amd64", "arm64"]
PT_DYNAMIC, PT_INTERP, PT_GNU_STACK, PT_GNU_RELRO = 2, 3, 0x6474E551, 0x6474E552
EXECUTABLE, WRITABLE = 1, 2


def programs():
    for architecture in LINUX:
        yield pytest.param(lambda a=architecture: plugin(f"linux_{a}"), id=f"kubectl-ray-linux-{architecture}")
        yield pytest.param(lambda a=architecture: agent(a), id=f"ray-init-agent-linux-{architecture}")


@pytest.mark.parametrize("program", programs())
def test_a_linux_program_is_one_static_file(program):
    kinds = [kind for kind, _ in elf_segments(program())]
    assert PT_INTERP not in kinds
    assert PT_DYNAMIC not in kinds


@pytest.mark.parametrize("program", programs())
def test_no_memory_of_a_linux_program_is_both_written_and_run(program):
    segments = elf_segments(program())
    assert [flags & EXECUTABLE for kind, flags in segments if kind == PT_GNU_STACK] == [0]
    assert not [flags for _, flags in segments if flags & EXECUTABLE and flags & WRITABLE]


@pytest.mark.parametrize("architecture", LINUX)
def test_what_is_written_at_start_alone_is_read_only_after(architecture):
    """The plugin's table of static constructors; the agent has none, and so nothing that RELRO could be about."""
    assert PT_GNU_RELRO in [kind for kind, _ in elf_segments(plugin(f"linux_{architecture}"))]


def guarded_places(program):
    """How often the stack's guard is loaded: at the place, or by a call of a few instructions that the linker made a function."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], check=True, capture_output=True, text=True).stdout
    instructions = re.findall(r"^ +([0-9a-f]+):\t(.*)$", code, re.MULTILINE)
    calls = collections.Counter(re.findall(r"\tcall +0x([0-9a-f]+)", code))
    places = 0
    for n, (address, instruction) in enumerate(instructions):
        if address not in calls:
            places += "%fs:0x28" in instruction
            continue
        for _, following in instructions[n : n + 8]:
            if "%fs:0x28" in following:
                places += calls[address]
            if "%fs:0x28" in following or re.match("ret|j|push|call", following):
                break
    return places


def test_the_stack_protector_is_in_the_code(tmp_path):
    (tmp_path / "plugin").write_bytes(plugin("linux_amd64"))
    assert guarded_places(tmp_path / "plugin") > 2000


@pytest.mark.parametrize("preset", ["release", "release-arm64"])
def test_every_object_is_compiled_with_the_hardening_flags(preset):
    commands = subprocess.run(["ninja", "-C", ROOT / "build" / preset, "-t", "commands", "kubectl-ray/all", "ray-init-agent/all"],
                              check=True, capture_output=True, text=True).stdout.splitlines()
    objects = [line for line in commands if re.search(r" -c \S+\.cc$", line)]
    assert len(objects) > 80
    for flag in ("-fstack-protector-strong", "-D_FORTIFY_SOURCE=2", "-ffile-prefix-map="):
        assert not [line for line in objects if flag not in line], flag


@pytest.mark.parametrize("archive", plugin_archives(), ids=lambda path: path.name)
def test_a_plugin_is_under_6_mb(archive):
    assert len(program_of(archive)) < 6_000_000


@pytest.mark.parametrize("architecture", LINUX)
def test_an_agent_is_under_2_mb_and_fits_a_config_map(architecture):
    binary = agent(architecture)
    assert len(binary) < 2_000_000
    assert len(gzip.compress(binary, 9)) < 900_000


def test_the_plugin_unpacks_both_agents_as_they_are_released(tmp_path):
    own = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    program = tmp_path / "kubectl-ray"
    program.write_bytes(plugin(f"linux_{own}"))
    program.chmod(0o755)
    done = subprocess.run([program, "inject", "--config-map", "only"], check=True, capture_output=True, env={"HOME": str(tmp_path)})
    maps = {each["metadata"]["name"]: each["binaryData"]["ray-init-agent.gz"] for each in yaml.safe_load_all(done.stdout)}
    names = {arch: f"ray-init-agent-{arch}-{hashlib.sha256(agent(arch)).hexdigest()[:12]}" for arch in LINUX}
    assert sorted(maps) == sorted(names.values())
    for architecture, name in names.items():
        packed = base64.b64decode(maps[name])
        assert gzip.decompress(packed) == agent(architecture)
        assert len(packed) < 900_000


@pytest.mark.parametrize("archive", plugin_archives(), ids=lambda path: path.name)
def test_every_plugin_carries_the_same_agents(archive):
    """The files that the test above has had unpacked."""
    own = {"x86_64": "release", "aarch64": "release-arm64"}[platform.machine()]
    packed = (ROOT / "build" / own / "kubectl-ray/agents.xz").read_bytes()
    assert packed in plugin(f"linux_{'amd64' if own == 'release' else 'arm64'}")
    assert packed in program_of(archive)


@pytest.mark.parametrize("archive", plugin_archives(), ids=lambda path: path.name)
def test_no_path_of_the_machine_that_built_it(archive):
    cache = os.environ.get("KUBECTL_RAY_CACHE") or pathlib.Path.home() / ".cache/kubectl-ray"
    binaries = [content for name, content in files_of(archive).items() if name.startswith("kubectl-ray")]
    for binary in [*binaries, agent("amd64"), agent("arm64")]:
        for path in (str(ROOT), str(cache), str(pathlib.Path.home()) + "/"):
            assert path.encode() not in binary
