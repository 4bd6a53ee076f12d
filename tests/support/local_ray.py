"""A real Ray on this machine, of the cluster's version, for as long as a test module runs."""

import os
import pathlib
import subprocess
import tempfile
import urllib.request

from free_ports import free_ports


def ray_program(name="ray"):
    here = pathlib.Path(__file__).resolve().parent.parent / "cluster" / "ray-venv"
    venv = subprocess.run([here], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return pathlib.Path(venv) / "bin" / name


class LocalRay:
    """`ray start --head --block` with two CPUs; `dashboard_port` is on loopback, and so are the ports of its metrics: of the
    node, the autoscaler and the dashboard."""

    def __enter__(self):
        gcs, self.dashboard_port, agent, client, *self.metrics_ports = free_ports(7)
        self.directory = tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True)
        node_metrics, autoscaler_metrics, dashboard_metrics = self.metrics_ports
        environment = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
                       "AUTOSCALER_METRIC_PORT": str(autoscaler_metrics), "DASHBOARD_METRIC_PORT": str(dashboard_metrics)}
        self.process = subprocess.Popen(
            [ray_program(), "start", "--head", "--block", "--node-ip-address=127.0.0.1", f"--port={gcs}",
             f"--dashboard-port={self.dashboard_port}", f"--dashboard-agent-listen-port={agent}",
             f"--ray-client-server-port={client}", f"--metrics-export-port={node_metrics}", "--min-worker-port=0", "--max-worker-port=0",
             "--num-cpus=2",
             "--object-store-memory=100000000", "--disable-usage-stats", f"--temp-dir={self.directory.name}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True)
        try:
            self._await_dashboard()
        except BaseException:
            self.__exit__()  # no caller's `with` does it yet
            raise
        return self

    def _await_dashboard(self):
        for _ in range(240):
            assert self.process.poll() is None, "ray start ended"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.dashboard_port}/api/version", timeout=5):
                    return
            except OSError:
                try:
                    self.process.wait(0.5)
                except subprocess.TimeoutExpired:
                    pass
        raise AssertionError("the dashboard did not answer within two minutes")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.directory.cleanup()
