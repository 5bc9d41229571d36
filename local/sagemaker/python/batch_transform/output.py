"""The output of one file: written aside, and put into its place once it is whole."""

from __future__ import annotations

from pathlib import Path


class Output:
    """What the model answers to a file's records, in their order."""

    def __init__(self, folder: Path, path: Path, assemble_by_line: bool) -> None:
        """`path` is the file's, below the folder of the input; the output has it with `.out` behind."""
        self.path = path
        self.failed = False
        self._place = folder / "output" / path.parent / f"{path.name}.out"
        self._draft = folder / "draft" / path
        self._draft.parent.mkdir(parents=True, exist_ok=True)
        self._by_line = assemble_by_line

    def write(self, answer: bytes) -> None:
        """Adds an answer, with a newline behind it where the job assembles by line and it has none."""
        with self._draft.open("ab") as file:
            file.write(answer)
            if self._by_line and not answer.endswith(b"\n"):
                file.write(b"\n")

    def finish(self) -> None:
        """Puts what was written into its place."""
        self._draft.touch()
        self._place.parent.mkdir(parents=True, exist_ok=True)
        self._draft.replace(self._place)

    def drop(self) -> None:
        """Deletes what was written: the file failed."""
        self.failed = True
        self._draft.unlink(missing_ok=True)
