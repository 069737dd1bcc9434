"""A server for test_kill.py that is back at once when it was killed: the site is loaded once, each server is a fork.

Prints its port, then the process id of every server it starts. With MINGA_TEST_FAULT=late it confirms answers before
they are written, so that the test can show that it would notice.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from typing import Any

from minga.web.setup import django_setup


def main() -> None:
    django_setup()
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    class QuietHandler(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    application = get_wsgi_application()
    warm()
    if os.environ.get("MINGA_TEST_FAULT") == "late":
        confirm_before_writing()
    connections.close_all()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    say(listener.getsockname()[1])
    child = 0

    def stop(*_arguments: object) -> None:
        if child:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler, bind_and_activate=False)
            server.socket.close()
            server.socket = listener
            server.server_address = listener.getsockname()
            server.server_name, server.server_port = "127.0.0.1", listener.getsockname()[1]
            server.setup_environ()
            server.set_app(application)
            server.serve_forever(poll_interval=0.01)
        say(child)
        os.waitpid(child, 0)


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def warm() -> None:
    """Load what the first request would load, so that every fork has it."""
    from django.test import Client

    Client(headers={"host": "localhost"}).get("/en/readiness/")


def confirm_before_writing() -> None:
    from django.utils import timezone

    from minga.readiness import services
    from minga.readiness.models import Answer, Given

    save_answer = services.save_answer

    def late(**named: Any) -> Any:
        threading.Timer(0.15, save_answer, kwargs=named).start()
        answer = Answer(
            item=named["item"],
            given=Given.LEVEL,
            level=int(named["value"]),
            version=named["seen_version"] + 1,
            saved_at=timezone.now(),
        )
        return services.Saved("saved", answer)

    services.save_answer = late


if __name__ == "__main__":
    main()
