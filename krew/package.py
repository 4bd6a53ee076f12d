"""Packs what krew/release has built: package.py --outdir DIR --url URL --homepage URL PLATFORM..."""

import argparse
import hashlib
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "krew"))
import archive
import krew_manifest
import oci_image
import parts
from archive import Entry

PRESETS = {"linux-amd64": "release", "linux-arm64": "release-arm64", "macos-arm64": "release-macos-arm64",
           "macos-amd64": "release-macos-amd64", "windows-amd64": "release-windows-amd64"}
LINUX = {"amd64": "release", "arm64": "release-arm64"}
IMAGE = "localhost/ray-init-agent"


class Release:
    """What all files of one release share."""

    def __init__(self, outdir: pathlib.Path, url: str) -> None:
        self.outdir = outdir
        self.epoch = int(os.environ["SOURCE_DATE_EPOCH"])
        self.created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.epoch))
        self.version = parts.cache_entry(ROOT / "build/release", "CMAKE_PROJECT_VERSION")
        self.tag = f"v{self.version}"
        self.agents = {architecture: self.built(preset, "ray-init-agent/ray-init-agent.gz")
                       for architecture, preset in LINUX.items()}
        self.share = share_files()
        self.installer = (ROOT / "krew/install.sh").read_text().replace("released_at=''", f"released_at='{url}'").encode()

    def built(self, preset: str, path: str) -> bytes:
        return (ROOT / "build" / preset / path).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        (self.outdir / name).write_bytes(content)


def share_files() -> list[Entry]:
    """Manual pages, completions and kubectl's helper: the same on every platform."""
    folder = ROOT / "build/share"
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [Entry(str(path.relative_to(folder)), path.read_bytes(), os.access(path, os.X_OK)) for path in files]


def documents(linked: list[parts.Part]) -> list[Entry]:
    return [Entry("LICENSE", (ROOT / "LICENSE").read_bytes()), Entry("NOTICES", parts.notices(linked).encode())]


def pack_plugin(release: Release, platform: str) -> None:
    preset = PRESETS[platform]
    windows = platform.startswith("windows-")
    program = "kubectl-ray.exe" if windows else "kubectl-ray"
    binary = release.built(preset, f"kubectl-ray/{program}")
    # The agents inside are linked of parts of their own.
    linked = list(dict.fromkeys([*parts.all_parts(ROOT / "build" / preset, "kubectl-ray"),
                                 *parts.all_parts(ROOT / "build/release", "ray-init-agent")]))
    sbom = parts.spdx("kubectl-ray", release.version, platform, binary, linked, release.agents, release.created).encode()
    entries = [Entry(program, binary, True), *documents(linked), Entry("sbom.spdx.json", sbom)]
    name = f"kubectl-ray_{release.tag}_{platform.replace('-', '_')}"
    if windows:  # which has no man, and no shell for the scripts
        helper = "kubectl_complete-ray.exe"
        entries.append(Entry(helper, release.built(preset, f"kubectl-ray/{helper}"), True))
        release.write(f"{name}.zip", archive.zipped(entries, release.epoch))
    else:
        entries += [*release.share, Entry("install.sh", release.installer, True)]
        release.write(f"{name}.tar.gz", archive.tar_gz(entries, release.epoch))
    release.write(f"{name}.spdx.json", sbom)


def pack_agent(release: Release, architecture: str) -> list[Entry]:
    """Writes the archive; what the image holds."""
    preset = LINUX[architecture]
    binary = release.built(preset, "ray-init-agent/ray-init-agent")
    linked = parts.all_parts(ROOT / "build" / preset, "ray-init-agent")
    sbom = parts.spdx("ray-init-agent", release.version, f"linux-{architecture}", binary, linked, {}, release.created)
    program = Entry("ray-init-agent", binary, True)
    texts = documents(linked)
    name = f"ray-init-agent_{release.tag}_linux_{architecture}"
    entries = [program, *texts, Entry("sbom.spdx.json", sbom.encode())]
    release.write(f"{name}.tar.gz", archive.tar_gz(entries, release.epoch))
    release.write(f"{name}.spdx.json", sbom.encode())
    return [program, *(Entry(f"licenses/{text.path}", text.content) for text in texts)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--outdir", type=pathlib.Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--homepage", required=True)
    parser.add_argument("platforms", nargs="+", choices=PRESETS)
    options = parser.parse_args()
    release = Release(options.outdir, options.url)
    for platform in options.platforms:
        pack_plugin(release, platform)
    image = {architecture: pack_agent(release, architecture) for architecture in LINUX}
    settings = oci_image.containerfile_instructions(ROOT / "ray-init-agent/Containerfile")
    release.write(f"ray-init-agent_{release.tag}_oci.tar",
                  oci_image.layout(image, settings, IMAGE, release.tag, release.created, release.epoch))
    release.write("install.sh", release.installer)
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(options.outdir.iterdir()) if path.name not in ("ray.yaml", "sha256sums.txt")}
    manifest = krew_manifest.render((ROOT / "krew/ray.yaml.in").read_text(), release.tag, options.url, options.homepage, sums)
    release.write("ray.yaml", manifest.encode())
    sums["ray.yaml"] = hashlib.sha256(manifest.encode()).hexdigest()
    release.write("sha256sums.txt", "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())


if __name__ == "__main__":
    main()
