"""What is wrong with a job or a request, told apart from a fault of the algorithm."""

from __future__ import annotations

from http import HTTPStatus


class UserError(Exception):
    """Something that whoever made the job can put right."""


class RefusedError(ValueError):
    """A request that the model does not answer, with the HTTP status that says so."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
