"""Images of every kind: nothing in them but the program, a root that is read-only, user ids that nobody knows."""
import os
import pathlib
import subprocess

import agent
import pytest
from fake_gcs import FakeGcs

# $1: where; the rest: what runs there, as a user and group without a name. proc is what every runtime gives.
IMAGE = """
set -e
root=$1; shift
mount -t tmpfs -o size=16m,mode=0755 image $root
mkdir $root/proc $root/dev $root/volume
cp "$AGENT" $root/ray-init-agent
mount -t proc proc $root/proc
mount -t tmpfs -o size=16m,mode=0777 volume $root/volume
[ -z "$DEVICES" ] || { : > $root/dev/null; mount --bind /dev/null $root/dev/null; }
mount -o remount,ro $root
exec /usr/sbin/chroot --userspec=12345:54321 --groups=23456 $root "$@"
"""


def in_image(folder, *command, devices="1", **variables):
    root = folder / "image"
    root.mkdir(exist_ok=True)
    return subprocess.run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", IMAGE, "sh", root, *command],
                          env=agent.environment(AGENT=agent.AGENT, DEVICES=devices, **variables), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("devices", ["1", ""], ids=["dev", "no-dev"])
def test_the_program_alone(tmp_path, devices):
    done = in_image(tmp_path, "/ray-init-agent", "version", devices=devices)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ray-init-agent ")


def test_it_waits_for_the_gcs_by_address(tmp_path):
    with FakeGcs() as gcs:
        done = in_image(tmp_path, "/ray-init-agent", "wait-gcs", "--address", gcs.address, "--gcs-timeout=50s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# No resolv.conf and no /etc/hosts: the name server is asked that c-ares takes by default, or nobody.
def test_a_name_where_there_are_no_name_servers(tmp_path):
    done = in_image(tmp_path, "/ray-init-agent", "wait-gcs", "--address", "head.invalid:6379", "--gcs-timeout=300ms")
    assert done.returncode == 65
    assert "waited for the gcs at \"head.invalid:6379\" in vain for 300ms: " in done.stderr


def test_pid_1_with_its_child(tmp_path):
    done = in_image(tmp_path, "/ray-init-agent", "run", "--", "/ray-init-agent", "version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ray-init-agent ")
    done = in_image(tmp_path, "/ray-init-agent", "run", "--", "/ray-init-agent", "no-such-command")
    assert done.returncode == 64


# musl keeps 32 to 34 for its threads; 34 is the SIGRTMIN of a child with glibc. PID 1 once ignored them.
@pytest.mark.parametrize("number", [32, 33, 34, 35, 64])
def test_real_time_signals_reach_the_child_of_pid_1(number):
    command = [*agent.UNSHARE, agent.AGENT, "run", "--", "/bin/sh", "-c", "echo up; exec sleep 60"]
    process = subprocess.Popen(command, env=agent.environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "up\n"
        init, = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(init), number)
        assert process.wait(30) == 128 + number
    finally:
        process.kill()
        process.communicate()


def test_install_as_that_user_to_a_volume(tmp_path):
    script = ["/ray-init-agent", "run", "--", "/ray-init-agent", "install", "/volume"]
    assert in_image(tmp_path, *script).returncode == 0
    done = in_image(tmp_path, "/ray-init-agent", "install", "/elsewhere")
    assert done.returncode == 71
    assert 'cannot create "/elsewhere": read-only file system\n' in done.stderr


def test_start_tells_what_the_image_lacks(tmp_path):
    variables = {"RAY_INIT_AGENT_NODE_TYPE": "head", "RAY_START_PARAMS": '{"temp-dir": "/tmp/ray"}'}
    done = in_image(tmp_path, "/ray-init-agent", "start", **variables)
    assert done.returncode == 67
    assert 'temp dir "/tmp/ray" is not writable: "/": ' in done.stderr
    done = in_image(tmp_path, "/ray-init-agent", "start", "--preflight=false", **variables)
    assert done.returncode == 127
    assert 'cannot start "ray"' in done.stderr


def test_any_user_may_run_it(tmp_path):
    """The same in an image that has everything but a name for the user."""
    command = ["setpriv", "--reuid=12345", "--regid=54321", "--clear-groups", agent.AGENT, "run", "--", "id"]
    done = subprocess.run(command, env=agent.environment(), capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "uid=12345 gid=54321 groups=54321\n")
