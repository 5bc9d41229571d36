"""Small JSON files between the steps. Numbers keep full precision; order of keys is as written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crossfold.failure import CrossfoldError


def write_json(path: Path, value: Any) -> None:
    """Write JSON; NaN and infinity are refused (they are not JSON)."""
    path.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file so that whoever is stopped in the middle leaves the one before it whole."""
    part = path.with_name(f".{path.name}.part")
    write(part)
    part.replace(path)


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CrossfoldError(f"The job's input {path} is missing; an earlier step left it out.") from error
    except ValueError as error:
        raise CrossfoldError(f"The job's input {path} is not valid JSON: {error}.") from error
