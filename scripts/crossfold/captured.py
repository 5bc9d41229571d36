"""The rows that people have sent to an endpoint, from what SageMaker captured of its requests."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from crossfold import payloads, table
from crossfold.columns import Columns
from crossfold.failure import CrossfoldError

LARGEST = 20_000  # rows: the newest are looked at


def read(folder: Path, columns: Columns) -> tuple[pd.DataFrame, int]:
    """The features of the newest captured rows, and the number of requests that could not be read.

    A request may be anything: one that the model would refuse has no rows to look at.
    """
    frames: list[pd.DataFrame] = []
    rows, unread = 0, 0
    for line in _newest_first(folder):
        try:
            raw = payloads.frame(_request(line), columns.features)
            frames.append(table.features(raw, columns))
        except (payloads.RequestError, CrossfoldError, ValueError, KeyError, TypeError):
            unread += 1
            continue
        rows += len(raw)
        if rows >= LARGEST:
            break
    if not frames:
        return table.features(pd.DataFrame(columns=list(columns.features), dtype=object), columns), unread
    return pd.concat(frames, ignore_index=True), unread


def _newest_first(folder: Path) -> Iterator[str]:
    """Lines of the captured files: SageMaker names files by the time, and adds to them at the end."""
    for path in sorted(folder.rglob("*.jsonl"), key=lambda path: path.relative_to(folder).as_posix(), reverse=True):
        yield from reversed(path.read_text(encoding="utf-8").splitlines())


def _request(line: str) -> payloads.Rows:
    """The rows of one captured request.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
    """
    given: dict[str, Any] = json.loads(line)["captureData"]["endpointInput"]
    data = given["data"]
    body = base64.b64decode(data, validate=True) if given["encoding"] == "BASE64" else data
    return payloads.parse(body, given.get("observedContentType"))
