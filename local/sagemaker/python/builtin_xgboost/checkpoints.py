"""Checkpoints of a training that may be interrupted, and the model as it is after each round."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from xgboost.callback import TrainingCallback

if TYPE_CHECKING:
    import xgboost

PATTERN = re.compile(r"xgboost-checkpoint\.(\d+)")
KEPT = 5


def write_model(model: xgboost.Booster, file: Path) -> None:
    """Writes a model that is never seen half written."""
    draft = file.with_name(f".{file.name}.tmp")
    draft.write_bytes(model.save_raw("ubj"))
    draft.replace(file)


def read_model(file: Path) -> xgboost.Booster:
    """Reads a model. Raises XGBoostError for a file that is none."""
    import xgboost

    return xgboost.Booster(model_file=bytearray(file.read_bytes()))


def _found(folder: Path) -> list[tuple[int, Path]]:
    matches = [(PATTERN.fullmatch(file.name), file) for file in folder.iterdir()]
    return sorted((int(match[1]), file) for match, file in matches if match)


def latest(folder: Path) -> xgboost.Booster | None:
    """The model of the newest checkpoint that is whole."""
    import xgboost

    for _, file in reversed(_found(folder)):
        try:
            return read_model(file)
        except xgboost.core.XGBoostError:
            print(f"the checkpoint {file.name} cannot be read", flush=True)
    return None


class Checkpoints(TrainingCallback):
    """Keeps the model of the last rounds, as `xgboost-checkpoint.<round>`."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: object) -> bool:
        """Writes the checkpoint of a round, and removes the oldest. An epoch counts from where this process began."""
        write_model(model, self._folder / f"xgboost-checkpoint.{model.num_boosted_rounds() - 1}")
        for _, file in _found(self._folder)[:-KEPT]:
            file.unlink()
        return False


class Intermediate(TrainingCallback):
    """Keeps the model of each round as the job's model, so that a job that is stopped leaves one."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        signal.signal(signal.SIGTERM, _leave)

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: object) -> bool:
        """Writes the model."""
        write_model(model, self._file)
        return False


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    os._exit(0)
