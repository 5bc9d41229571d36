"""Fixtures: a fork server that many tests share, and one that a test may end."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from forked import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A fork server that outlives the test."""
    # pytest's own folders are too long for the path of a socket on some systems.
    with tempfile.TemporaryDirectory(prefix="crossfold-") as folder:
        running = Server(Path(folder), HOST_SECRET="leaked")
        yield running
        assert running.stop() == 0


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A fork server of this test's own."""
    with tempfile.TemporaryDirectory(prefix="crossfold-") as folder:
        running = Server(Path(folder))
        yield running
        running.stop()


@pytest.fixture(scope="session")
def mounts() -> None:
    """Skips where a process may not have mounts of its own."""
    if sys.platform != "linux":
        pytest.skip("this system has no mount namespaces")
    child = os.fork()
    if child == 0:
        os._exit(0 if ctypes.CDLL(None).unshare(0x00020000) == 0 else 1)
    if os.waitpid(child, 0)[1] != 0:
        pytest.skip("unshare(CLONE_NEWNS) is not permitted here: it takes root, or CAP_SYS_ADMIN in a container")
