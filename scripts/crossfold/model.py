"""The model that goes to the endpoint: preprocessing and estimator as one, with what it expects."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from threadpoolctl import ThreadpoolController

from crossfold import algorithms, fits, table
from crossfold.batch import Setting
from crossfold.columns import Columns, load_columns
from crossfold.entry_points import JOBS
from crossfold.failure import CrossfoldError
from crossfold.files import read_json, write_json
from crossfold.task import Task

_LIBRARIES = ("scikit-learn", "pandas", "numpy", "joblib", "xgboost", "xgboost-cpu")


@dataclass(frozen=True)
class ModelCard:
    """model.json: what the model predicts, from which columns, and how it came to be."""

    task: Task
    target: str
    classes: list[str]  # empty for a regression
    numeric: list[str]
    categorical: list[str]
    setting: dict[str, Any]
    fitted_rows: int
    fitted_hash: str
    versions: dict[str, str]

    @property
    def features(self) -> list[str]:
        return self.numeric + self.categorical


@dataclass(frozen=True)
class Model:
    pipeline: Pipeline
    card: ModelCard
    columns: Columns
    threads: ThreadpoolController  # kept: to find the thread pools takes 3 ms, longer than a row

    def predictions(self, raw: pd.DataFrame) -> np.ndarray:
        """Probabilities, one column a class, or numbers, for rows of raw values (text or JSON's types). One thread."""
        return self.of_features(table.features(raw, self.columns))

    def of_features(self, features: pd.DataFrame) -> np.ndarray:
        """The same for rows that `table.features` has read."""
        with self.threads.limit(limits=1):
            return fits.predict(self.pipeline, features, len(self.card.classes))

    def predict(self, raw: pd.DataFrame) -> np.ndarray:
        """The class code or number of each row, as the estimator's own `predict` has it."""
        with self.threads.limit(limits=1):
            return np.asarray(self.pipeline.predict(table.features(raw, self.columns)))


def save(pipeline: Pipeline, card: ModelCard, folder: Path, code: Path) -> None:
    """Write the model and the code that serves it: all of the code folder but the jobs' scripts."""
    joblib.dump(pipeline, folder / "pipeline.joblib")
    write_json(folder / "model.json", asdict(card))
    skipped = shutil.ignore_patterns("__pycache__", "*.pyc", "*.md", ".*")
    shutil.copytree(code, folder / "code", ignore=skipped, dirs_exist_ok=True)
    for name in JOBS:
        (folder / "code" / name).unlink(missing_ok=True)


def load(folder: Path) -> Model:
    """Load what `save` wrote. The model runs code: load only models that a run of yours made."""
    card = ModelCard(**read_json(folder / "model.json"))
    code = folder / "code"
    # the pickle refers to the pipeline's own modules by name, so they are loaded before it
    columns = load_columns(code)
    algorithms.load(card.setting["algorithm"], code, card.task)
    if list(columns.numeric) != card.numeric or list(columns.categorical) != card.categorical:
        raise CrossfoldError(
            "The model's preprocessing.py names other columns than its model.json: the archive is"
            " made of two models. Run the final fit again."
        )
    pipeline = joblib.load(folder / "pipeline.joblib")
    return Model(pipeline, card, columns, ThreadpoolController())


def make_card(
    columns: Columns, task: Task, classes: Sequence[str], setting: Setting, rows: int, fitted_hash: str
) -> ModelCard:
    return ModelCard(
        task=task,
        target=columns.target,
        classes=list(classes),
        numeric=list(columns.numeric),
        categorical=list(columns.categorical),
        setting=setting.to_json(),
        fitted_rows=rows,
        fitted_hash=fitted_hash,
        versions=_versions(),
    )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions
