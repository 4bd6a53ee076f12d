"""Ctrl-C and SIGTERM: a command that they end dies of them, as kubectl does, so that a shell, make and scripts see it."""

import os
import signal
import subprocess
import threading

import pytest
from fake_api import FakeApi, environment, write_kubeconfig

COMMANDS = [["get", "cluster"], ["get", "cluster", "-w"], ["get", "job", "-w", "-o", "json"], ["logs", "-f", "demo"], ["status", "demo", "-w"],
            ["session", "demo"], ["exec", "demo", "--", "true"], ["delete", "demo", "--yes"], ["create", "cluster", "x"],
            ["job", "list", "--cluster", "demo"], ["run", "--cluster", "demo", "--", "true"]]


class Silent(dict):
    """An API server that hears each question and answers none."""

    def __init__(self):
        super().__init__()
        self.asked, self.over = threading.Event(), threading.Event()

    def get(self, key, default=None):
        def hear(request):
            self.asked.set()
            self.over.wait(60)
            request.handler.close_connection = True

        return hear


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_dies_of_the_signal_that_ends_it(tmp_path, words, number):
    silent = Silent()
    with FakeApi(silent) as api:
        process = subprocess.Popen([os.environ["KUBECTL_RAY"], *words], env=environment(write_kubeconfig(tmp_path / "config", api.port)),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert silent.asked.wait(60)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        silent.over.set()
    assert (process.returncode, out) == (-number, b""), err
