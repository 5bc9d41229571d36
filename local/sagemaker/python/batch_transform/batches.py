"""Splits a file into records, and gathers them into requests."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from batch_transform.faults import DataError
from batch_transform.job import Job

Stream = IO[bytes] | gzip.GzipFile


@dataclass(frozen=True)
class Batch:
    """One request: the records as they were given, and the part of them that is sent."""

    given: bytes
    sent: bytes


def batches_of(file: Path, job: Job) -> Iterator[Batch]:
    """The requests for a file, in its order. Raises DataError for what cannot be read, or is too large to be sent."""
    try:
        with gzip.open(file) if job.gzip else file.open("rb") as stream:
            records = _batches(stream, job)
            yield from records if job.single else _gathered(records, job.payload_bytes)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"the file is not compressed as CompressionType says: {error}") from error


def _batches(stream: Stream, job: Job) -> Iterator[Batch]:
    """A batch for each record."""
    for given in _records(stream, job):
        sent = job.processing.sent(given)
        if len(sent) > job.payload_bytes:
            raise DataError(f"a record has more than the {job.payload_bytes} bytes that MaxPayloadInMB allows")
        yield Batch(given, sent)


def _records(stream: Stream, job: Job) -> Iterator[bytes]:
    """The lines that are not empty, or the whole file where it is not."""
    if job.by_line:
        yield from (record for line in stream if (record := line.rstrip(b"\r\n")))
        return
    # A byte too many is enough to see that it is too large, unless the filter leaves less.
    whole = stream.read(job.payload_bytes + 1 if job.processing.input_filter is None else -1)
    if whole:
        yield whole


def _gathered(batches: Iterator[Batch], limit: int) -> Iterator[Batch]:
    """As many records in each batch as fit, on a line each."""
    held: list[Batch] = []
    size = 0
    for batch in batches:
        if held and size + 1 + len(batch.sent) > limit:
            yield _merged(held)
            held, size = [], 0
        size += len(batch.sent) + (1 if held else 0)
        held.append(batch)
    if held:
        yield _merged(held)


def _merged(batches: list[Batch]) -> Batch:
    return Batch(b"\n".join(each.given for each in batches), b"\n".join(each.sent for each in batches))
