"""A real Prometheus on loopback: Debian's package of the suite that apt knows here, unpacked and not installed.

Its signature is checked by apt, and its sha256 names the folder in which it is kept. Debian builds it without Kubernetes'
discovery, so that a test puts static_configs in the place of kubernetes_sd_configs."""

import contextlib
import hashlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml
from cluster import CACHE
from free_ports import free_ports


def download(folder: pathlib.Path) -> pathlib.Path:
    """By the machine's lists of packages; if it has none, or old ones, by lists of our own."""
    (folder / "lists/partial").mkdir(parents=True)
    lists = ["-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"]
    for words in (["download", "prometheus"], [*lists, "update"], [*lists, "download", "prometheus"]):
        done = subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", *words], cwd=folder,
                              capture_output=True, text=True, check=False)
        if found := list(folder.glob("*.deb")):
            return found[0]
    raise OSError(f"cannot download Debian's package prometheus: {done.stderr}")


def program() -> pathlib.Path:
    """The program, downloaded at its first need."""
    kept = sorted(CACHE.glob("prometheus-*/usr/bin/prometheus"))
    if kept:
        return kept[-1]
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="prometheus.", dir=CACHE))
    try:
        package = download(folder)
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
        subprocess.run(["dpkg-deb", "-x", package, folder / "unpacked"], check=True)
        target = CACHE / f"prometheus-{digest[:12]}"
        with contextlib.suppress(OSError):  # another test was quicker
            (folder / "unpacked").rename(target)
        return target / "usr/bin/prometheus"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Prometheus:
    """Runs with this configuration, an object, and scrapes each second."""

    def __init__(self, config):
        self.config = {"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, **config}

    def __enter__(self):
        self.port, = free_ports(1)
        self.folder = tempfile.TemporaryDirectory(prefix="prometheus-", ignore_cleanup_errors=True)
        path = pathlib.Path(self.folder.name)
        (path / "prometheus.yml").write_text(yaml.safe_dump(self.config))
        self.log = path / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program(), f"--config.file={path}/prometheus.yml", f"--storage.tsdb.path={path}/data",
                 f"--web.listen-address=127.0.0.1:{self.port}"], stdout=log, stderr=subprocess.STDOUT)
        try:
            self.wait_for(self._is_ready, 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def _is_ready(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
            return True
        return False

    def wait_for(self, condition, timeout):
        """Until the condition holds; nothing reports that a series is new, so it is asked again and again."""
        end = time.monotonic() + timeout
        while not condition():
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.2)

    def query(self, expression):
        """The labels of each series of an instant query, with its value as "value". An expression that is none fails."""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                result = json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{expression}: {error.read().decode()}") from error
        return [{**series["metric"], "value": float(series["value"][1])} for series in result]

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()
