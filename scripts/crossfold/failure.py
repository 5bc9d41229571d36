"""How a job fails: one message for the user, in the files that SageMaker reads, and exit code 1."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from crossfold import paths
from crossfold.entry_points import ENDPOINT, JOBS

_OURS = {"crossfold", *JOBS, ENDPOINT}
LIMIT_BYTES = 1024  # SageMaker keeps no more of a failure reason or an exit message


class CrossfoldError(Exception):
    """A fault that the user can mend. The message names the cause, the place and the way out."""


class Arguments(argparse.ArgumentParser):
    """An argument parser whose complaint is a job failure like any other."""

    def error(self, message: str) -> NoReturn:
        raise CrossfoldError(f"{self.prog} was started with wrong arguments: {message}.")


@contextmanager
def guard() -> Iterator[None]:
    """Turn an exception into a failed job: the message to the failure files, the rest to stderr."""
    try:
        yield
    except Exception as error:
        traceback.print_exc()
        report(describe(error))
        sys.exit(1)


def describe(error: BaseException) -> str:
    """What the user is told: a known error's message, else type, message and the user's line."""
    if isinstance(error, CrossfoldError):
        return str(error)
    place = _user_line(error)
    return f"{type(error).__name__}: {error}" + (f" (in {place})" if place else "")


def shorten(message: str, limit: int = LIMIT_BYTES) -> str:
    """Cut a message to `limit` bytes of valid UTF-8; a cut is marked by an ellipsis."""
    encoded = message.encode("utf-8", errors="replace")
    if len(encoded) <= limit:
        return encoded.decode("utf-8")
    mark = "…"
    kept = encoded[: limit - len(mark.encode("utf-8"))]
    return kept.decode("utf-8", errors="ignore") + mark


def report(message: str) -> None:
    """Write the message where training (`failure`) and processing (`message`) jobs are read."""
    text = shorten(message)
    folder = paths.output()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("failure", "message"):
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:  # the exit code and stderr still tell
        print(f"The failure message could not be written to {folder}: {error}", file=sys.stderr)
    print(text, file=sys.stderr)


def _user_line(error: BaseException) -> str | None:
    """`file:line` of the deepest frame in the pipeline's own code, if any."""
    frames = [(f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    for file, line in reversed(frames):
        name = _users_file(Path(file).resolve())
        if name is not None:
            return f"{name}:{line}"
    return None


def _users_file(file: Path) -> str | None:
    """The path in the code folder of a file that is not one of ours."""
    for code in (paths.processing_input("code"), paths.channel("code")):
        if file.is_relative_to(code.resolve()):
            relative = file.relative_to(code.resolve())
            return None if relative.parts[0] in _OURS else str(relative)
    return None
