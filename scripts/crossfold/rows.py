"""The identity of a set of rows: one hash, computed in one place.

A row's id is its position in the data file, counted from 0 after the header. The evidence that a
fold's preprocessing saw its training rows and no others is the equality of two of these hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

INDEX = "row"  # the index name of every table between the steps


def row_hash(ids: Iterable[int]) -> str:
    """`sha256:` and the hash of the ids, ascending, as decimal text joined by newlines."""
    text = "\n".join(str(number) for number in sorted(int(row) for row in ids))
    return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()
