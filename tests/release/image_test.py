"""The agent's image: a layout for two platforms, imported into containerd and run in the real cluster's pods."""

import gzip
import hashlib
import io
import json
import subprocess
import tarfile

import pytest
import dist
from cluster import SMALL, kubectl, kubectl_json, namespace, run
from dist import files_of, one

SOCKET = "/run/kubectl-ray/containerd.sock"


@pytest.fixture(scope="module")
def blobs():
    return files_of(one("ray-init-agent_v*_oci.tar"))


def blob(blobs, descriptor):
    content = blobs["blobs/" + descriptor["digest"].replace(":", "/")]
    assert len(content) == descriptor["size"]
    assert hashlib.sha256(content).hexdigest() == descriptor["digest"].removeprefix("sha256:")
    return content


def manifests(blobs):
    (image,) = json.loads(blobs["index.json"])["manifests"]
    return json.loads(blob(blobs, image))["manifests"]


def test_the_layout_has_the_agent_for_both_platforms(blobs):
    assert json.loads(blobs["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert [entry["platform"] for entry in manifests(blobs)] == [
        {"architecture": "amd64", "os": "linux"}, {"architecture": "arm64", "os": "linux"}]
    for entry in manifests(blobs):
        manifest = json.loads(blob(blobs, entry))
        config = json.loads(blob(blobs, manifest["config"]))
        (layer,) = [blob(blobs, descriptor) for descriptor in manifest["layers"]]
        assert config["architecture"] == entry["platform"]["architecture"]
        assert config["config"] == {"User": "65534:65534", "Entrypoint": ["/ray-init-agent"]}
        assert config["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(gzip.decompress(layer)).hexdigest()]
        with tarfile.open(fileobj=io.BytesIO(layer)) as files:
            assert files.extractfile("ray-init-agent").read() == dist.agent(config["architecture"])
            assert files.getmember("ray-init-agent").mode == 0o755
            assert {"licenses/LICENSE", "licenses/NOTICES"} < set(files.getnames())


def test_pods_of_the_real_cluster_run_the_agent_of_the_image():
    name = "localhost/ray-init-agent:" + json.loads(files_of(one("ray-init-agent_v*_oci.tar"))["index.json"])[
        "manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
    containerd = ["ctr", "-a", SOCKET, "-n", "k8s.io"]
    subprocess.run([*containerd, "images", "import", "--all-platforms", one("ray-init-agent_v*_oci.tar")], check=True)
    try:
        with namespace("agent-image") as ns:
            done = run("kubectl-ray", "create", "cluster", "demo", "-n", ns, *SMALL, "--worker-replicas", "1",
                       "--agent-image", name, "--wait", timeout=180)
            assert done.returncode == 0, done.stderr
            for pod in kubectl_json("get", "pods", "-n", ns)["items"]:
                # The operator, where one runs, puts its own after it.
                assert pod["spec"]["initContainers"][0]["image"] == name
            assert "configmap/ray-init-agent" not in kubectl("get", "configmaps", "-n", ns, "-o", "name")
    finally:
        subprocess.run([*containerd, "images", "rm", name], check=True, capture_output=True)
