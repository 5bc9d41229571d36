"""A job as a process of its own: where it starts, what it sees, and how its end is written down.

The files a job leaves (log, pid file, exit file) outlive whoever asked for it, so that an endpoint that was killed
finds its jobs again when it is back.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

OPT_ML = Path("/opt/ml")

CANNOT_START = 126
NOT_FOUND = 127

# <sched.h> and <sys/mount.h> of Linux.
CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
MS_NOSUID, MS_NODEV = 2, 4
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

# <linux/prctl.h> and <linux/capability.h>.
PR_CAPBSET_DROP = 24
CAP_SYS_MODULE, CAP_SYS_PTRACE, CAP_SYS_ADMIN = 16, 19, 21
LINUX_CAPABILITY_VERSION_3 = 0x20080522

# What the child of a fork and its parent say to each other before the job begins.
SETTLED = b"s"
GO = b"g"

libc = ctypes.CDLL(None, use_errno=True)


class JobError(ValueError):
    """A job that cannot be started as it was described."""


@dataclass(frozen=True)
class Job:
    """What to run, and where its log, pid and end are written.

    `argv` is a script with its arguments for the fork server, or a command to execute. Where `opt_ml` is shown as
    /opt/ml, the folders in `hide` are empty to the job; an outer one comes after what is in it.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    log: str
    pid_file: str
    exit_file: str
    opt_ml: str | None = None
    hide: tuple[str, ...] = ()
    network: bool = True
    memory_mb: int | None = None
    oom_score: int | None = None


def parse_job(value: object, words: str) -> Job:
    """The job of a request whose script or command is in the field `words`.

    Raises JobError, which names the field that is missing or of the wrong kind.
    """
    if not isinstance(value, dict):
        raise JobError("a job is a JSON object")
    argv = value.get(words)
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
        raise JobError(f"{words} must be a list of strings with at least one")
    env = value.get("env")
    if not isinstance(env, dict) or not all(isinstance(text, str) for text in env.values()):
        raise JobError("env must be an object of strings")
    hide = value.get("hide", [])
    if not isinstance(hide, list) or not all(isinstance(folder, str) for folder in hide):
        raise JobError("hide must be a list of strings")
    return Job(
        argv=tuple(argv),
        env=env,
        cwd=_text(value, "cwd"),
        log=_text(value, "log"),
        pid_file=_text(value, "pidFile"),
        exit_file=_text(value, "exitFile"),
        opt_ml=None if value.get("optMl") is None else _text(value, "optMl"),
        hide=tuple(hide),
        network=value.get("network") is not False,
        memory_mb=_integer(value, "memoryMb"),
        oom_score=_integer(value, "oomScore"),
    )


