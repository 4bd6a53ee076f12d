"""Jobs on a real Ray of this machine: arguments as bytes, a million lines through cuts, packages beside Ray's own."""

import concurrent.futures
import json
import os
import signal
import subprocess
import zipfile

import pytest

from cutting_proxy import CuttingProxy
from local_ray import LocalRay, ray_program

PROGRAM = os.environ["KUBECTL_RAY"]


@pytest.fixture(scope="module")
def ray():
    with LocalRay() as running:
        yield running


def run(port, *arguments, timeout=300):
    command = [PROGRAM, "job", arguments[0], "--address", f"127.0.0.1:{port}", *arguments[1:]]
    return subprocess.run(command, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)


PRINT_ARGUMENTS = "import os, sys; print('ARGV', [os.fsencode(a).hex() for a in sys.argv[1:]])"
ARGUMENTS = [
    b"", b"print(1 + 2)", b"it's", b'"quoted"', b"a && b", b"$HOME `id` $(id)", b"a\nb\n", b"\n", b"*", b"~", b"-n", b"\\",
    b"[1,2]", b"{a,b}", b"#c", b"!x", "caf\u00e9".encode(), b"\xff\xfe\n", b"\xe2\x82", b"--", b"--working-dir", b"=x",
    bytes(range(1, 256)), b"x" * 60000,
]


def test_arguments_arrive_byte_for_byte(ray):
    done = run(ray.dashboard_port, "submit", "--", "python3", "-c", PRINT_ARGUMENTS, *ARGUMENTS)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith(b"ARGV ")]
    assert json.loads(lines[-1][5:].replace(b"'", b'"')) == [argument.hex() for argument in ARGUMENTS]


def test_a_shell_when_a_shell_is_wanted(ray):
    done = run(ray.dashboard_port, "submit", "--shell", "A=1 && echo got $A")
    assert done.returncode == 0
    assert b"\ngot 1\n" in done.stdout


# Flags, program, exit code, what is printed on stderr, its status afterwards. A job that goes on may not have begun on a busy machine.
OUTCOMES = [
    ([], ["true"], 0, "Job 'ID' succeeded", "SUCCEEDED"),
    ([], ["sh", "-c", "echo out; echo err >&2; exit 1"], 10, "The driver ended with exit code 1.", "FAILED"),
    ([], ["sh", "-c", "exit 3"], 10, "The driver ended with exit code 3.", "FAILED"),
    ([], ["sh", "-c", "exit 255"], 10, "The driver ended with exit code 255.", "FAILED"),
    ([], ["no-such-program"], 10, "The driver ended with exit code 127.", "FAILED"),
    ([], ["python3", "-c", "raise SystemError('why')"], 10, "The driver ended with exit code 1.", "FAILED"),
    ([], ["sh", "-c", "kill -9 $$"], 10, "signal 9 (Killed)", "FAILED"),
    ([], ["sh", "-c", "kill -TERM $$"], 10, "signal 15 (Terminated)", "FAILED"),
    ([], ["sh", "-c", "kill -SEGV $$"], 10, "signal 11 (Segmentation fault)", "FAILED"),
    (["--runtime-env-json", '{"working_dir": "https://127.0.0.1:1/none.zip"}'], ["true"], 10, "runtime_env setup failed", "FAILED"),
    (["--timeout", "4s"], ["sleep", "100"], 14, "kubectl ray job logs -f ID", "PENDING RUNNING"),
    (["--deadline", "4s"], ["sleep", "100"], 14, "asked Ray to stop job 'ID'", "STOPPED"),
    (["--no-wait"], ["sh", "-c", "exit 3"], 0, "submitted successfully", "FAILED"),
]


def outcome(port, number, flags, program):
    """What a submit ends with, and the status of its job once it does not change any more."""
    job = f"outcome-{number}"
    done = run(port, "submit", "--submission-id", job, *flags, "--", *program)
    if "--no-wait" in flags or "--deadline" in flags:
        run(port, "watch", job)
    return done, json.loads(run(port, "get", job, "-o", "json").stdout)["status"]


def test_outcomes(ray):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        rows = [(pool.submit(outcome, ray.dashboard_port, i, row[0], row[1]), i, row) for i, row in enumerate(OUTCOMES)]
    for ended, number, (flags, program, code, told, status) in rows:
        done, left = ended.result()
        err = done.stderr.decode()
        assert done.returncode == code and left in status.split(), (flags, program, left, err)
        assert told.replace("ID", f"outcome-{number}") in err, (flags, program, err)
    taken = run(ray.dashboard_port, "submit", "--submission-id", "outcome-0", "--", "true")
    assert taken.returncode == 12 and b"is there already" in taken.stderr
    for number, row in enumerate(OUTCOMES):
        if "PENDING" in row[4]:
            run(ray.dashboard_port, "stop", f"outcome-{number}", "--no-wait")


