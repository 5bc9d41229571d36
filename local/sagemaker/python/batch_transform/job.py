"""What a transform job does, as the endpoint has written it down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from batch_transform.data_processing import DataProcessing


@dataclass(frozen=True)
class Job:
    """A transform job: how its files are read, sent and assembled.

    `source` is what the paths of the files are below, for messages; `timeout` is in seconds.
    """

    source: str
    content_type: str | None
    accept: str | None
    gzip: bool
    by_line: bool
    single: bool
    payload_bytes: int
    concurrency: int
    timeout: float
    retries: int
    assemble_by_line: bool
    processing: DataProcessing


def read_job(file: Path) -> Job:
    """The job of a job.json, which the endpoint has checked."""
    told = json.loads(file.read_text())
    return Job(
        source=told["source"],
        content_type=told["contentType"],
        accept=told["accept"],
        gzip=told["gzip"],
        by_line=told["byLine"],
        single=told["single"],
        payload_bytes=told["payloadBytes"],
        concurrency=told["concurrency"],
        timeout=told["timeoutSeconds"],
        retries=told["retries"],
        assemble_by_line=told["assembleByLine"],
        processing=DataProcessing(
            input_format=told["inputFormat"],
            output_format=told["outputFormat"],
            input_filter=told["inputFilter"],
            output_filter=told["outputFilter"],
            joins=told["joins"],
        ),
    )
