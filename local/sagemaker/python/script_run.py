"""Runs a script in a forked interpreter as a fresh one would: the same arguments, path, environment and exit code."""

from __future__ import annotations

import atexit
import gc
import importlib
import importlib.machinery
import io
import os
import runpy
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from types import ModuleType, TracebackType
from typing import NoReturn

from job_process import Job

CANNOT_OPEN = 2


def run_script(job: Job, library_path: list[str]) -> NoReturn:
    """Becomes the script of a job and ends with its exit code.

    `library_path` is where the interpreter finds what is installed; the script's own folder comes before it.
    """
    _replace_environment(job.env)
    _open_streams()
    sys.dont_write_bytecode = True
    sys.orig_argv = [sys.executable, *job.argv]
    extra = job.env.get("PYTHONPATH")
    sys.path[:] = [*(extra.split(os.pathsep) if extra else []), *library_path]
    # A job may have modules of the same names.
    for name in ("job_process", "script_run", "fork_server"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    gc.enable()
    code = _ended(job.argv)
    # What an interpreter does at its end, but for tearing down its modules.
    threading._shutdown()  # type: ignore[attr-defined] # what multiprocessing calls, too
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 120
    os._exit(code)


def _ended(argv: tuple[str, ...]) -> int:
    try:
        _execute(argv)
    except SystemExit as leaving:
        return _exit_code(leaving)
    except KeyboardInterrupt as error:
        _report(error)
        sys.stdout.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        return 130
    except BaseException as error:
        _report(error)
        return 1
    return 0


def _execute(argv: tuple[str, ...]) -> None:
    first, *rest = argv
    if first == "-m" and rest:
        sys.path.insert(0, str(Path.cwd()))
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        return
    if first == "-c" and rest:
        sys.path.insert(0, "")
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec", dont_inherit=True), vars(_main_module(None)))
        return
    path = Path.cwd() / first
    try:
        source = path.read_bytes()
    except OSError as error:
        print(f"python: can't open file '{path}': [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        raise SystemExit(CANNOT_OPEN) from None
    sys.path.insert(0, str(path.resolve().parent))
    sys.argv = list(argv)
    exec(compile(source, str(path), "exec", dont_inherit=True), vars(_main_module(path)))


def _main_module(path: Path | None) -> ModuleType:
    main = ModuleType("__main__")
    vars(main)["__builtins__"] = sys.modules["builtins"]
    if path is not None:
        main.__file__ = str(path)
        main.__loader__ = importlib.machinery.SourceFileLoader("__main__", str(path))
    sys.modules["__main__"] = main
    return main


def _exit_code(leaving: SystemExit) -> int:
    if leaving.code is None:
        return 0
    if isinstance(leaving.code, int):
        return leaving.code & 0xFF
    print(leaving.code, file=sys.stderr)
    return 1


def _report(error: BaseException) -> None:
    kind, trace = type(error), _own_frames(error.__traceback__)
    error.__traceback__ = trace
    try:
        sys.excepthook(kind, error, trace)
    except Exception:
        traceback.print_exception(kind, error, trace)


def _own_frames(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without this file's frames, which a fresh interpreter would not have."""
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace


def _replace_environment(env: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def _open_streams() -> None:
    """Streams on the new file descriptors, a line at a time, so that the log can be followed."""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _stream(1, "strict")
    sys.stderr = _stream(2, "backslashreplace")
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)


def _stream(descriptor: int, errors: str) -> io.TextIOWrapper:
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors=errors, closefd=False)
