"""A stack, and an environment for each client."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stack import Stack

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack that all clients talk to."""
    stack = Stack()
    try:
        yield stack
    finally:
        stack.down()


def environment(client: str) -> Path:
    """The programs of a client's environment, which is made from its lock file where it is not there."""
    lock = HERE / f"{client}.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    cache = Path(os.environ.get("CROSSFOLD_CACHE") or Path.home() / ".cache/crossfold")
    folder = cache / f"{client}-{digest}"
    if not (folder / "whole").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        install = ["pip", "sync", "--quiet", "--require-hashes", "--python", str(folder / "bin/python"), str(lock)]
        subprocess.run([*uv, *install], check=True)
        (folder / "whole").touch()
    return folder / "bin"


@pytest.fixture
def client(stack: Stack) -> Callable[..., str]:
    """Runs a program of a client's environment against the stack; what it prints."""

    def run(name: str, program: str, *arguments: str) -> str:
        # Nothing but the stack's variables points it anywhere.
        variables = {"PATH": os.environ["PATH"], "HOME": str(stack.home), **stack.variables}
        command = [str(environment(name) / program), *arguments]
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    return run
