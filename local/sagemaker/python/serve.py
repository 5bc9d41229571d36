"""Serves one model over HTTP as a SageMaker container does: /ping, /execution-parameters and /invocations."""

from __future__ import annotations

import json
import os
import signal
import socket
import socketserver
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

from inference_contract import JSON, ContractError, Inference

REQUEST_LIMIT_MB = 6
MB = 1024 * 1024
# Longer than this a body that is too large is not read to its end before it is refused.
DISCARD_LIMIT = 64 * 1024 * 1024
# SageMaker kills a container 30 s after SIGTERM.
DRAIN_S = 28.0
CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
EXECUTION_PARAMETERS = {
    "MaxConcurrentTransforms": 1,
    "BatchStrategy": "MULTI_RECORD",
    "MaxPayloadInMB": REQUEST_LIMIT_MB,
}
TEXT = "text/plain; charset=utf-8"


class Model(Protocol):
    """A loaded model that answers requests; a request may be refused with a ValueError that has a `status`."""

    default_accept: str

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The body of the answer and its content type."""


class ModelServer(ThreadingHTTPServer):
    """A thread for each connection; the model answers one request at a time, as in one of SageMaker's workers."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], inference: Model, request_limit: int, listener: socket.socket | None = None
    ) -> None:
        self.inference = inference
        self.request_limit = request_limit
        self._listener = listener
        self.model_lock = threading.Lock()
        self.draining = False
        self._running = 0
        self._idle = threading.Condition()
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Binds without the look-up of the host's name that HTTPServer does: that asks the network."""
        if self._listener is None:
            socketserver.TCPServer.server_bind(self)
        else:
            self.socket.close()
            self.socket = self._listener
            self.server_address = self._listener.getsockname()
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), port

    def enter(self) -> None:
        """Counts a request as running."""
        with self._idle:
            self._running += 1

    def leave(self) -> None:
        """Counts a request as answered."""
        with self._idle:
            self._running -= 1
            self._idle.notify_all()

    def drain(self) -> None:
        """Takes no more connections, and waits for the requests that run."""
        self.draining = True
        self.shutdown()
        self.server_close()
        end = time.monotonic() + DRAIN_S
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0, timeout=end - time.monotonic())


class Handler(BaseHTTPRequestHandler):
    """The three paths of a SageMaker container."""

    server: ModelServer
    protocol_version = "HTTP/1.1"
    server_version = "crossfold"
    disable_nagle_algorithm = True
    # Head and body leave in one packet.
    wbufsize = -1

    def do_GET(self) -> None:
        if self.path == "/ping":
            self._send(HTTPStatus.OK, b"", TEXT)
        elif self.path == "/execution-parameters":
            self._send(HTTPStatus.OK, json.dumps(EXECUTION_PARAMETERS).encode(), JSON)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, f"there is no {self.path}")

    def do_POST(self) -> None:
        self.server.enter()
        try:
            self._post()
            self.wfile.flush()
        finally:
            self.server.leave()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        # SageMaker asks every few seconds.
        if self.path != "/ping":
            super().log_request(code, size)

    def _post(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.close_connection = True
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "a request needs a Content-Length")
            return
        if int(length) > self.server.request_limit:
            self._discard(int(length))
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body has {length} bytes; a model takes at most {self.server.request_limit}",
            )
            return
        body = self.rfile.read(int(length))
        if self.path != "/invocations":
            self._refuse(HTTPStatus.NOT_FOUND, f"there is no {self.path}")
            return
        self._invoke(body)

    def _invoke(self, body: bytes) -> None:
        accept = self.headers.get("Accept", "*/*")
        model = self.server.inference
        try:
            with self.server.model_lock:
                content, kind = model.answer(
                    body, self.headers.get("Content-Type", JSON), model.default_accept if accept == "*/*" else accept
                )
        except ValueError as error:
            self._refuse(getattr(error, "status", HTTPStatus.BAD_REQUEST), str(error))
        except Exception as error:
            traceback.print_exc()
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"{type(error).__name__}: {error}")
        else:
            self._send(HTTPStatus.OK, content, kind)

    def _discard(self, length: int) -> None:
        """Reads what is refused, so that the client comes to read why."""
        self.close_connection = True
        left = min(length, DISCARD_LIMIT)
        while left > 0 and (part := self.rfile.read(min(left, 65536))):
            left -= len(part)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self._send(status, message.encode(errors="replace"), TEXT)

    def _send(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        attributes = self.headers.get(CUSTOM_ATTRIBUTES)
        if attributes is not None:
            self.send_header(CUSTOM_ATTRIBUTES, attributes)
        if self.server.draining or self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def load(env: Mapping[str, str]) -> Model:
    """The model that the environment names. Raises whatever loading it raises."""
    model_dir = Path(env.get("SM_BASE_DIR") or "/opt/ml") / "model"
    code = Path(env.get("SAGEMAKER_SUBMIT_DIRECTORY") or model_dir / "code")
    program = code / (env.get("SAGEMAKER_PROGRAM") or "inference.py")
    file = model_dir / "xgboost-model"
    if file.is_file() and not env.get("SAGEMAKER_PROGRAM") and not program.is_file():
        from builtin_xgboost.inference import XGBoostInference

        return XGBoostInference(file, env)
    # The program's modules may have the names of those beside this file.
    own = str(Path(__file__).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if entry != own]
    return Inference(program, model_dir)


def main(env: Mapping[str, str], listener: socket.socket | None = None) -> int:
    """Serves until SIGTERM, on a socket that is bound already or on the port that the environment names."""
    try:
        inference = load(env)
    except ContractError as error:
        print(f"the model cannot be loaded: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        traceback.print_exc()
        print(f"the model cannot be loaded: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    reader = _wake_on(signal.SIGTERM)
    host = env.get("SAGEMAKER_BIND_TO_HOST") or "127.0.0.1"
    address = (host, int(env.get("SAGEMAKER_BIND_TO_PORT") or 8080))
    limit = int(env.get("SAGEMAKER_MAX_PAYLOAD_IN_MB") or REQUEST_LIMIT_MB) * MB
    server = ModelServer(address, inference, limit, listener)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="listener", daemon=True).start()
    os.read(reader, 1)
    server.drain()
    return 0


def _wake_on(number: signal.Signals) -> int:
    """A pipe that has a byte once the signal has come.

    Unlike a wait for an event it wakes also where the system hands the signal to another thread than the main one.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writer)
    return reader


if __name__ == "__main__":
    sys.exit(main(os.environ))
