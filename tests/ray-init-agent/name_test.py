"""How wait-gcs asks a pod's name server for the head: seldom, patiently, and with the server's own words where it fails.

The figures before these rules, of the same server: 36 questions a second for as long as a worker waited, and a head that
was never found where four search domains took 450 ms a question.
"""
import sys

import agent_metrics
import name_server
import pytest
from name_server import A, AAAA, POD_SEARCH

HOST = "demo-head-svc.default.svc.cluster.local"
TIMED_OUT = 65
CORP = ["corp.example", *POD_SEARCH]


def test_a_missing_name_costs_a_question_a_second():
    result = name_server.run(HOST, "14s")
    assert result.returncode == TIMED_OUT
    assert f'name: there is no host "{HOST}" (yet)' in result.stderr
    assert "Check that the head's service exists" in result.stderr
    assert result.names() == [HOST]
    # Once the name is known to be missing, the addresses of one family are enough to ask for.
    assert [kind for _, _, kind in result.queries].count(AAAA) == 1
    assert 8 <= len([at for at, _, _ in result.queries if at < 10]) <= 12
    assert len([at for at, _, _ in result.queries if at >= 10]) <= 5


def test_a_missing_name_that_is_searched_for_costs_no_more_in_the_end():
    result = name_server.run("demo-head-svc", "14s")
    assert result.names() == [*(f"demo-head-svc.{domain}" for domain in POD_SEARCH), "demo-head-svc"]
    # Eight at first; then four each, in pauses of one, one, two and four seconds and more.
    assert len([at for at, _, _ in result.queries if at < 10]) <= 24
    assert len([at for at, _, _ in result.queries if at >= 10]) <= 4  # one look-up


def test_an_answer_is_kept_while_the_port_is_closed():
    result = name_server.run(HOST, "7s", names=[HOST], gcs=False)
    assert result.returncode == TIMED_OUT and "refused: connection refused" in result.stderr
    assert [name for _, name, _ in result.queries] == [HOST] * 4  # A and AAAA, at 0 s and between 5 and 6.25 s
    assert 20 <= result.connections <= 45


def test_a_name_that_comes_later():
    result = name_server.run(HOST, "30s", names=[HOST], missing_first=6)
    assert result.returncode == 0, result.stderr


def test_look_ups_that_failed_are_counted(tmp_path):
    """Only what runs beside the agent reaches its port: Ray itself asks."""
    ray, found, port = tmp_path / "ray", tmp_path / "metrics", 8081
    ray.write_text(f"#!{sys.executable}\nimport urllib.request\nwhile True:\n  try:\n"
                   f"    text = urllib.request.urlopen('http://127.0.0.1:{port}/metrics').read()\n"
                   f"    break\n  except OSError: pass\nopen('{found}', 'wb').write(text)\n")
    ray.chmod(0o755)
    command = ["start", "--node-type=worker", "--preflight=false", "--logs=off", "--watchdog=false", f"--health-port={port}"]
    result = name_server.run(HOST, "30s", names=[HOST], missing_first=6, command=command,
                             variables={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert result.returncode == 0, result.stderr
    metrics = agent_metrics.parse(found.read_text())
    assert metrics["gcs_wait_failed_lookups_total"] == 5  # of two questions, and then of one
    assert 1 <= metrics['gcs_wait_failures_total{reason="name"}'] == metrics["gcs_wait_tries_total"] - 1


@pytest.mark.parametrize("host, expected", [
    (HOST, [HOST]),
    ("demo-head-svc", ["demo-head-svc.default.svc.cluster.local"]),
    # In the namespace "dev" a short name would otherwise be somebody's host in the Internet.
    ("demo-head-svc.default.svc", ["demo-head-svc.default.svc.default.svc.cluster.local",
                                   "demo-head-svc.default.svc.svc.cluster.local", HOST]),
])
def test_the_order_of_names(host, expected):
    result = name_server.run(host, "20s", names=[HOST])
    assert result.returncode == 0, result.stderr
    assert result.names() == expected


@pytest.mark.parametrize("delay, host", [(0.45, HOST), (1.5, "demo-head-svc.default.svc")])
def test_a_slow_name_server(delay, host):
    # The second look-up takes four answers in a row: longer than any one call of the GCS may.
    result = name_server.run(host, "40s", search=CORP, names=[HOST], delay=delay)
    assert result.returncode == 0, result.stderr


def test_a_name_server_that_drops_questions_for_ipv6():
    result = name_server.run(HOST, "30s", names=[HOST], silent=[AAAA])
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("host", [HOST, "demo-head-svc"])
def test_a_search_domain_whose_servers_fail_keeps_nobody_out(host):
    result = name_server.run(host, "20s", search=CORP, names=[HOST], broken="corp.example")
    assert result.returncode == 0, result.stderr


def test_a_name_server_that_fails_is_named():
    result = name_server.run(HOST, "3s", broken="cluster.local")
    assert result.returncode == TIMED_OUT
    assert f'dns: cannot look up "{HOST}" at the name server 127.0.0.53:53: ' in result.stderr
    assert "general failure" in result.stderr and "/etc/resolv.conf" in result.stderr


def test_a_silent_name_server_is_named():
    result = name_server.run(HOST, "3s", silent=[A, AAAA])
    assert result.returncode == TIMED_OUT
    assert f'dns: no answer yet about "{HOST}" from the name server 127.0.0.53:53' in result.stderr
    assert len(result.queries) <= 6
