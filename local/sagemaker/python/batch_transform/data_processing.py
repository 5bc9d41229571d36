"""What of records is sent to the model, and how its answers are associated with them: DataProcessing of a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from batch_transform.faults import DataError
from batch_transform.formats import decode, encode
from batch_transform.json_path import select

Steps = list[dict[str, Any]]


@dataclass(frozen=True)
class DataProcessing:
    """The filters and the join of a job; filters that select all are None.

    The endpoint has seen to it that there is a format wherever a body is looked into.
    """

    input_format: str | None
    output_format: str | None
    input_filter: Steps | None
    output_filter: Steps | None
    joins: bool

    def sent(self, body: bytes) -> bytes:
        """What of a body goes to the model. Raises DataError."""
        if self.input_filter is None or self.input_format is None:
            return body
        records = decode(body, self.input_format)
        return encode([select(record, self.input_filter) for record in records], self.input_format)

    def kept(self, body: bytes, answer: bytes) -> bytes:
        """What is kept of a body and the model's answer to it. Raises DataError."""
        if self.output_format is None or not (self.joins or self.output_filter):
            return answer
        records = decode(answer, self.output_format)
        if self.joins and self.input_format is not None:
            records = _joined(decode(body, self.input_format), records, self.output_format)
        if self.output_filter is not None:
            records = [select(record, self.output_filter) for record in records]
        return encode(records, self.output_format)


def _joined(given: list[Any], answered: list[Any], form: str) -> list[Any]:
    if len(given) != len(answered):
        raise DataError(f"{len(given)} records cannot be joined with the {len(answered)} that the model answered")
    pairs = zip(given, answered, strict=True)
    return [[*row, *answer] if form == "rows" else _pair(row, answer) for row, answer in pairs]


def _pair(record: Any, answer: Any) -> dict[str, Any]:
    """A record of JSON with its answer: an object has one more member, all else goes into a new one."""
    if isinstance(record, dict):
        return {**record, "SageMakerOutput": answer}
    return {"SageMakerInput": record, "SageMakerOutput": answer}
