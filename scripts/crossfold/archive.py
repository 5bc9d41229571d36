"""Unpacking a model archive as if a stranger had made it."""

from __future__ import annotations

import tarfile
from pathlib import Path

from crossfold.failure import CrossfoldError

LIMIT_BYTES = 4 * 1024**3
LIMIT_MEMBERS = 20_000


def unpack(archive: Path, folder: Path, limit: int = LIMIT_BYTES) -> None:
    """Unpack a tar.gz: no absolute paths, no `..`, no links out, no devices, a size limit."""
    if not archive.is_file():
        raise CrossfoldError(f"The model archive {archive} is missing; the final fit left none.")
    total = 0
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for number, member in enumerate(tar, start=1):
                total += member.size
                if total > limit or number > LIMIT_MEMBERS:
                    raise CrossfoldError(
                        f"{archive.name} unpacks to more than {limit} bytes or {LIMIT_MEMBERS} files and is refused."
                    )
                tar.extract(member, folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise CrossfoldError(f"{archive.name} cannot be unpacked safely: {error}") from error
