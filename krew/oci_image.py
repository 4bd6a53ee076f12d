"""The agent's image from scratch as an OCI layout for several platforms, in one tar, made without a container engine."""

import hashlib
import json
import pathlib

from archive import Entry, tar, tar_gz

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


class Blobs:
    """The blobs of a layout, by digest."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, media_type: str, content: bytes) -> dict:
        """Its descriptor."""
        digest = hashlib.sha256(content).hexdigest()
        entry = Entry(f"blobs/sha256/{digest}", content)
        if entry not in self.entries:
            self.entries.append(entry)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    def add_json(self, media_type: str, document: dict) -> dict:
        return self.add(media_type, json.dumps(document, sort_keys=True, separators=(",", ":")).encode())


def containerfile_instructions(path: pathlib.Path) -> dict[str, str]:
    """USER and ENTRYPOINT of the Containerfile: those who build the image with an engine get the same."""
    words = dict(line.split(maxsplit=1) for line in path.read_text().splitlines() if line and line[0] not in "# ")
    return {"User": words["USER"], "Entrypoint": json.loads(words["ENTRYPOINT"])}


def platform_manifest(blobs: Blobs, architecture: str, files: list[Entry], settings: dict, created: str, epoch: int) -> dict:
    layer = tar_gz(files, epoch)
    diff_id = hashlib.sha256(tar(files, epoch)).hexdigest()
    config = {"architecture": architecture, "os": "linux", "created": created, "config": settings,
              "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff_id}"]},
              "history": [{"created": created, "created_by": "krew/release"}]}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": blobs.add_json(CONFIG, config),
                "layers": [blobs.add(LAYER, layer)]}
    return {**blobs.add_json(MANIFEST, manifest), "platform": {"architecture": architecture, "os": "linux"}}


def layout(files: dict[str, list[Entry]], settings: dict, name: str, tag: str, created: str, epoch: int) -> bytes:
    """The tar of a layout with one image for each architecture of `files`; importers find it as NAME:TAG."""
    blobs = Blobs()
    manifests = [platform_manifest(blobs, architecture, entries, settings, created, epoch)
                 for architecture, entries in sorted(files.items())]
    image = blobs.add_json(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})
    image["annotations"] = {"io.containerd.image.name": f"{name}:{tag}", "org.opencontainers.image.ref.name": tag}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [image]}
    return tar([*blobs.entries, Entry("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'),
                Entry("index.json", json.dumps(index, sort_keys=True).encode())], epoch)
