"""The file that names the one process that serves a place."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class PidFile:
    """A pid file that is this process's own, by a lock that goes with it however it ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path) -> PidFile | None:
        """Writes this process's pid to the file; None where another process that lives has it."""
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                return None
            with contextlib.suppress(FileNotFoundError):
                # Its owner may have removed it between the two calls.
                if path.stat().st_ino == os.fstat(descriptor).st_ino:
                    os.ftruncate(descriptor, 0)
                    os.write(descriptor, str(os.getpid()).encode())
                    return cls(path, descriptor)
            os.close(descriptor)

    def release(self) -> None:
        """Removes the file, once; what another process has there since then stays."""
        if self._descriptor is None:
            return
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