def start(job: Job, run: Callable[[Job], NoReturn]) -> int:
    """Forks; the child becomes the job and calls `run`. Returns the job's pid once its pid file is written.

    The child is the leader of a session of its own, so that a signal to its group reaches all that it starts. It does
    not begin before the pid file is there: no job runs that nobody can find.
    """
    log = os.open(job.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    ours, theirs = socket.socketpair()
    before = signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        pid = os.fork()
        if pid == 0:
            ours.close()
            _become(job, run, log, theirs)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(log)
        theirs.close()
    try:
        with ours:
            # Nothing comes where the child failed at once; its end then tells.
            ours.recv(1)
            write_json(job.pid_file, {"pid": pid, "startTicks": start_ticks(pid)})
            with contextlib.suppress(BrokenPipeError):
                ours.sendall(GO)
    except OSError:
        # Without the word to go on the child has ended by itself.
        os.waitpid(pid, 0)
        raise
    return pid


def reap(pid: int, job: Job, block: bool = False) -> bool:
    """Writes the exit file if the job has ended; whether it has.

    What it left running goes with it, as in a container.
    """
    options = 0 if block else os.WNOHANG
    if hasattr(os, "waitid"):
        # The pid stays taken until it is waited for, so the group is certainly still the job's.
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | options) is None:
            return False
        signal_group(pid, signal.SIGKILL)
    found, status = os.waitpid(pid, options)
    if found == 0:
        return False
    code = os.waitstatus_to_exitcode(status)
    write_json(
        job.exit_file,
        {"code": code if code >= 0 else None, "signal": -code if code < 0 else None, "endedAt": time.time()},
    )
    return True


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signals a job and all that it started; nothing happens where none of it is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def write_json(path: str, value: object) -> None:
    """Writes a file that is never seen half written."""
    draft = Path(f"{path}.{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(value, file)
    draft.replace(path)


def start_ticks(pid: int) -> str:
    """When a process started, field 22 of /proc/<pid>/stat; empty where there is no such file."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""
    # The command, field 2, may hold anything, even spaces and parentheses.
    return stat.rpartition(")")[2].split()[19]


def fail(reason: str, code: int) -> NoReturn:
    """Ends a job that could not begin, with the reason in its log."""
    os.write(2, f"crossfold: {reason}\n".encode())
    os._exit(code)


def _become(job: Job, run: Callable[[Job], NoReturn], log: int, parent: socket.socket) -> NoReturn:
    try:
        os.setsid()
        _restore_signals()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        parent.sendall(SETTLED)
        if parent.recv(1) != GO:
            os._exit(CANNOT_START)
        # Sockets and logs of the server; the objects that own them are never finalized here.
        os.closerange(3, max(int(entry.name) for entry in Path("/dev/fd").iterdir()) + 1)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        _limit(job)
        if not job.network:
            _unplug()
        if job.opt_ml is not None:
            _mount(job.opt_ml, job.hide)
            _drop_mount_rights()
        os.chdir(job.cwd)
    except BaseException as error:
        fail(f"the job cannot start: {error}", CANNOT_START)
    try:
        run(job)
    except BaseException as error:
        fail(f"the job cannot start: {type(error).__name__}: {error}", CANNOT_START)


def _restore_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        # Some numbers belong to the C library.
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)


def _limit(job: Job) -> None:
    if job.oom_score is not None:
        Path("/proc/self/oom_score_adj").write_text(str(job.oom_score))
    if job.memory_mb is not None:
        # Not the address space: numeric libraries reserve far more of it than they ever use.
        limit = job.memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _unplug() -> None:
    """Leaves this process and its children without a network, as network isolation does."""
    if not hasattr(libc, "unshare"):
        raise OSError("this system has no network namespaces")
    _checked(libc.unshare(CLONE_NEWNET), "a network namespace of its own")


def _mount(folder: str, hide: tuple[str, ...]) -> None:
    """Shows `folder` as /opt/ml to this process and its children alone, and the folders in `hide` as empty."""
    if not hasattr(libc, "unshare"):
        raise OSError("this system has no mount namespaces")
    if not OPT_ML.is_dir():
        OPT_ML.mkdir(parents=True)
    _checked(libc.unshare(CLONE_NEWNS), "a mount namespace of its own")
    _checked(libc.mount(b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None), "private mounts")
    bind = libc.mount(os.fsencode(folder), bytes(OPT_ML), None, ctypes.c_ulong(MS_BIND | MS_REC), None)
    _checked(bind, f"{folder} as {OPT_ML}")
    for hidden in hide:
        options = ctypes.c_ulong(MS_NOSUID | MS_NODEV)
        empty = libc.mount(b"tmpfs", os.fsencode(hidden), b"tmpfs", options, b"size=4k,mode=700")
        _checked(empty, f"an empty folder over {hidden}")


def _drop_mount_rights() -> None:
    """Takes away the rights with which root would undo the mounts, or look around them into another process's.

    The bounding set holds for what is executed from here on, the sets of the process for itself.
    """
    for right in (CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_SYS_MODULE):
        _checked(libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0), "to drop a right")
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    # Two words each of the effective, the permitted and the inheritable set.
    sets = (ctypes.c_uint32 * 6)()
    _checked(libc.capget(header, sets), "to read its rights")
    kept = ~(1 << CAP_SYS_ADMIN | 1 << CAP_SYS_PTRACE | 1 << CAP_SYS_MODULE) & 0xFFFFFFFF
    for word in (0, 1, 2):
        sets[word] &= kept
    _checked(libc.capset(header, sets), "to drop rights")


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"the system refuses {what}: {os.strerror(number)}")


def _text(value: dict[str, object], field: str) -> str:
    text = value.get(field)
    if not isinstance(text, str) or text == "":
        raise JobError(f"{field} must be a string that is not empty")
    return text


def _integer(value: dict[str, object], field: str) -> int | None:
    number = value.get(field)
    if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
        raise JobError(f"{field} must be an integer")
    return number
