"""Runs the real ray-init-agent."""
import os
import subprocess

AGENT = os.environ["RAY_INIT_AGENT"]
with open(AGENT, "rb") as program:
    # A script around the emulator and the program of another processor: copies of that do not run by themselves.
    EMULATED = program.read(2) == b"#!"

# What makes the agent PID 1 of a namespace of its own, where this user may.
UNSHARE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
HAS_NAMESPACES = subprocess.run([*UNSHARE, "true"], stderr=subprocess.DEVNULL).returncode == 0


def environment(**variables):
    """An environment with nothing of the machine's own but what is named."""
    return {"PATH": "/usr/bin:/bin", "RAY_INIT_AGENT_TERMINATION_MESSAGE_PATH": os.devnull, **variables}


def run(*arguments, timeout=30, **variables):
    """The finished process, its output as text (bytes that are not UTF-8 replaced)."""
    return subprocess.run([AGENT, *map(str, arguments)], env=environment(**variables), timeout=timeout,
                          capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)


def start(*arguments, **variables):
    """The process, running, with its output in pipes."""
    return subprocess.Popen([AGENT, *map(str, arguments)], env=environment(**variables), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
