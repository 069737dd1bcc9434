"""`minga site run`: one web server and one worker, started together and stopped together.

This process never loads the site itself. It prepares in a child, then keeps the server and the worker; when one dies
it is started again, and when this process is stopped both end what they are doing and stop.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: An answer that takes longer than this is cut off when the server stops.
_STOP_SECONDS = 20
#: Tells a server process who started it.
_SERVED_BY = "SERVED_BY"
_MINGA = (sys.executable, "-m", "minga.site.cli")


class ServeError(ValueError):
    """The site cannot be served as asked."""


def serve(host: str, port: int, *, workers: int, with_worker: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    check_port(host, port)
    os.environ[_SERVED_BY] = str(os.getpid())
    if with_worker:
        with _kept_running(worker_command(os.getpid())):
            _granian(host, port, workers)
    else:
        _granian(host, port, workers)


def check_port(host: str, port: int) -> None:
    """Say in words that the port is taken, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            raise ServeError(
                f"Port {port} on {host} cannot be used ({problem}). "
                "Another program may be listening there: stop it, or give another port with --port."
            ) from None


def leave_when_orphaned() -> None:
    """Have this server process stop when the one that started it was killed, or it would hold the port for ever."""
    if os.environ.get(_SERVED_BY) != str(os.getppid()):
        return
    threading.Thread(target=_leave_after, args=(os.getppid(),), daemon=True).start()


def _leave_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def worker_command(parent: int) -> list[str]:
    """Return the command line of the worker that belongs to the server `parent`."""
    return [*_MINGA, "site", "worker", "--parent", str(parent)]


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "minga.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_STOP_SECONDS,
    ).serve()


@contextmanager
def _kept_running(command: list[str]) -> Iterator[None]:
    """Run a command beside, start it again when it dies, and end it at the close."""
    keeper = _Keeper(command)
    thread = threading.Thread(target=keeper.keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        keeper.stop()
        thread.join(_STOP_SECONDS + 5)


class _Keeper:
    """Keeps one child process alive; waits longer each time it dies at once, so that a broken one does no harm."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.stopping = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None
        self.lock = threading.Lock()

    def keep(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            began = time.monotonic()
            with self.lock:
                if self.stopping.is_set():
                    return
                self.child = subprocess.Popen(self.command)  # noqa: S603 - our own command line
            self.child.wait()
            pause = 1.0 if time.monotonic() - began > 60 else min(pause * 2, 60.0)
            self.stopping.wait(pause)

    def stop(self) -> None:
        self.stopping.set()
        with self.lock:
            child = self.child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
