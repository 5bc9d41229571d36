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
    """`file:line` of the deepest frame in the user's own code, else in ours, else nothing."""
    code = Path(__file__).resolve().parents[1]
    if isinstance(error, SyntaxError) and error.filename and _inside(code, error.filename):
        return f"{_relative(code, error.filename)}:{error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _inside(code, f.filename)]
    ours = {"crossfold", "split.py", "preprocess.py", "train.py", "final_fit.py", "evaluate.py"}
    users = [f for f in frames if Path(_relative(code, f.filename)).parts[0] not in ours]
    for frame in reversed(users or frames):
        return f"{_relative(code, frame.filename)}:{frame.lineno}"
    return None


def _inside(folder: Path, file: str) -> bool:
    return Path(file).resolve().is_relative_to(folder)


def _relative(folder: Path, file: str) -> str:
    return str(Path(file).resolve().relative_to(folder))
