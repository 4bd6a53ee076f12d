"""What `job submit` shows and takes on a terminal: the progress of an upload, and Ctrl-C once and twice."""

import os
import pty
import re
import signal
import subprocess

from fake_dashboard import FakeDashboard

PROGRAM = os.environ["KUBECTL_RAY"]
LOG = "".join(f"line {i}\n" for i in range(400)).encode()
ERASE = "\r\033[K"


class Terminal:
    """Runs a submit with its stdin and stderr on a terminal, and its stdout beside it."""

    def __init__(self, dashboard, *arguments):
        self.master, side = pty.openpty()
        command = [PROGRAM, "job", "submit", "--address", f"127.0.0.1:{dashboard.port}", *arguments]
        self.process = subprocess.Popen(command, stdin=side, stdout=subprocess.PIPE, stderr=side, start_new_session=True,
                                        env={"PATH": "/usr/bin:/bin", "TERM": "xterm"})
        os.close(side)
        self.shown = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        os.close(self.master)

    def _more(self):
        try:
            piece = os.read(self.master, 65536)
        except OSError:  # the other side is closed: EIO
            return False
        self.shown += piece.decode()
        return bool(piece)

    def read_until(self, text):
        while text not in self.shown:
            assert self._more(), self.shown

    def end(self):
        while self._more():
            pass
        out, _ = self.process.communicate(timeout=60)
        return self.process.returncode, out


def submit_and_press(dashboard, *arguments):
    """A submit whose output was shown, and that was detached by a Ctrl-C."""
    terminal = Terminal(dashboard, "--submission-id", "j", *arguments, "--", "x")
    for _ in LOG.splitlines():
        terminal.process.stdout.readline()
    terminal.process.send_signal(signal.SIGINT)
    terminal.read_until("Press Ctrl-C again within 3 s to stop the job.")
    return terminal


def test_a_second_ctrl_c_stops_the_job():
    with FakeDashboard(LOG, questions=1 << 30) as dashboard, submit_and_press(dashboard) as terminal:
        assert not dashboard.jobs["j"]["stopped"]
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end()[0] == 11
        assert dashboard.jobs["j"]["stopped"]
        assert "Asked Ray to stop job 'j'." in terminal.shown


def test_without_a_second_one_the_job_goes_on():
    with FakeDashboard(LOG, questions=1 << 30) as dashboard, submit_and_press(dashboard) as terminal:
        assert terminal.end()[0] == 15
        assert not dashboard.jobs["j"]["stopped"]
        assert f"kubectl ray job logs -f j --address 127.0.0.1:{dashboard.port}" in terminal.shown


def upload(tmp_path):
    (tmp_path / "data").write_bytes(os.urandom(24 << 20))
    return ["--working-dir", str(tmp_path), "--", "x"]


def test_an_upload_shows_how_far_it_is_and_leaves_no_trace(tmp_path):
    with FakeDashboard(LOG) as dashboard:
        dashboard.upload_rate = 16 << 20
        with Terminal(dashboard, *upload(tmp_path)) as terminal:
            assert terminal.end() == (0, LOG)
    begin, end = terminal.shown.index("\rUploading"), terminal.shown.rindex(ERASE)
    lines = [line.removesuffix("\033[K") for line in terminal.shown[begin + 1:end].split("\r")]
    assert all(len(line) < 80 for line in lines)
    folder = r"Uploading \.\.\.\S*" + re.escape(tmp_path.name[-8:])  # its end: the whole of it leaves no room for the numbers
    size = r"(\d+(?:\.\d+)? [KM]?i?B)"
    told = [re.fullmatch(rf"{folder}: {size} of 24\.0 MiB(?:, {size}/s, (\d+m?s|\d+\.\d+s) left)?", line) for line in lines]
    assert all(told), lines
    assert told[0][2] is None and told[-1][3] is not None, lines  # a rate and a time left once there is something to go by


def test_an_upload_shows_nothing_where_no_terminal_is(tmp_path):
    with FakeDashboard(LOG) as dashboard:
        command = [PROGRAM, "job", "submit", "--address", f"127.0.0.1:{dashboard.port}", *upload(tmp_path)]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0 and b"Uploading" not in done.stderr and b"\r" not in done.stderr
