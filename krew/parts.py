"""What is linked into a program, as its build tree knows: the parts, their licences, and an SPDX list of them.

parts.py BUILD PROGRAM prints the notices.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Part:
    """A library inside a program, with the text of its licence."""

    name: str
    version: str
    licence: str  # an SPDX expression
    source: str  # the archive it was built from and the place that gave it, or where the compiler has it
    sha256: str  # of the archive; "" for what comes with the compiler
    notice: str


def cache_entry(build: pathlib.Path, name: str) -> str:
    """A variable of the build tree's CMakeCache.txt."""
    found = re.search(rf"^{name}:[A-Z]+=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE)
    if not found:
        raise SystemExit(f'cannot read "{build}/CMakeCache.txt": it has no {name}')
    return found.group(1)


def ninja(build: pathlib.Path, *arguments: str) -> str:
    return subprocess.run(["ninja", "-C", build, *arguments], check=True, capture_output=True, text=True).stdout


def files_of_program(build: pathlib.Path, program: str) -> set[str]:
    """Every library and header of others that went into the program, by path."""
    folder = {"kubectl-ray": "kubectl-ray/", "ray-init-agent": "ray-init-agent/"}[program]
    file = f"{program}.exe" if (build / f"{folder}{program}.exe").exists() else program
    link = ninja(build, "-t", "commands", "-s", f"{folder}{file}")
    prefix = cache_entry(build, "RAY_THIRD_PARTY_FOUND_IN")
    files = {f"{prefix}/lib/lib{word[2:]}.a" if word.startswith("-l") else word for word in link.split()}
    files = {path for path in files if path.endswith(".a") and pathlib.Path(build, path).exists()}
    ours = ""
    for line in ninja(build, "-t", "deps").splitlines():
        if line and not line.startswith(" "):
            ours = line.startswith((folder, "CMakeFiles/shared_lib.dir/"))
        elif ours:
            files.add(line.strip())
    return files


@dataclass(frozen=True)
class Source:
    """What cmake/fetch-source noted of a library that it put in place."""

    version: str
    place: str
    locator: str
    sha256: str
    notice: str


def source_of(prefix: pathlib.Path, name: str) -> Source:
    """The source that the libraries in this prefix were built from. A release is made of pinned ones alone."""
    noted = prefix / "share/sources"
    _, version, place, locator, sha256 = (noted / f"{name}.source").read_text().rstrip("\n").split("\t")
    if not sha256:
        raise SystemExit(f'cannot make a release of {name} {version}: it is Debian\'s of the day ("{locator}"), not a version of '
                         f'cmake/sources.tsv; fetch that one, or pin another there, and remove "{prefix}"')
    notice = (noted / f"{name}.licence").read_text().strip()
    if not notice:
        raise SystemExit(f'cannot make a release of {name} {version}: "{locator}" has no text of its licence; fetch it from another place '
                         f'of cmake/sources.tsv, and remove "{prefix}"')
    return Source(version, place, locator, sha256, notice)


def library_parts(build: pathlib.Path, program: str) -> list[Part]:
    """The libraries of cmake/third-party that the program's build read anything of."""
    prefix = pathlib.Path(cache_entry(build, "RAY_THIRD_PARTY_FOUND_IN"))
    files = files_of_program(build, program)
    used = [path.removeprefix(f"{root}/") for root in (prefix, (prefix / "include").resolve().parent) for path in files
            if path.startswith(f"{root}/")]
    used = [path for path in used if not path.startswith("precompiled/")]  # ours: what it includes is listed by itself
    parts = []
    for line in (ROOT / "krew/parts.tsv").read_text().splitlines()[1:]:
        name, licence, pattern = line.split("\t")
        own = [path for path in used if re.match(pattern, path)]
        used = [path for path in used if path not in own]
        if own:
            source = source_of(prefix, name)
            parts.append(Part(name, source.version, licence, f"{source.locator} ({source.place})", source.sha256, source.notice))
    if used or not parts:
        raise SystemExit(f'cannot list the parts of "{program}": krew/parts.tsv does not know {sorted(used)[:3]}')
    return parts


def compiler_parts(build: pathlib.Path) -> list[Part]:
    """The C and C++ runtime that the compiler links in."""
    bin_folder = pathlib.Path(cache_entry(build, "CMAKE_AR")).parent
    home, target = bin_folder.parents[1], bin_folder.name
    version = subprocess.run([home / "zig", "version"], check=True, capture_output=True, text=True).stdout.strip()
    wanted = [("libc++", "Apache-2.0 WITH LLVM-exception", "lib/libcxx/LICENSE.TXT"),
              ("libc++abi", "Apache-2.0 WITH LLVM-exception", "lib/libcxxabi/LICENSE.TXT"),
              ("libunwind", "Apache-2.0 WITH LLVM-exception", "lib/libunwind/LICENSE.TXT"),
              ("compiler-rt", "MIT", "LICENSE")]
    if target.endswith("-musl"):
        wanted.append(("musl", "MIT", "lib/libc/musl/COPYRIGHT"))
    if target.endswith("-windows-gnu"):
        wanted.append(("mingw-w64", "ZPL-2.1", "lib/libc/mingw/COPYING"))
    return [Part(name, f"zig-{version}", licence, f"ziglang {version}", "", (home / notice).read_text())
            for name, licence, notice in wanted]


def carried_parts(program: str) -> list[Part]:
    """Data of others in the tree: KubeRay's resource definitions (operator/share-definitions)."""
    if program != "kubectl-ray":
        return []
    data = (ROOT / "kubectl-ray/operator/definitions.jsonl").read_bytes()
    releases = ", ".join(json.loads(data.splitlines()[-1]))
    return [Part("kuberay-definitions", releases, "Apache-2.0", "config/crd/bases of github.com/ray-project/kuberay/ray-operator",
                 hashlib.sha256(data).hexdigest(), (ROOT / "LICENSE").read_text())]


def notices(parts: list[Part]) -> str:
    """The licence texts, each under the name of its part; a text that several have stands once."""
    by_text: dict[str, list[Part]] = {}
    for part in parts:
        by_text.setdefault(part.notice.strip(), []).append(part)
    text = "What is linked into this program, each part under the licence given below it.\n"
    for notice, owners in by_text.items():
        text += "\n" + "=" * 100 + "\n"
        text += "".join(f"{part.name} {part.version} ({part.licence})\n" for part in owners)
        text += "-" * 100 + f"\n{notice}\n"
    return text


def spdx_package(name: str, version: str, licence: str, source: str, sha256: str) -> dict:
    package = {"SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name.replace("+", "p")), "name": name,
               "versionInfo": version, "licenseConcluded": licence, "licenseDeclared": licence,
               "copyrightText": "NOASSERTION", "downloadLocation": "NOASSERTION", "filesAnalyzed": False}
    if source:
        package["sourceInfo"] = f"built from {source}"
    if sha256:
        package["checksums"] = [{"algorithm": "SHA256", "checksumValue": sha256}]
    return package


def spdx(program: str, version: str, platform: str, binary: bytes, parts: list[Part], agents: dict[str, bytes],
         created: str) -> str:
    """SPDX 2.3 as JSON: the program, what is linked into it, and the agents it carries. The same for the same bytes."""
    sha256 = hashlib.sha256(binary).hexdigest()
    root = spdx_package(program, version, "Apache-2.0", "", sha256)
    linked = [spdx_package(part.name, part.version, part.licence, part.source, part.sha256) for part in parts]
    carried = [spdx_package(f"ray-init-agent-{architecture}.gz", version, "Apache-2.0", "",
                            hashlib.sha256(gz).hexdigest()) for architecture, gz in agents.items()]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", root["SPDXID"])]
    relations += [(root["SPDXID"], "STATIC_LINK", package["SPDXID"]) for package in linked]
    relations += [(root["SPDXID"], "CONTAINS", package["SPDXID"]) for package in carried]
    name = f"{program}-{version}-{platform}"
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        "documentNamespace": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name + sha256)}",
        "creationInfo": {"created": created, "creators": ["Tool: krew/release"]},
        "packages": [root, *linked, *carried],
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b}
                          for a, kind, b in relations],
    }
    return json.dumps(document, indent=2) + "\n"


def all_parts(build: pathlib.Path, program: str) -> list[Part]:
    """What is linked into the program of that build tree, the compiler's own libraries and data of others among it."""
    return library_parts(build, program) + compiler_parts(build) + carried_parts(program)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: parts.py BUILD PROGRAM, prints the program's notices")
    print(notices(all_parts(pathlib.Path(sys.argv[1]), sys.argv[2])), end="")
