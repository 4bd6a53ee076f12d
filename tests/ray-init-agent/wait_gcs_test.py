"""wait-gcs against a GCS that is good, late, wrong, silent, cut off, hostile, or wants TLS or a token."""
import os
import signal
import subprocess
import time

import agent
import fake_gcs
import pytest
from fake_gcs import Answer, FakeGcs
from free_ports import free_ports

TIMED_OUT, REFUSED, USAGE = 65, 66, 64


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return fake_gcs.make_certificates(tmp_path_factory.mktemp("tls") / "good")


def wait(address, timeout="20s", **variables):
    return agent.run("wait-gcs", "--address", address, "--gcs-timeout", timeout, **variables)


def wait_in_vain(address, reason, **variables):
    """The end of a wait that found out why: a busy machine gets more time for that than an idle one."""
    for timeout in ("400ms", "4s", "20s"):
        result = wait(address, timeout, **variables)
        if reason in result.stderr:
            break
    return result


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_ready_gcs(host):
    with FakeGcs(host) as gcs:
        result = wait(gcs.address)
    assert (result.returncode, result.stdout) == (0, "")
    path, headers, message = gcs.calls[0]
    assert (path, message) == (fake_gcs.CHECK_ALIVE, b"")
    assert headers["content-type"] == "application/grpc"
    assert headers["te"] == "trailers"
    assert headers["user-agent"] == agent.run("version").stdout.strip().replace(" ", "/")


def test_the_address_comes_from_kuberays_variables():
    with FakeGcs() as gcs:
        result = agent.run("wait-gcs", "--gcs-timeout=20s", FQ_RAY_IP="localhost", RAY_PORT=str(gcs.port), RAY_ADDRESS="nowhere:1")
    assert result.returncode == 0
    result = agent.run("wait-gcs")
    assert result.returncode == USAGE
    assert "the address of the gcs is not known" in result.stderr


def test_reasons_below_grpc():
    def check(address, reason):
        result = wait_in_vain(address, reason)
        assert (result.returncode, reason in result.stderr) == (TIMED_OUT, True), result.stderr
    check(f"127.0.0.1:{free_ports(1)[0]}", "refused: connection refused")
    check("no-such-host.invalid:6379", "name: ")
    with FakeGcs(raw="silent") as gcs:
        check(gcs.address, "no answer: ")


@pytest.mark.parametrize("raw", [b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", b"+PONG\r\n", b"\0" * 100,
                                 b"\xff" * 40000], ids=["http1", "redis", "nuls", "noise"])
def test_not_a_gcs(raw):
    with FakeGcs(raw=raw) as gcs:
        result = wait_in_vain(gcs.address, "not a gcs: ")
    assert result.returncode == TIMED_OUT
    assert "not a gcs: " in result.stderr


ANSWERS = [
    ("unimplemented", Answer(grpc_status="12", grpc_message="no such method"), "not a gcs: grpc status 12: no such method"),
    ("unauthenticated", Answer(grpc_status="16", grpc_message="Invalid%20token"), "token: grpc status 16: Invalid token"),
    ("unavailable", Answer(grpc_status="14"), "not ready: grpc status 14: "),
    ("web page", Answer(b"<html>", content_type="text/html"), "not a gcs: http status 200 without grpc"),
    ("forbidden", Answer(status="403"), "token: http status 403"),
    ("bad gateway", Answer(status="503"), "not ready: http status 503"),
    ("gcs status", Answer(fake_gcs.check_alive_reply(code=3)), "not ready: gcs status 3: "),
    ("no message", Answer(b"", framed=False), "not a gcs: cannot read grpc answer: it has no message"),
    ("compressed", Answer(b"\1\0\0\0\0", framed=False), "not a gcs: cannot read grpc answer: it is compressed"),
    ("wrong length", Answer(b"\0\0\0\0\5abc", framed=False), "not a gcs: cannot read grpc answer: its length is wrong"),
    ("broken protobuf", Answer(b"\x12\xff\xff\xff\xff\xff"), "not a gcs: cannot read CheckAliveReply: "),
    ("escape sequences", Answer(grpc_status="14", grpc_message="%1b[31mred"), r"not ready: grpc status 14: \x1b[31mred"),
    ("cut off", Answer(fake_gcs.check_alive_reply(), cut=3), "not ready: "),
]


