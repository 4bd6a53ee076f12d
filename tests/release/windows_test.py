"""The plugin for Windows: what it imports, how it is hardened, and what it does under Wine with a server of the test's own."""

import contextlib
import io
import json
import os
import platform
import pty
import re
import signal
import ssl
import struct
import subprocess
import tarfile
import threading

import pytest
from dist import files_of, one, pe_header, pe_libraries, plugin
from fake_api import FakeApi, pod, pod_list

OWN = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
SYSTEM = {"kernel32.dll", "ntdll.dll", "ws2_32.dll", "bcrypt.dll", "crypt32.dll", "advapi32.dll", "iphlpapi.dll"}
AMD64, HIGH_ENTROPY_VA, DYNAMIC_BASE, NX_COMPAT = 0x8664, 0x20, 0x40, 0x100
PODS = "/api/v1/namespaces/default/pods"
pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="Wine runs programs of its own machine")


def test_a_windows_program_imports_the_systems_libraries_alone():
    libraries = pe_libraries(plugin("windows_amd64"))
    assert "kernel32.dll" in libraries
    # api-ms-win-crt-*: the C runtime, a part of Windows 10.
    assert [name for name in libraries if name not in SYSTEM and not name.startswith("api-ms-win-crt-")] == []


def test_a_windows_program_is_hardened():
    binary = plugin("windows_amd64")
    header, _ = pe_header(binary)
    assert struct.unpack_from("<H", binary, header - 20)[0] == AMD64
    flags = struct.unpack_from("<H", binary, header + 70)[0]
    assert flags & HIGH_ENTROPY_VA and flags & DYNAMIC_BASE and flags & NX_COMPAT


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Where Wine and the program are, and a certificate for "localhost" and "api.release.test"."""
    path = tmp_path_factory.mktemp("windows")
    (path / "kubectl-ray.exe").write_bytes(plugin("windows_amd64"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost,DNS:api.release.test",
                    "-keyout", path / "key.pem", "-out", path / "ca.pem"], check=True, capture_output=True)
    (path / "wine").mkdir()
    # The server and its first processes live on for the tests that follow, and must not hold their pipes.
    for command in (["wineserver", "--persistent"], ["wine", "wineboot", "--init"]):
        subprocess.run(command, env=variables(path), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=240, check=True)
    done = wine(path, "version", "--client")
    assert done.returncode == 0 and b"(amd64, arm64)\n" in done.stdout, done.stderr
    yield path
    subprocess.run(["wineserver", "--kill"], env=variables(path), check=False)


def variables(home, **more):
    return {"PATH": os.environ["PATH"], "HOME": str(home), "WINEPREFIX": str(home / "wine"), "WINEDEBUG": "-all", "DISPLAY": "",
            "LC_ALL": "C.UTF-8", **more}


def wine(home, *arguments, cwd=None, **more):
    return subprocess.run(["wine", home / "kubectl-ray.exe", *arguments], cwd=cwd or home, env=variables(home, **more),
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=120)


def windows_path(path):
    return "Z:" + str(path).replace("/", "\\")


@pytest.fixture
def api(home):
    """Over TLS; `routes` are the test's to fill."""
    api = FakeApi({"/version": lambda request: request.send(200, {"gitVersion": "v1.34.4"})})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / "ca.pem", home / "key.pem")
    api.server.socket = context.wrap_socket(api.server.socket, server_side=True)
    with api:
        yield api


def kubeconfig(api, path, cluster="", user="{token: t}"):
    """With the ends of lines that editors of Windows make."""
    path.write_text(f"""apiVersion: v1
kind: Config
current-context: c
contexts:
- name: c
  context: {{cluster: c, user: u}}
users:
- name: u
  user: {user}
clusters:
- name: c
  cluster: {{server: "https://localhost:{api.port}", certificate-authority: ca.pem{cluster}}}
""", newline="\r\n")
    return windows_path(path)


