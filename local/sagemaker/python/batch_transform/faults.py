"""What goes wrong with a file of a transform job, by whose fault it is."""

from __future__ import annotations


class FileError(Exception):
    """A file that cannot be transformed. Its class is that of the job's FailureReason."""

    reason = "AlgorithmError"


class DataError(FileError):
    """The file's content, or the job's request, does not fit."""

    reason = "ClientError"


class ModelGoneError(FileError):
    """The model's process has ended: no other file can be transformed either."""
