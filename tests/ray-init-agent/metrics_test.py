"""/metrics of `start --health-port`: each number beside what has happened."""
import re
import time
import urllib.error
import urllib.request

import agent
import fake_gcs
from agent_metrics import scrape
from fake_gcs import Answer, FakeGcs, field, node_info
from free_ports import free_ports


def fake_ray(folder, script):
    """A `ray` on PATH that runs a shell's script, and then until it gets a TERM."""
    (folder / "ray").write_text(f"#!/bin/sh\ntrap 'exit 0' TERM\n{script}\nwhile :; do sleep 0.05; done\n")
    (folder / "ray").chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def start(folder, script, *flags, **variables):
    """The process and its health port. Ray's log files are in folder/logs."""
    (folder / "logs").mkdir()
    port, = free_ports(1)
    process = agent.start("start", "--preflight=false", f"--health-port={port}", f"--logs-dir={folder}/logs", *flags,
                          PATH=fake_ray(folder, script), **variables)
    return process, port


def read_lines(stream, count):
    return [stream.readline().rstrip("\n") for _ in range(count)]


def status(port, path):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=15).status
    except urllib.error.HTTPError as error:
        return error.code


def wait_for(condition, process):
    deadline = time.monotonic() + 30
    while not condition():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)


def test_a_head_counts_lines_and_probes(tmp_path):
    nobody = free_ports(1)[0]  # /readyz finds no raylet there
    before = time.time()
    process, port = start(tmp_path, f"seq 300 >{tmp_path}/logs/raylet.out; seq 200 >{tmp_path}/logs/gcs_server.out; echo one; echo two",
                          "--node-type=head", f"--param=dashboard-agent-listen-port={nobody}",
                          RAY_CLUSTER_NAME='de"mo')
    out = read_lines(process.stdout, 502)
    assert [status(port, path) for path in ["/healthz", "/healthz", "/readyz", "/", "/metrics/"]] == [200, 200, 503, 404, 404]
    assert status(port, "/metrics") == 200
    found = scrape(port)
    assert found['log_lines_total{source="file"}'] == 500
    assert found['log_lines_total{source="child"}'] == 2
    assert found["log_written_bytes_total"] == len("".join(line + "\n" for line in out))
    assert (found["log_waiting_bytes"], found["log_dropped_lines_total"], found["log_pieces_total"]) == (0, 0, 0)
    assert (found["log_files"], found["log_files_open"]) == (2, 2)
    assert found['probes_total{path="/healthz",result="ok"}'] == 2
    assert found['probes_total{path="/healthz",result="failed"}'] == 0
    assert found['probes_total{path="/readyz",result="ok"}'] == 0
    assert found['probes_total{path="/readyz",result="failed"}'] == 1
    assert (found["requests_refused_total"], found["scrapes_total"]) == (2, 1)
    assert found['node_info{node_type="head",cluster="de\\"mo"}'] == 1
    version = agent.run("version").stdout.split()[1]
    assert found[f'build_info{{version="{version}",ray_release=""}}'] == 1
    assert before - 1 < found["start_time_seconds"] <= found["child_start_time_seconds"] + 0.001 < time.time() + 1
    assert 0 < found["uptime_seconds"] < time.time() - before + 1
    assert (found["drains_asked_total"], found["drain_seconds"], found['watchdog_checks_total{result="answered"}']) == (0, 0, 0)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_worker_counts_its_wait_its_watchdog_and_its_drain(tmp_path):
    alive, tries = [True], []

    def check_alive(*_):
        tries.append(1)
        return Answer(fake_gcs.check_alive_reply(code=14 if len(tries) <= 3 else 0))

    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = check_alive
        gcs.replies[fake_gcs.GET_ALL_NODE_INFO] = lambda *_: Answer(
            field(2, node_info(b"node-1", "10.0.0.1", alive[0], instance_id="pod-1")))
        process, port = start(tmp_path, "echo up", "--node-type=worker", "--gcs-silence=3s", FQ_RAY_IP="127.0.0.1",
                              RAY_PORT=str(gcs.port), RAY_CLOUD_INSTANCE_ID="pod-1")
        assert process.stdout.readline() == "[ray_start] up\n"
        gcs.wait_for_call(fake_gcs.GET_CLUSTER_ID, count=2)
        found = scrape(port)
        assert found["gcs_wait_tries_total"] == 4
        assert found['gcs_wait_failures_total{reason="not_ready"}'] == 3
        assert sum(value for name, value in found.items() if name.startswith("gcs_wait_failures_total")) == 3
        assert found["gcs_wait_failed_lookups_total"] == 0  # an address needs none
        assert 0.01 <= found["gcs_wait_seconds"] <= found["uptime_seconds"]
        assert 1 <= found['watchdog_checks_total{result="answered"}'] <= 2
        assert found['watchdog_checks_total{result="failed"}'] == 0

        process.terminate()
        gcs.wait_for_call(fake_gcs.DRAIN_NODE)
        wait_for(lambda: scrape(port)["drains_accepted_total"] == 1, process)
        took = scrape(port)["drain_seconds"]
        wait_for(lambda: scrape(port)["drain_seconds"] > took, process)
        found = scrape(port)
        assert found["drains_asked_total"] == 1
        assert sum(value for name, value in found.items() if name.startswith("drains_ended_total")) == 0
        alive[0] = False
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_how_a_drain_ended_stays_until_ray_has_ended(tmp_path):
    with FakeGcs() as gcs:  # without a node of that name
        process, port = start(tmp_path, f"trap 'while ! test -e {tmp_path}/end; do sleep 0.01; done; exit 0' TERM; echo up",
                              "--node-type=worker", FQ_RAY_IP="127.0.0.1", RAY_PORT=str(gcs.port), RAY_CLOUD_INSTANCE_ID="pod-1")
        assert process.stdout.readline() == "[ray_start] up\n"
        process.terminate()
        wait_for(lambda: scrape(port)['drains_ended_total{result="not_registered"}'] == 1, process)
        found = scrape(port)
        assert found["drain_seconds"] == scrape(port)["drain_seconds"]
        assert (found["drains_asked_total"], found["drains_accepted_total"]) == (1, 0)
        (tmp_path / "end").touch()
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_lines_dropped_for_want_of_a_reader(tmp_path):
    count = 50_000
    process, port = start(tmp_path, f"seq -f 'line %.0f of some text that fills a pipe' {count}; touch {tmp_path}/all",
                          "--node-type=head")
    wait_for((tmp_path / "all").exists, process)

    def all_counted():
        found = scrape(port)
        return found['log_lines_total{source="child"}'] + found["log_dropped_lines_total"] == count
    wait_for(all_counted, process)  # of what Ray has written, a pipe may still hold something
    found = scrape(port)
    assert found["log_waiting_bytes"] >= 1 << 20
    said = ""
    for said in process.stdout:
        if "WARNING dropped" in said:
            break
    assert re.search(r"dropped (\d+) lines", said)[1] == f'{found["log_dropped_lines_total"]:.0f}'
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_files_that_the_quota_removed(tmp_path):
    logs = tmp_path / "logs/old"
    script = f"mkdir {logs}; for i in 1 2 3; do printf '%1999s\\n' '' >{logs}/worker-$i.out; done; echo up"
    process, port = start(tmp_path, script, "--node-type=head", "--logs-quota=3Ki", "--logs-quota-interval=50ms")
    while process.stdout.readline() != "[ray_start] up\n":
        assert process.poll() is None
    wait_for(lambda: len(list(logs.iterdir())) == 1, process)
    wait_for(lambda: scrape(port)['quota_removed_files_total{reason="size"}'] == 2, process)
    found = scrape(port)
    assert found["quota_removed_bytes_total"] == 4000
    assert (found['quota_removed_files_total{reason="age"}'], found["quota_failures_total"]) == (0, 0)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0