def test_a_server_is_asked_by_its_name(home, api):
    done = wine(home, "version", "--kubeconfig", kubeconfig(api, home / "kubeconfig"))
    assert b"Kubernetes version: v1.34.4\n" in done.stdout, done.stderr


def test_a_certificate_of_another_name_is_refused(home, api):
    done = wine(home, "get", "cluster", "--kubeconfig", kubeconfig(api, home / "kubeconfig", ", tls-server-name: other.test"))
    assert done.returncode == 1 and b"certificate" in done.stderr, done.stderr


def test_a_certificate_of_an_authority_nobody_trusts_is_refused(home, api):
    path = home / "kubeconfig"
    kubeconfig(api, path)
    path.write_text(path.read_text().replace(", certificate-authority: ca.pem", ""))
    done = wine(home, "get", "cluster", "--kubeconfig", windows_path(path))
    assert done.returncode == 1 and b"certificate" in done.stderr, done.stderr


def test_kubeconfigs_are_merged_and_their_paths_are_windows_own(home, api, tmp_path):
    """Two files between semicolons, folders with a space and letters beyond ASCII, a file named from its kubeconfig's folder."""
    folder = tmp_path / "für alle"
    folder.mkdir()
    (folder / "ca.pem").write_bytes((home / "ca.pem").read_bytes())
    whole = kubeconfig(api, folder / "b")
    (folder / "a").write_text("apiVersion: v1\nkind: Config\ncurrent-context: c\n")
    done = wine(home, "version", KUBECONFIG=f"{windows_path(folder / 'a')};{whole}")
    assert b"Kubernetes version: v1.34.4\n" in done.stdout, done.stderr
    done = wine(home, "get", "cluster", "--kubeconfig", windows_path(folder / "für keinen"))
    assert done.returncode != 0 and f'cannot read "{windows_path(folder / "für keinen")}"' in done.stderr.decode()