def test_a_job_that_no_node_can_take_says_so(ray):
    command = [PROGRAM, "job", "submit", "--address", f"127.0.0.1:{ray.dashboard_port}", "--submission-id", "gpus",
               "--entrypoint-num-gpus", "4", "--", "true"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert any("no node of the cluster has what its entrypoint asks for: GPU: 4" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 15
    finally:
        process.kill()
    assert json.loads(run(ray.dashboard_port, "get", "gpus", "-o", "json").stdout)["status"] == "PENDING"
    run(ray.dashboard_port, "stop", "gpus", "--no-wait")


def test_a_job_that_another_one_stops(ray):
    first = subprocess.Popen([PROGRAM, "job", "submit", "--address", f"127.0.0.1:{ray.dashboard_port}", "--submission-id",
                              "sleeper", "--", "sh", "-c", "echo begun; sleep 100"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    while first.stdout.readline() != b"begun\n":
        assert first.poll() is None
    assert run(ray.dashboard_port, "stop", "sleeper").returncode == 0
    assert first.wait(120) == 11
    assert run(ray.dashboard_port, "watch", "sleeper").returncode == 11
    assert run(ray.dashboard_port, "delete", "sleeper").returncode == 0
    assert run(ray.dashboard_port, "status", "sleeper").returncode == 1


def test_a_million_lines_through_cuts_are_told_once(ray):
    count = 1_000_000
    program = f"import sys\nfor i in range({count}): sys.stdout.write('line %d\\n' % i)"
    # Ray tells a log from its first byte each time, so the last cut has to leave room for all of it.
    cuts = [500_000, 1_700_003, 4_000_037, 9_000_011, 15_000_017, 22_000_000, 30_000_001]
    with CuttingProxy(ray.dashboard_port, 5000, then_at=cuts, delays=[0, 0.2, 0.05]) as proxy:
        done = run(proxy.port, "submit", "--", "python3", "-c", program)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith(b"line ")]
    assert lines == [b"line %d" % i for i in range(count)]
    print("cuts survived:", proxy.cuts)
    assert proxy.cuts >= 4


def test_output_that_is_not_utf8_is_told_as_it_is(ray):
    done = run(ray.dashboard_port, "submit", "--", "printf", r"a\377b\n")
    assert done.returncode == 0, done.stderr
    assert b"a\xffb\n" in done.stdout


def write_tree(root):
    for path, text in {
        "pi.py": "print(3)\n", "data/a.bin": "x" * 5000, "data/keep.log": "k", "b.log": "b", "venv/x": "x", "sub/.gitignore": "/no\n",
        "sub/no": "n", "sub/yes": "y", ".gitignore": "*.log\n!keep.log\nvenv/\n", "empty.txt": "", "caf\u00e9.txt": "e",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "hollow").mkdir()
    (root / "link").symlink_to("pi.py")
    (root / "linked").symlink_to("data")
    (root / "dangling").symlink_to("nowhere")


# 2.52 reads .gitignore unasked, 2.60 asks its caller.
MAKE_PACKAGE = """
import inspect, pathlib, sys
from ray._private.runtime_env.packaging import create_package
asked = {"include_gitignore": True} if "include_gitignore" in inspect.signature(create_package).parameters else {}
create_package(sys.argv[1], pathlib.Path(sys.argv[2]), excludes=["data/a*"], **asked)
"""


def test_a_package_holds_what_rays_own_holds(ray, tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    write_tree(tree)
    theirs = tmp_path / "theirs.zip"
    subprocess.run([ray_program("python"), "-c", MAKE_PACKAGE, tree, theirs], check=True, capture_output=True)
    listing = ("import pathlib; print('TREE', {str(p): p.read_bytes().hex() if p.is_file() else None "
               "for p in sorted(pathlib.Path('.').rglob('*'))})")
    done = run(ray.dashboard_port, "submit", "--working-dir", str(tree), "--runtime-env-json", '{"excludes": ["data/a*"]}', "--",
               "python3", "-c", listing)
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.decode().splitlines() if line.startswith("TREE ")]
    ours = {path: content for path, content in eval(line[5:]).items()}  # a dict that our own script printed
    with zipfile.ZipFile(theirs) as archive:
        expected = {name.rstrip("/"): None if name.endswith("/") else archive.read(name).hex() for name in archive.namelist()}
    for name in list(expected):
        while "/" in name:
            name = name.rsplit("/", 1)[0]
            expected[name] = None
    assert ours == expected


def test_the_largest_package_that_is_let_through_is_taken(ray, tmp_path):
    (tmp_path / "data").write_bytes(os.urandom((100 << 20) - 40_000))
    done = run(ray.dashboard_port, "submit", "--working-dir", str(tmp_path), "--", "sh", "-c", "wc -c < data")
    assert done.returncode == 0, done.stderr
    assert str((100 << 20) - 40_000).encode() in done.stdout


def test_env_vars_and_requirements(ray):
    done = run(ray.dashboard_port, "submit", "--env", "A=x y=z", "--", "sh", "-c", 'echo "[$A]"')
    assert done.returncode == 0
    assert b"\n[x y=z]\n" in done.stdout
