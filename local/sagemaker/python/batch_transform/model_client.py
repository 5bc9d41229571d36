"""Sends requests to the model's server."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from batch_transform.faults import DataError, FileError, ModelGoneError

# SageMaker's own default for a container that does not answer /ping.
START_TIMEOUT_S = 240.0
LOOK_S = 0.02
PING_TIMEOUT_S = 2.0
# Before a request is sent again: twice as long each time.
RETRY_PAUSE_S = 0.1


class ModelClient:
    """The server on a port of this machine, which is a child of this process."""

    def __init__(self, port: int, server: int) -> None:
        self._port = port
        self._server = server
        self._gone = False
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Waits until the model answers. Raises ModelGoneError, and FileError where that takes too long."""
        end = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            self._require_server()
            if time.monotonic() > end:
                raise FileError("the model did not answer /ping in time")
            time.sleep(LOOK_S)

    def invoke(self, body: bytes, headers: Mapping[str, str], timeout: float, retries: int) -> bytes:
        """The model's answer. What it refuses (4xx) is not sent again.

        Raises DataError for a refusal, FileError where the model breaks each time, and ModelGoneError.
        """
        for attempt in range(retries + 1):
            if attempt > 0:
                time.sleep(RETRY_PAUSE_S * 2 ** (attempt - 1))
            try:
                status, answer = self._request("POST", "/invocations", body, headers, timeout)
            except (OSError, HTTPException) as error:
                self._require_server()
                fault = FileError(f"the model does not answer: {error or type(error).__name__}")
                continue
            if status < HTTPStatus.BAD_REQUEST:
                return answer
            words = f"Bad HTTP status received from algorithm: {status}\nMessage: {answer.decode(errors='replace')}"
            if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise DataError(words)
            fault = FileError(words)
        raise fault

    def _answers(self) -> bool:
        try:
            return self._request("GET", "/ping", None, {}, PING_TIMEOUT_S)[0] == HTTPStatus.OK
        except (OSError, HTTPException):
            return False

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _require_server(self) -> None:
        with self._lock:
            self._gone = self._gone or os.waitpid(self._server, os.WNOHANG)[0] != 0
            if self._gone:
                raise ModelGoneError("the model's server has ended")