@pytest.mark.parametrize("command", ["cmd.exe", "cmd", r"C:\windows\system32\cmd.exe", "credential.cmd", r".\credential"])
def test_a_credential_program_gives_the_token(home, api, tmp_path, command):
    """By name along PATH, by path, and a batch file: by name where PATH has it, or beside the kubeconfig. One that lies in the
    current folder alone is not meant, which cmd.exe would take."""
    (home / "credential.cmd").write_text("@echo not asked for\r\n")
    asked = []

    def version(request):
        asked.append(request.headers.get("Authorization"))
        request.send(200, {"gitVersion": "v1.34.4"})

    api.routes["/version"] = version
    (tmp_path / "ca.pem").write_bytes((home / "ca.pem").read_bytes())
    (tmp_path / "out.json").write_text(json.dumps(
        {"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"token": "from a program"}}))
    (tmp_path / "credential.cmd").write_text(f"@type {windows_path(tmp_path)}\\out.json\r\n")
    arguments = ["/c", "type", f"{windows_path(tmp_path)}\\out.json"] if "credential" not in command else ["one", "two words"]
    user = json.dumps({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": command,
                                "args": arguments}})
    done = wine(home, "version", "--kubeconfig", kubeconfig(api, tmp_path / "kubeconfig", user=user),
                WINEPATH=windows_path(tmp_path))
    assert asked == ["Bearer from a program"], done.stderr


@pytest.mark.parametrize("argument", ['a" & echo b', "%PATH%", "a\nb"])
def test_a_batch_file_is_given_no_words_of_cmd(home, api, tmp_path, argument):
    (tmp_path / "credential.cmd").write_text("@echo {}\r\n")
    user = json.dumps({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
                                "command": r".\credential.cmd", "args": [argument]}})
    (tmp_path / "ca.pem").write_bytes((home / "ca.pem").read_bytes())
    done = wine(home, "get", "cluster", "--kubeconfig", kubeconfig(api, tmp_path / "kubeconfig", user=user))
    assert done.returncode == 1 and b"credential.cmd\": invalid argument" in done.stderr, done.stderr


def test_what_is_printed_is_the_same_as_elsewhere(home, api, tmp_path):
    """Byte by byte: the ends of lines, the agents inside, letters beyond ASCII."""
    program = tmp_path / "kubectl-ray"
    program.write_bytes(plugin(f"linux_{OWN}"))
    program.chmod(0o755)
    config = kubeconfig(api, home / "kubeconfig")
    for arguments in (["create", "cluster", "demo", "--annotations", "owner=Jürgen 雷", "--dry-run=client", "-o", "yaml"],
                      ["job", "submit", "--help"], ["completion", "kubectl"]):
        there = wine(home, *arguments, KUBECONFIG=config)
        here = subprocess.run([program, *arguments], env={"HOME": str(tmp_path), "KUBECONFIG": str(home / "kubeconfig")},
                              capture_output=True, timeout=60)
        assert there.returncode == here.returncode == 0, there.stderr
        assert there.stdout == here.stdout
        assert b"\r" not in there.stdout


@pytest.mark.parametrize("words", [["get", ""], ["get", "cluster", "--context", ""], ["job", "submit", "--wor"],
                                   ["get", "cluster", 'a&echo" b%PATH%']], ids=" ".join)
def test_kubectl_completes_by_the_programs_own_answers(home, words):
    (home / "kubectl_complete-ray.exe").write_bytes(files_of(one("kubectl-ray_v*_windows_amd64.zip"))["kubectl_complete-ray.exe"])
    environment = variables(home, WINEPATH=windows_path(home), KUBECONFIG=windows_path(home / "kubeconfig"))
    done = subprocess.run(["wine", home / "kubectl_complete-ray.exe", *words], cwd="/", env=environment, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == wine(home, "__complete", *words, KUBECONFIG=windows_path(home / "kubeconfig")).stdout
    assert re.search(rb":\d+\r?\n?$", done.stdout)


def test_a_working_directory_is_packed_with_all_below_it(home, tmp_path):
    (tmp_path / "tief/tiefer").mkdir(parents=True)
    for name in ("main.py", "tief/a.txt", "tief/tiefer/ä.txt", "left_out.log"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".rayignore").write_text("*.log\r\n", newline="")
    done = wine(home, "job", "submit", "--cluster", "demo", "--working-dir", windows_path(tmp_path), "--preview", "--", "python",
                "main.py")
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert re.search(r" tief/ +\(2 files\)\n.* tief/tiefer/ +\(1 files\)\n +left out:\n +left_out\.log  by", text), text


def serve_logs(api, files, log=b"a line\n"):
    """A cluster "demo" of one head, whose folder of logs is that archive."""
    head = pod("demo-head")
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, text in files:
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))

    def run(request):
        socket = request.accept_web_socket()
        socket.frame(b"\x01" + content.getvalue())
        socket.frame(b"\x03" + json.dumps({"status": "Success"}).encode())
        socket.close()

    api.routes.update({
        PODS: lambda request: request.send(200, pod_list(head)),
        f"{PODS}/demo-head": lambda request: request.send(200, head),
        f"{PODS}/demo-head/log": lambda request: request.send(200, log),
        f"{PODS}/demo-head/exec": run,
    })


