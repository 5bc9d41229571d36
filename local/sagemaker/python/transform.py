"""Runs a transform job: `transform.py FOLDER`, where the job's input and its job.json are; the model is below /opt/ml.

The model is served by a child that is forked before anything of the job is imported, so that the model's own program
meets no modules but those of a server.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path


def serve(listener: socket.socket) -> int:
    """Serves the model. Its program may have modules of the same names as the server's."""
    from serve import main

    for name in ("serve", "transform"):
        sys.modules.pop(name, None)
    return main(os.environ, listener)


def drive(folder: Path, listener: socket.socket, server: int) -> int:
    """Sends the job's records to the model; its exit code is the job's."""
    from batch_transform.driver import run
    from batch_transform.model_client import ModelClient

    port = listener.getsockname()[1]
    # From here on the port is the server's alone: when it is gone, nobody answers.
    listener.close()
    return run(folder, ModelClient(port, server))


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: transform.py FOLDER", file=sys.stderr)
        return 2
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = os.fork()
    if server == 0:
        return serve(listener)
    # What the server still does when this process ends, ends with it: the job is the whole group.
    return drive(Path(arguments[0]), listener, server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
