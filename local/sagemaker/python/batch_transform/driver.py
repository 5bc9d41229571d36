"""Drives a transform job: each file of its input through the model, with so many requests at once as it asks for."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from batch_transform.batches import Batch, batches_of
from batch_transform.faults import FileError, ModelGoneError
from batch_transform.job import Job, read_job
from batch_transform.model_client import ModelClient
from batch_transform.output import Output


def run(folder: Path, client: ModelClient) -> int:
    """Transforms the files below `input` of the job's folder into `output`; the exit code is 0 where none failed.

    Why the job failed is then in the folder's file `failure`, as its FailureReason has it. Where the model never
    answered there is none: the log's last line, which is the server's own where that has ended, says why.
    """
    job = read_job(folder / "job.json")
    try:
        client.wait()
    except ModelGoneError:
        return 1
    except FileError as error:
        _log(str(error))
        return 1
    strategy = "SINGLE_RECORD" if job.single else "MULTI_RECORD"
    payload = job.payload_bytes // 1024**2
    _log(f"MaxConcurrentTransforms={job.concurrency}, MaxPayloadInMB={payload}, BatchStrategy={strategy}")
    reason = Driver(job, folder, client).run()
    if reason is None:
        return 0
    (folder / "failure").write_text(f"{reason}: See job logs for more information")
    return 1


class Driver:
    """Sends batches ahead, and takes the answers in the order of the records."""

    def __init__(self, job: Job, folder: Path, client: ModelClient) -> None:
        self._job = job
        self._folder = folder
        self._client = client
        types = {"Content-Type": job.content_type, "Accept": job.accept}
        self._headers = {name: value for name, value in types.items() if value is not None}
        self._reason: str | None = None
        self._gone = False
        # Batches that are sent; one without an answer ends its file.
        self._window: deque[tuple[Output, Future[bytes] | None]] = deque()

    def run(self) -> str | None:
        """Transforms every file that can be; the class of the first fault, None where there was none."""
        root = self._folder / "input"
        with ThreadPoolExecutor(self._job.concurrency) as pool:
            for file in sorted(path for path in root.rglob("*") if path.is_file()):
                self._send(file, Output(self._folder, file.relative_to(root), self._job.assemble_by_line), pool)
                if self._gone:
                    break
            while self._window:
                self._settle()
        return self._reason

    def _send(self, file: Path, output: Output, pool: ThreadPoolExecutor) -> None:
        try:
            for batch in batches_of(file, self._job):
                self._window.append((output, pool.submit(self._transform, batch)))
                while sum(answer is not None for _, answer in self._window) >= self._job.concurrency:
                    self._settle()
                if output.failed:
                    return
        except FileError as error:
            self._fail(output, error)
        self._window.append((output, None))

    def _transform(self, batch: Batch) -> bytes:
        answer = self._client.invoke(batch.sent, self._headers, self._job.timeout, self._job.retries)
        return self._job.processing.kept(batch.given, answer)

    def _settle(self) -> None:
        """Takes the oldest answer that is open."""
        output, answer = self._window.popleft()
        try:
            if answer is not None:
                # Also of a file that failed: its error may be one more to log.
                content = answer.result()
                if not output.failed:
                    output.write(content)
            elif not output.failed:
                output.finish()
        except FileError as error:
            self._fail(output, error)

    def _fail(self, output: Output, error: FileError) -> None:
        output.drop()
        self._reason = self._reason or error.reason
        self._gone = self._gone or isinstance(error, ModelGoneError)
        for line in str(error).splitlines():
            _log(f"{self._job.source}{output.path}: {line}")


def _log(line: str) -> None:
    """A line of the job's log, as batch transform marks its own."""
    print(f"[sagemaker logs]: {line}", flush=True)