def test_files_of_a_pod_stay_in_their_folder(home, api, tmp_path):
    """Names that mean more than a name to Windows: folders above, drives, streams, devices, what is dropped at the end."""
    hostile = [r"..\..\evil", r"a\..\..\..\evil", r"\evil", r"\\localhost\c$\evil", r"C:evil", r"C:\evil", "raylet.out:evil", "NUL",
               "con.txt", "evil.", "evil ", "e*v?il"]
    serve_logs(api, [("raylet.out", b"good"), *((name, b"hostile") for name in hostile), ("old/raylet.1.out", b"older")])
    out = tmp_path / "above/out"
    done = wine(home, "logs", "demo", "--out-dir", windows_path(out), "--kubeconfig", kubeconfig(api, home / "kubeconfig"))
    assert done.returncode == 0, done.stderr
    fetched = out / "demo-head"
    assert (fetched / "raylet.out").read_bytes() == b"good"
    assert (fetched / "old/raylet.1.out").read_bytes() == b"older"
    names = {path.name for path in fetched.iterdir()}
    assert names == {"stdout.log", "raylet.out", "old", "..%5C..%5Cevil", "a%5C..%5C..%5C..%5Cevil", "%5Cevil",
                     "%5C%5Clocalhost%5Cc$%5Cevil", "C%3Aevil", "C%3A%5Cevil", "raylet.out%3Aevil", "%4EUL", "%63on.txt", "evil%2E",
                     "evil%20", "e%2Av%3Fil"}
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.parent not in (fetched, fetched / "old")] == []
    assert not list((home / "wine/drive_c").glob("*evil*"))


def test_lines_are_chosen_by_an_extended_expression(home, api):
    serve_logs(api, [], b"2026-01-01T00:00:00Z raylet 12\n2026-01-01T00:00:01Z gcs\n2026-01-01T00:00:02Z dashboard\n")
    config = kubeconfig(api, home / "kubeconfig")
    done = wine(home, "logs", "demo", "--no-prefix", "--grep", "[0-9]+$|^gcs", "--kubeconfig", config)
    assert done.stdout == b"raylet 12\ngcs\n", done.stderr
    done = wine(home, "logs", "demo", "--grep", "a(", "--kubeconfig", config)
    assert done.returncode == 2 and b"is not an extended regular expression" in done.stderr


def interrupted(home, api, *arguments):
    """Runs the program until the server, which never answers, is asked for pods; then Ctrl-C. The exit code and stderr to its end."""
    asked, over = threading.Event(), threading.Event()

    def hang(request):
        asked.set()
        over.wait(60)
        request.handler.close_connection = True

    api.routes[PODS] = hang
    process = subprocess.Popen(["wine", home / "kubectl-ray.exe", *arguments], cwd=home, env=variables(home), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert asked.wait(60)
    process.send_signal(signal.SIGINT)
    try:
        _, said = process.communicate(timeout=30)
    finally:
        over.set()
    return process.returncode, said


def test_ctrl_c_ends_a_wait(home, api):
    code, said = interrupted(home, api, "logs", "demo", "--kubeconfig", kubeconfig(api, home / "kubeconfig"))
    assert code == 130, said


def test_a_credential_program_that_hangs_ends_with_all_it_started(home, api, tmp_path):
    """cmd.exe starts another one, which waits for a server that never answers, and has the same stderr."""
    inner = kubeconfig(api, home / "inner")
    (tmp_path / "ca.pem").write_bytes((home / "ca.pem").read_bytes())
    user = json.dumps({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": "cmd", "args": [
        "/c", windows_path(home / "kubectl-ray.exe"), "logs", "demo", "--kubeconfig", inner]}})
    code, said = interrupted(home, api, "version", "--kubeconfig", kubeconfig(api, tmp_path / "outer", user=user))
    assert code != 0, said


def on_a_console(home, *arguments):
    """What a console of Wine draws, and the exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("wine", ["wine", str(home / "kubectl-ray.exe"), *arguments], variables(home, TERM="xterm"))
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while piece := os.read(terminal, 65536):
            shown += piece
    return shown, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_letters_reach_the_console_whole(home):
    shown, code = on_a_console(home, "version", "--client", "grün雷")
    assert code == 2 and "grün雷".encode() in shown
    assert on_a_console(home, "version", "--client")[1] == 0


def test_what_windows_has_not_is_an_error_with_a_way_out(home):
    done = wine(home, "session", "demo", "--background")
    assert done.returncode == 1 and b"cannot go into the background" in done.stderr
    assert b"Leave out --background" in done.stderr
    done = wine(home, "session", "list")
    assert done.returncode == 0 and done.stderr == b"no session is in the background\n"
