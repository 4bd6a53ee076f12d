#!/usr/bin/env python3
"""krew_manifest.py MANIFEST: refuses what krew would refuse (its internal/index/validation and validate-krew-manifest).

As a module it renders krew/ray.yaml.in for a release.
"""

import pathlib
import posixpath
import re
import sys

import yaml

API_VERSION = "krew.googlecontainertools.github.com/v1alpha2"
WINDOWS_FORBIDDEN = {"CON", "PRN", "AUX", "NUL", *(f"COM{n}" for n in range(1, 10)), *(f"LPT{n}" for n in range(1, 10))}
PLATFORMS = [("windows", "386"), ("windows", "amd64"), ("windows", "arm64"), ("linux", "386"), ("linux", "amd64"),
             ("linux", "arm"), ("linux", "arm64"), ("linux", "ppc64le"), ("darwin", "386"), ("darwin", "amd64"),
             ("darwin", "arm64")]
SEMVER = r"v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
PLATFORM_START = "    - selector:\n"


def render(template: str, tag: str, url: str, homepage: str, sums: dict[str, str]) -> str:
    """The manifest with the sums of the archives; a platform whose archive is not there is left out."""
    head, *platforms = template.split(PLATFORM_START)
    text = head
    for platform in platforms:
        platform = platform.replace("@URL@", url).replace("@TAG@", tag)
        name = posixpath.basename(re.search(r'uri: "(.*)"', platform).group(1))
        if name in sums:
            text += PLATFORM_START + platform.replace("@SHA256@", sums[name])
    return text.replace("@TAG@", tag).replace("@HOMEPAGE@", homepage)


def name_faults(manifest: dict, name: str) -> list[str]:
    faults = []
    if not re.fullmatch(r"[\w-]+", name) or name.upper() in WINDOWS_FORBIDDEN:
        faults.append(f'the name "{name}" is not allowed')
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        faults.append(f'the name "{name}" is not of lower case letters, digits and dashes, as the index wants it')
    if manifest.get("metadata", {}).get("name") != name:
        faults.append(f'the file is named "{name}", and the plugin is not')
    return faults


def selector_faults(selector: object) -> list[str]:
    if not isinstance(selector, dict) or not selector:
        return ["selector is missing or empty"]
    labels, expressions = selector.get("matchLabels", {}), selector.get("matchExpressions", [])
    if not labels and not expressions:
        return ["selector matches by nothing"]
    keys = [*labels, *(expression.get("key") for expression in expressions)]
    return [f'selector has the key "{key}", and krew knows os and arch only' for key in keys if key not in ("os", "arch")]


def matches(selector: dict, system: str, architecture: str) -> bool:
    values = {"os": system, "arch": architecture}
    for key, value in selector.get("matchLabels", {}).items():
        if values.get(key) != value:
            return False
    for expression in selector.get("matchExpressions", []):
        inside = values.get(expression["key"]) in expression.get("values", [])
        if inside != (expression["operator"] == "In"):
            return False
    return True


def platform_faults(platform: dict) -> list[str]:
    faults = [f"{field} is not set" for field in ("uri", "sha256", "bin") if not platform.get(field)]
    if not str(platform.get("uri", "")).endswith((".tar.gz", ".zip")):
        faults.append("uri is neither a .tar.gz nor a .zip")
    if not re.fullmatch(r"[a-f0-9]{64}", str(platform.get("sha256", ""))):
        faults.append("sha256 is not 64 digits of lower case hex")
    if "files" in platform:
        files = platform["files"]
        if not files:
            faults.append("files is there and empty")
        for operation in files or []:
            if not operation.get("from") or not operation.get("to"):
                faults.append("files has an entry without from or to")
            elif ".." in pathlib.PurePosixPath(operation["to"]).parts or operation["to"].startswith("/"):
                faults.append(f'files leads out of the plugin\'s folder: "{operation["to"]}"')
    return faults + selector_faults(platform.get("selector"))


def faults_of(manifest: dict, name: str) -> list[str]:
    """Every reason why krew or its index would refuse the manifest of a plugin of that name."""
    faults = name_faults(manifest, name)
    if manifest.get("apiVersion") != API_VERSION:
        faults.append(f'apiVersion is not "{API_VERSION}"')
    if manifest.get("kind") != "Plugin":
        faults.append('kind is not "Plugin"')
    spec = manifest.get("spec", {})
    short = spec.get("shortDescription", "")
    if not short or "\n" in short or "\r" in short:
        faults.append("shortDescription is empty or of several lines")
    if len(short) > 50:
        faults.append("shortDescription is longer than the 50 characters the index asks for")
    if not re.fullmatch(SEMVER, str(spec.get("version", ""))):
        faults.append("version is not semantic with a v in front")
    platforms = spec.get("platforms") or []
    if not platforms:
        faults.append("no platform is there")
    for number, platform in enumerate(platforms):
        faults += [f"platform {number}: {fault}" for fault in platform_faults(platform)]
    if not faults:
        faults += overlap_faults([platform["selector"] for platform in platforms])
    return faults


def overlap_faults(selectors: list[dict]) -> list[str]:
    faults = []
    for system, architecture in PLATFORMS:
        chosen = [n for n, selector in enumerate(selectors) if matches(selector, system, architecture)]
        if len(chosen) > 1:
            faults.append(f"{system}/{architecture} is matched by the platforms {chosen}")
    for number, selector in enumerate(selectors):
        if not any(matches(selector, *pair) for pair in PLATFORMS):
            faults.append(f"platform {number} matches no system that krew runs on")
    return faults


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: krew_manifest.py MANIFEST")
    path = pathlib.Path(sys.argv[1])
    faults = faults_of(yaml.safe_load(path.read_text()), path.stem)
    for fault in faults:
        print(f"{path}: {fault}", file=sys.stderr)
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
