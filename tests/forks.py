"""Programs that begin with their libraries loaded: one process loads them and none of Minga, each program is its fork.

Loading libraries takes most of the time that `minga` needs to start, and tests start it hundreds of times. Whatever
is Minga's own, settings first of all, every program loads anew, and it ends as programs do.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import subprocess
import sys
import tempfile
import threading
import traceback
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

#: What most programs load. Nothing that starts threads, as polars does: a fork would have only one of them.
LIBRARIES = (
    "asgiref.sync", "cryptography.fernet", "cryptography.x509", "django.contrib.staticfiles.storage",
    "django.core.management.commands.createcachetable", "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base", "django.db.migrations.executor", "django.db.models", "django.forms",
    "django.template.defaulttags", "django.test", "django.views.generic", "httpx", "jwt", "lxml.etree", "numpy",
    "PIL.Image", "psycopg", "pydantic", "requests", "rich.progress", "rules", "scipy.linalg", "scipy.sparse.linalg",
    "scipy.special", "snowballstemmer", "typer", "yaml",
)  # fmt: skip

_ROOT = Path(__file__).parents[1]


def run(
    arguments: list[str], env: dict[str, str], typed: str | None = None, seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run Python with `-m module …` or `-c code …`, as `subprocess.run` would; what it says is text."""
    server = _server()
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("in", "out", "err")]
        Path(files[0]).write_text(typed or "", encoding="utf-8")
        asked = {"arguments": arguments, "env": env, "cwd": os.getcwd(), "files": files}
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        if not select.select([server.stdout], [], [], seconds)[0]:
            _server.cache_clear()
            server.kill()  # its program goes on until it ends by itself
            raise subprocess.TimeoutExpired(arguments, seconds)
        code = int(server.stdout.readline())
        out, err = (Path(file).read_text(encoding="utf-8") for file in files[1:])
    return subprocess.CompletedProcess(arguments, code, out, err)


@cache
def _server() -> Any:
    """Start the process that loads the libraries; it ends with this one."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forks"],
        cwd=_ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_stop, server)
    return server


def _stop(server: Any) -> None:
    """Let the process end, which it does when nobody can ask it for more."""
    for pipe in (server.stdin, server.stdout):
        pipe.close()
    server.wait(60)


def _next_program() -> dict[str, Any]:
    """Wait for programs and fork for each; return in the fork alone."""
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            return dict(json.loads(line))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()
    sys.exit()


def _become(asked: dict[str, Any]) -> None:
    """Be the program that was asked for."""
    for number, name in enumerate(asked["files"]):
        handle = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, number)
        os.close(handle)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.path[0] = asked["cwd"]
    kind, what, *rest = asked["arguments"]
    sys.argv = [what if kind == "-m" else "-c", *rest]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


def _ended(asked: dict[str, Any]) -> int:
    """Return the exit code of a program."""
    try:
        _become(asked)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Load the libraries; be a program whenever one is asked for."""
    for library in LIBRARIES:
        import_module(library)
    threads = Path("/proc/self/task")
    assert not threads.exists() or len(list(threads.iterdir())) == 1, "a library started a thread"
    gc.freeze()
    code = _ended(_next_program())
    # the end of a program, but for clearing its memory: in a fork that would copy all that it shares
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
