"""A small table for foreign clients to learn from."""

from __future__ import annotations

import tempfile
from pathlib import Path


def table() -> str:
    """A small table as a file."""
    path = Path(tempfile.mkdtemp()) / "table.csv"
    rows = [f"{i % 7},{i % 3},{int(i % 7 > 3)}" for i in range(70)]
    path.write_text("\n".join(["a,b,y", *rows]) + "\n")
    return str(path)
