"""A model server from its start by the fork server to its end, over real connections."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from forked import SOURCES, TIMEOUT_S, Forked, Server, until

FUNCTIONS = """
import json, pathlib, time
import helper
def model_fn(model_dir):
    return json.loads((pathlib.Path(model_dir) / 'model.json').read_text())
def input_fn(body, content_type):
    if content_type != 'application/json':
        raise helper.RequestError('send JSON')
    return json.loads(body)
def predict_fn(data, model):
    if data == 'crash':
        raise KeyError('column age')
    if data == 'wait':
        pathlib.Path('waiting').touch()
        while not pathlib.Path('go').exists():
            time.sleep(0.005)
        return 'waited'
    return data * model['factor']
def output_fn(prediction, accept):
    return json.dumps([prediction, accept]), 'application/x-test'
"""

DEFAULTS = """
class Model:
    def predict(self, rows):
        if rows.ndim != 2:
            raise ValueError('Expected 2D array, got 1D array instead')
        return rows.sum(axis=1)
def model_fn(model_dir):
    return Model()
"""

Reply = tuple[int, http.client.HTTPMessage, bytes]


class Served:
    """A model server as a job of the fork server."""

    def __init__(self, server: Server, program: str | None, **env: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = server.folder / f"serve-{self.port}"
        code = self.base / "model" / "code"
        code.mkdir(parents=True)
        (code / "helper.py").write_text("class RequestError(ValueError): pass\n")
        (self.base / "model" / "model.json").write_text('{"factor": 2}')
        if program is not None:
            (code / "inference.py").write_text(program)
        self.job: Forked = server.fork(
            "",
            argv=[str(SOURCES / "serve.py")],
            env={"SM_BASE_DIR": str(self.base), "SAGEMAKER_BIND_TO_PORT": str(self.port), **env},
        )

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)

    def is_up(self) -> bool:
        assert not (self.job.folder / "exit.json").exists(), self.job.log
        with contextlib.suppress(ConnectionRefusedError):
            return self.get("/ping")[0] == 200
        return False

    def get(self, path: str) -> Reply:
        return self._ask("GET", path, None, {})

    def invoke(self, body: bytes, content_type: str = "application/json", **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask("POST", "/invocations", body, {"Content-Type": content_type, **named})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        connection = self.connect()
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def stop(self) -> tuple[int | None, int | None]:
        if not (self.job.folder / "exit.json").exists():
            os.killpg(self.job.pid, signal.SIGTERM)
        return self.job.end()


@contextlib.contextmanager
def serving(server: Server, program: str) -> Iterator[Served]:
    served = Served(server, program)
    until(served.is_up, "an answer to /ping")
    yield served
    assert served.stop() == (0, None)


@pytest.fixture(scope="module")
def model(server: Server) -> Iterator[Served]:
    with serving(server, FUNCTIONS) as served:
        yield served


@pytest.fixture(scope="module")
def defaults(server: Server) -> Iterator[Served]:
    with serving(server, DEFAULTS) as served:
        yield served


def test_the_programs_functions_answer(model: Served) -> None:
    status, headers, body = model.invoke(b"21", Accept="text/x-mine")
    assert (status, json.loads(body), headers["Content-Type"]) == (200, [42, "text/x-mine"], "application/x-test")


@pytest.mark.parametrize("accept", [{}, {"Accept": "*/*"}])
def test_json_is_the_default_answer(model: Served, accept: dict[str, str]) -> None:
    assert json.loads(model.invoke(b"1", **accept)[2]) == [2, "application/json"]


def test_custom_attributes_come_back(model: Served) -> None:
    name = "X-Amzn-SageMaker-Custom-Attributes"
    assert model.invoke(b"1", **{name: "trace=7"})[1][name] == "trace=7"
    assert model.invoke(b"1")[1][name] is None


def test_execution_parameters(model: Served) -> None:
    status, headers, body = model.get("/execution-parameters")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {"MaxConcurrentTransforms": 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}


def test_a_request_that_makes_no_sense_is_400(model: Served) -> None:
    assert model.invoke(b"1", "text/csv")[::2] == (400, b"send JSON")
    assert model.invoke(b"{")[0] == 400
    assert model.invoke(b"\xff")[0] == 400


def test_a_fault_of_the_program_is_500(model: Served) -> None:
    assert model.invoke(b'"crash"')[::2] == (500, b"KeyError: 'column age'")
    assert model.job.says("raise KeyError('column age')")


def test_unknown_paths(model: Served) -> None:
    assert model.get("/models")[0] == 404


def test_a_body_of_the_limit_and_one_byte_more(model: Served) -> None:
    limit = 6 * 1024 * 1024
    assert model.invoke(b"1".rjust(limit))[0] == 200
    status, _, body = model.invoke(b"1".rjust(limit + 1))
    assert status == 413
    assert str(limit).encode() in body


def test_one_connection_carries_many_requests(model: Served) -> None:
    with contextlib.closing(model.connect()) as connection:
        used = set()
        for number in range(3):
            connection.request("POST", "/invocations", str(number), {"Content-Type": "application/json"})
            response = connection.getresponse()
            assert json.loads(response.read())[0] == number * 2
            used.add(connection.sock.getsockname())
        assert len(used) == 1


def test_default_functions(defaults: Served) -> None:
    assert defaults.invoke(b"1,2\n3,4", "text/csv")[::2] == (200, b"[3.0, 7.0]")
    assert defaults.invoke(b"[[1, 2]]", Accept="text/csv")[::2] == (200, b"3.0\n")
    rows = io.BytesIO()
    numpy.save(rows, numpy.array([[0.5, 2.0]]))
    status, _, body = defaults.invoke(rows.getvalue(), "application/x-npy", Accept="application/x-npy")
    assert (status, numpy.load(io.BytesIO(body)).tolist()) == (200, [2.5])


def test_default_functions_refuse_other_types(defaults: Served) -> None:
    assert defaults.invoke(b"<a/>", "text/xml")[0] == 400
    assert b"image/png" in defaults.invoke(b"[[1]]", Accept="image/png")[2]
    assert b"Expected 2D array" in defaults.invoke(b"[1]")[2]


def test_transform_function_alone(server: Server) -> None:
    program = "def model_fn(d): return 3\ndef transform_fn(m, body, kind, accept): return f'{m} {body} {kind} {accept}'"
    with serving(server, program) as served:
        assert served.invoke(b"a", "text/csv", Accept="text/csv")[2] == b"3 a text/csv text/csv"


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (None, "there is no inference.py"),
        ("", "inference.py has no model_fn(model_dir)"),
        ("def model_fn(d): raise ValueError('no model file')", "ValueError: no model file"),
        ("import absent_library", "ModuleNotFoundError: No module named 'absent_library'"),
        ("def model_fn(d): pass\ndef transform_fn(): pass\ndef input_fn(): pass", "one or the other"),
    ],
)
def test_a_model_that_cannot_be_loaded(server: Server, program: str | None, message: str) -> None:
    served = Served(server, program)
    assert served.job.end() == (1, None)
    last = served.job.log.splitlines()[-1]
    assert last.startswith("the model cannot be loaded: ")
    assert message in last


def test_sigterm_lets_a_running_request_finish(server: Server) -> None:
    with serving(server, FUNCTIONS) as served:
        replies: list[Reply] = []
        asking = threading.Thread(target=lambda: replies.append(served.invoke(b'"wait"')))
        asking.start()
        until((served.job.folder / "waiting").exists, "a running request")
        os.killpg(served.job.pid, signal.SIGTERM)
        until(lambda: _is_closed(served.port), "a closed port")
        (served.job.folder / "go").touch()
        asking.join(TIMEOUT_S)
        assert json.loads(replies[0][2])[0] == "waited"
        assert served.job.end() == (0, None)


def _is_closed(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0


def test_model_at_opt_ml(server: Server, mounts: None, tmp_path: Path) -> None:
    code = tmp_path / "model" / "code"
    code.mkdir(parents=True)
    (code / "named.py").write_text("def model_fn(d): return d\ndef transform_fn(m, *_): return m + ' ' + __file__")
    env = {"SAGEMAKER_PROGRAM": "named.py", "SM_BASE_DIR": ""}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        env["SAGEMAKER_BIND_TO_PORT"] = str(probe.getsockname()[1])
    job = server.fork("", argv=[str(SOURCES / "serve.py")], env=env, optMl=str(tmp_path))
    served = Served.__new__(Served)
    served.job, served.port = job, int(env["SAGEMAKER_BIND_TO_PORT"])
    until(served.is_up, "an answer to /ping")
    assert served.invoke(b"")[2] == b"/opt/ml/model /opt/ml/model/code/named.py"
    assert served.stop() == (0, None)