@pytest.mark.parametrize("answer,reason", [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_reasons_of_grpc(answer, reason):
    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = answer
        result = wait_in_vain(gcs.address, reason)
    assert result.returncode == (REFUSED if reason.startswith("token") else TIMED_OUT)
    assert reason in result.stderr


def test_a_huge_answer_is_not_swallowed():
    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = Answer(b"x" * (65 << 20))
        result = wait(gcs.address, timeout="5s")
    assert result.returncode == TIMED_OUT
    assert "not a gcs: " in result.stderr or "no answer: " in result.stderr


def attempts(pid, port):
    """How many connections to the port the process waits for just now."""
    with open(f"/proc/{pid}/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    syn_sent = "02"
    return sum(row[2].endswith(f":{port:04X}") and row[3] == syn_sent for row in rows)


# Once the kernel's own seconds between two SYNs were waited out. How soon it is, bench/wait_gcs_bench.py measures.
@pytest.mark.parametrize("tls", [False, True], ids=["cleartext", "tls"])
def test_while_packets_are_dropped_new_connections_are_tried_beside_the_old(certificates, tls):
    gcs = FakeGcs(tls=fake_gcs.server_tls(certificates) if tls else None)
    gcs.drop_connections()
    fillers = attempts(os.getpid(), gcs.port)
    variables = fake_gcs.tls_environment(certificates) if tls else {}
    process = agent.start("wait-gcs", "--address", gcs.address, POD_IP="127.0.0.1", **variables)
    deadline = time.monotonic() + 30
    while attempts(process.pid, gcs.port) < fillers + 3:
        assert process.poll() is None and time.monotonic() < deadline
    with gcs:
        assert process.wait(30) == 0


def test_a_gcs_that_is_slow_to_answer_is_waited_for():
    def late(*unused):
        time.sleep(1)
        return Answer(fake_gcs.check_alive_reply())
    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = late
        assert wait(gcs.address, timeout="10s").returncode == 0
    assert len(gcs.calls) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_wait(number):
    with FakeGcs(raw="silent") as gcs:
        process = agent.start("wait-gcs", "--address", gcs.address)
        while not gcs.connections:
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    assert "stopped waiting" in process.stderr.read()


def image(tmp_path, version):
    """A PATH to a `ray` of this version."""
    metadata = tmp_path / "venv/lib/python3.11/site-packages/ray-2.40.0.dist-info/METADATA"
    metadata.parent.mkdir(parents=True, exist_ok=True)
    metadata.write_text(f"Metadata-Version: 2.1\nName: ray\nVersion: {version}\n")
    script = tmp_path / "bin/ray"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!{tmp_path}/venv/bin/python3\n")
    script.chmod(0o755)
    return str(script.parent)


def test_another_version_is_refused(tmp_path):
    message = tmp_path / "message"
    message.touch()
    variables = {"PATH": image(tmp_path, "2.40.0"), "RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH": str(message)}
    with FakeGcs() as gcs:
        begin = time.monotonic()
        result = wait(gcs.address, timeout="1h", **variables)
        assert result.returncode == REFUSED
        assert time.monotonic() - begin < 15
        # Shorter than it waits for a head that is being replaced, and time enough for an answer on a busy machine.
        assert wait(gcs.address, timeout="3s", **variables).returncode == REFUSED
        assert 'the head\'s Ray is "2.52.0", and this image\'s is "2.40.0"' in result.stderr
        assert '"2.40.0"' in message.read_text()
        assert wait(gcs.address, RAY_INIT_AGENT_VERSION_CHECK="false", **variables).returncode == 0
        variables["PATH"] = image(tmp_path, "2.52.0+local1")  # of one's own build; the GCS says 2.52.0
        assert wait(gcs.address, **variables).returncode == 0


def test_the_old_head_of_an_upgrade_is_not_the_last_word(tmp_path):
    versions = iter(["2.40.0", "2.40.0", "2.40.0"])
    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = lambda *unused: Answer(fake_gcs.check_alive_reply(next(versions, "2.52.0")))
        assert wait(gcs.address, PATH=image(tmp_path, "2.52.0")).returncode == 0
    assert len(gcs.connections) == 4  # a connection that stays would lead to the old one for as long as that ends


def test_mutual_tls(certificates):
    with FakeGcs(tls=fake_gcs.server_tls(certificates)) as gcs:
        result = wait(gcs.address, POD_IP="127.0.0.1", **fake_gcs.tls_environment(certificates))
    assert (result.returncode, result.stderr) == (0, "")


def test_a_certificate_of_another_ca_or_name(certificates, tmp_path):
    other = fake_gcs.make_certificates(tmp_path / "other")
    misnamed = fake_gcs.make_certificates(tmp_path / "misnamed", "DNS:elsewhere")
    for server, client in [(other, certificates), (misnamed, misnamed), (certificates, other)]:
        with FakeGcs(tls=fake_gcs.server_tls(server)) as gcs:
            result = wait_in_vain(gcs.address, "certificate: ", POD_IP="127.0.0.1", **fake_gcs.tls_environment(client))
        assert result.returncode == REFUSED, result.stderr
        assert "certificate: " in result.stderr


def test_tls_against_cleartext_and_the_other_way(certificates):
    with FakeGcs() as gcs:
        result = wait_in_vain(gcs.address, "certificate: ", POD_IP="127.0.0.1", **fake_gcs.tls_environment(certificates))
        assert result.returncode == REFUSED
    with FakeGcs(tls=fake_gcs.server_tls(certificates)) as gcs:
        result = wait_in_vain(gcs.address, "RAY_USE_TLS")
    assert result.returncode == TIMED_OUT
    assert "RAY_USE_TLS" in result.stderr


ALERT = b"\x15\x03\x03\0\2\2\x28"  # RFC 8446, 6: fatal, handshake_failure


# What the GCS does once it has read the ClientHello, or the call.
@pytest.mark.parametrize("raw, answer, reason, code", [
    (b"", None, "not ready: ", TIMED_OUT),
    ("reset", None, "not ready: ", TIMED_OUT),
    (None, Answer(reset=True), "not ready: ", TIMED_OUT),
    (ALERT, None, "certificate: ", REFUSED),
], ids=["end", "reset", "stream reset", "alert"])
def test_a_connection_that_breaks_is_no_certificate(certificates, raw, answer, reason, code):
    """A GCS that starts again, or a proxy before it, had the wait end as if the certificate were wrong."""
    with FakeGcs(raw=raw, tls=None if raw is not None else fake_gcs.server_tls(certificates)) as gcs:
        if answer:
            gcs.replies[fake_gcs.CHECK_ALIVE] = answer
        result = wait_in_vain(gcs.address, reason, POD_IP="127.0.0.1", **fake_gcs.tls_environment(certificates))
    assert (result.returncode, reason in result.stderr) == (code, True), result.stderr


def test_the_pods_own_certificate_does_not_name_the_pod(certificates, tmp_path):
    mine = fake_gcs.make_certificates(tmp_path / "mine", "DNS:localhost,IP:10.9.8.7")
    variables = {**fake_gcs.tls_environment(certificates), "RAY_TLS_SERVER_CERT": str(mine / "tls.crt")}
    with FakeGcs(tls=fake_gcs.server_tls(certificates)) as gcs:
        result = wait_in_vain(gcs.address, "does not name the pod's address 127.0.0.1 yet", POD_IP="127.0.0.1", **variables)
        assert result.returncode == REFUSED
        assert "does not name the pod's address 127.0.0.1 yet" in result.stderr
        assert not gcs.connections


def test_a_file_that_is_missing(certificates):
    variables = fake_gcs.tls_environment(certificates)
    variables["RAY_TLS_CA_CERT"] = "/nowhere/ca.crt"
    result = wait("127.0.0.1:1", "400ms", POD_IP="127.0.0.1", **variables)
    assert result.returncode == REFUSED
    assert 'certificate: cannot read "/nowhere/ca.crt": no such file' in result.stderr
    result = wait("127.0.0.1:1", "400ms", POD_IP="127.0.0.1", RAY_USE_TLS="1")
    assert "RAY_USE_TLS needs RAY_TLS_SERVER_CERT" in result.stderr


def token_gate(headers, _):
    if headers.get("authorization") == "Bearer hunter2":
        return Answer(fake_gcs.check_alive_reply())
    return Answer(grpc_status="16", grpc_message="no")


def test_a_token(tmp_path):
    with FakeGcs() as gcs:
        gcs.replies[fake_gcs.CHECK_ALIVE] = token_gate
        assert wait(gcs.address, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="hunter2").returncode == 0
        (tmp_path / "token").write_text("hunter2\n")
        assert wait(gcs.address, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN_PATH=str(tmp_path / "token")).returncode == 0
        (tmp_path / ".ray").mkdir()
        (tmp_path / ".ray/auth_token").write_text("hunter2")
        assert wait(gcs.address, RAY_AUTH_MODE="token", HOME=str(tmp_path)).returncode == 0
        result = wait_in_vain(gcs.address, "token: grpc status 16", RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="wrong-secret")
        assert result.returncode == REFUSED
        assert "wrong-secret" not in result.stderr
        result = wait_in_vain(gcs.address, "token: ", RAY_AUTH_MODE="token")
        assert "token: RAY_AUTH_MODE=token, and there is no token" in result.stderr


def test_it_says_every_ten_seconds_what_it_waits_for_and_ends_once_that_is_there(certificates, tmp_path):
    stranger = fake_gcs.make_certificates(tmp_path / "stranger", "DNS:localhost,IP:10.9.8.7")
    tls, renewed = fake_gcs.tls_environment(certificates), tmp_path / "tls.crt"
    renewed.write_bytes((stranger / "tls.crt").read_bytes())
    cleartext, encrypted, ready = FakeGcs(), *(FakeGcs(tls=fake_gcs.server_tls(certificates)) for _ in range(2))
    with ready:
        waits = [(cleartext, {}, "refused: connection refused"), (encrypted, tls, "refused: connection refused"),
                 (ready, {**tls, "RAY_TLS_SERVER_CERT": str(renewed)}, "does not name the pod's address 127.0.0.1 yet")]
        processes = [agent.start("wait-gcs", "--address", gcs.address, POD_IP="127.0.0.1", **variables)
                     for gcs, variables, _ in waits]
        for process, (gcs, _, reason) in zip(processes, waits):
            line = process.stderr.readline()  # the first after ten seconds, and nothing before
            assert f'waiting for the gcs at "{gcs.address}"' in line
            assert reason in line
        (certificates / "tls.crt.new").write_bytes((certificates / "tls.crt").read_bytes())
        (certificates / "tls.crt.new").rename(renewed)
        with cleartext, encrypted:
            assert [process.wait(30) for process in processes] == [0, 0, 0]
