"""Runs the real entry points in a tree of the shape that SageMaker lays out under /opt/ml."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from crossfold.failure import guard

ROOT = Path(__file__).resolve().parents[2]
TITANIC = ROOT / "examples" / "titanic"
FOLDS = 5
SEED = 42
METRICS = ("roc_auc", "accuracy", "log_loss")
ALGORITHMS: dict[str, dict[str, Any]] = {
    "logistic_regression": {"C": 0.7},
    "random_forest": {"n_estimators": 60, "min_samples_leaf": 2},
    "xgboost": {"n_estimators": 50, "max_depth": 3, "learning_rate": 0.2},
}


class JobFailed(Exception):
    """A job that exited with another code than 0; `message` is what it left for the user."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class CrossValidation:
    jobs: Jobs
    split: Path
    folds: list[Path]
    output: Path


class Jobs:
    """Makes trees and runs jobs in them. `scripts` is the pipeline's own folder of scripts."""

    def __init__(self, folder: Path, scripts: Path = TITANIC / "scripts", task: str = "classification") -> None:
        self.task = task
        self.folder = folder
        self.scripts = scripts
        self.count = 0

    def write_scripts(self, files: Mapping[str, str]) -> None:
        """Use scripts of the test's own instead of the example's."""
        self.scripts = self.folder / "own-scripts"
        for name, text in files.items():
            file = self.scripts / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def tree(self, code: str) -> Path:
        """A new tree with the code bundle in it: our scripts, overlaid by the pipeline's."""
        self.count += 1
        base = self.folder / f"job-{self.count}"
        for source in (ROOT / "scripts", self.scripts):
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, base / code, dirs_exist_ok=True, ignore=ignore)
        return base

    def run(self, base: Path, script: str, arguments: Sequence[str] = ()) -> None:
        """Run an entry point in this process, under its own failure guard."""
        with mock.patch.dict(os.environ, SM_BASE_DIR=str(base)):
            module = importlib.import_module(script)
            try:
                with guard():
                    module.main(list(arguments)) if arguments else module.main()
            except SystemExit as stopped:
                raise failure_of(base, int(str(stopped.code))) from None

    def split_tree(self, data: Path | bytes | str) -> Path:
        base = self.tree("processing/input/code")
        folder = base / "processing" / "input" / "data"
        folder.mkdir()
        if isinstance(data, Path):
            shutil.copy(data, folder)
        else:
            (folder / "table.csv").write_bytes(data.encode() if isinstance(data, str) else data)
        return base

    def split(self, data: Path | bytes | str = TITANIC / "titanic.csv", **changed: object) -> Path:
        """Run the split; the folder of its output."""
        base = self.split_tree(data)
        self.run(base, "split", split_arguments(**{"task": self.task, **changed}))
        return base / "processing" / "output" / "split"

    def preprocess_tree(self, split: Path) -> Path:
        base = self.tree("processing/input/code")
        shutil.copytree(split / "train", base / "processing" / "input" / "table")
        (base / "processing" / "input" / "folds").mkdir()
        shutil.copy(split / "folds.json", base / "processing" / "input" / "folds")
        return base

    def preprocess(self, split: Path, fold: int) -> Path:
        base = self.preprocess_tree(split)
        self.run(base, "preprocess", ["--fold", str(fold), "--task", self.task])
        return base / "processing" / "output" / "fold"

    def train_tree(
        self,
        settings: Mapping[str, Any],
        fits: Sequence[Mapping[str, Any]],
        folds: Mapping[int, Path],
        metrics: Sequence[str] = METRICS,
    ) -> Path:
        base = self.tree("input/data/code")
        for number, folder in folds.items():
            shutil.copytree(folder, base / "input" / "data" / f"fold-{number}")
        write_batch(
            base, {"metrics": list(metrics), "seed": SEED, "task": self.task, "settings": settings, "fits": list(fits)}
        )
        return base

    def train(
        self,
        settings: Mapping[str, Any],
        fits: Sequence[Mapping[str, Any]],
        folds: Mapping[int, Path],
        metrics: Sequence[str] = METRICS,
    ) -> Path:
        base = self.train_tree(settings, fits, folds, metrics)
        self.run(base, "train")
        return base / "output" / "data"

    def train_rows(
        self,
        script: str,
        settings: Mapping[str, Any],
        fits: Sequence[Mapping[str, Any]],
        split: Path,
        metrics: Sequence[str] = METRICS,
        **parameters: str,
    ) -> Path:
        """Run a train job that preprocesses by itself: `train_indices` or `search`."""
        base = self.tree("input/data/code")
        shutil.copytree(split / "train", base / "input" / "data" / "table")
        (base / "input" / "data" / "folds").mkdir()
        shutil.copy(split / "folds.json", base / "input" / "data" / "folds")
        write_batch(
            base, {"metrics": list(metrics), "seed": SEED, "task": self.task, "settings": settings, "fits": list(fits)}
        )
        with_parameters(base, parameters)
        self.run(base, script)
        return base / "output" / "data"

    def suggest(self, question: Mapping[str, Any]) -> Path:
        """Ask for settings; the folder of the answer."""
        base = self.tree("processing/input/code")
        folder = base / "processing" / "input" / "question"
        folder.mkdir()
        (folder / "question.json").write_text(json.dumps(question), encoding="utf-8")
        self.run(base, "suggest")
        return base / "processing" / "output" / "settings"

    def final_fit(self, split: Path, algorithm: str, hyperparameters: Mapping[str, Any]) -> Path:
        """Run the final fit; the folder of the model."""
        base = self.tree("input/data/code")
        shutil.copytree(split / "train", base / "input" / "data" / "table")
        setting = {"algorithm": algorithm, "hyperparameters": hyperparameters}
        write_batch(base, {"metrics": [], "seed": SEED, "task": self.task, "settings": {"best": setting}, "fits": []})
        self.run(base, "final_fit")
        return base / "model"

    def evaluate(self, split: Path, model: Path, metrics: Sequence[str] = METRICS) -> Path:
        """Pack the model as SageMaker does, and run the evaluation."""
        base = self.tree("processing/input/code")
        inputs = base / "processing" / "input"
        shutil.copytree(split / "holdout", inputs / "holdout")
        (inputs / "model").mkdir()
        with tarfile.open(inputs / "model" / "model.tar.gz", "w:gz") as archive:
            archive.add(model, arcname=".")
        self.run(base, "evaluate", ["--metrics", ",".join(metrics)])
        return base / "processing" / "output" / "evaluation"

    def drift(self, split: Path, data: str, captured: Sequence[str] | None = None) -> Any:
        """Compare a table, and captured requests, with the training rows of a split; the result."""
        base = self.split_tree(data)
        inputs = base / "processing" / "input"
        for part in ("train", "holdout"):
            shutil.copytree(split / part, inputs / part)
        if captured is not None:
            hour = inputs / "captured" / "endpoint" / "AllTraffic" / "2026" / "11" / "25" / "10"
            hour.mkdir(parents=True)
            (hour / "30-00-000-0.jsonl").write_text("".join(f"{line}\n" for line in captured), encoding="utf-8")
        self.run(base, "drift", ["--seed", str(SEED)])
        return read(base / "processing" / "output" / "drift" / "result.json")

    def challenge(self, champion: tuple[Path, Path], challenger: tuple[Path, Path], metric: str) -> Any:
        """Compare two models, each with its split; the result."""
        base = self.tree("processing/input/code")
        inputs = base / "processing" / "input"
        shutil.copytree(champion[0] / "train", inputs / "train")
        shutil.copytree(challenger[0] / "holdout", inputs / "holdout")
        for name, (_, model) in {"champion": champion, "challenger": challenger}.items():
            (inputs / name).mkdir()
            with tarfile.open(inputs / name / "model.tar.gz", "w:gz") as archive:
                archive.add(model, arcname=".")
        self.run(base, "challenge", ["--metric", metric, "--confidence", "0.95", "--seed", str(SEED)])
        return read(base / "processing" / "output" / "challenge" / "result.json")

    def leak_check(
        self, split: Path, settings: Mapping[str, Any], metrics: Sequence[str] = METRICS, piece: int = 100
    ) -> Any:
        """Run the leak check, its batch cut into pieces as the orchestrator cuts it; the result."""
        base = self.preprocess_tree(split)
        batch = {"metrics": list(metrics), "seed": SEED, "task": self.task, "settings": settings, "fits": []}
        text = json.dumps(batch)
        pieces = [text[at : at + piece] for at in range(0, len(text), piece)]
        self.run(base, "leak_check", [f"--batch={each}" for each in pieces])
        return read(base / "processing" / "output" / "leakage" / "result.json")


@contextmanager
def started(base: Path, script: str, arguments: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """An entry point as a process. As with a container, what it has started and left is gone at the end."""
    environment = {**os.environ, "SM_BASE_DIR": str(base)}
    command = [sys.executable, str(base / script), *arguments]
    with subprocess.Popen(
        command,
        env=environment,
        cwd="/",
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def failure_of(base: Path, code: int) -> JobFailed:
    """What a failed job left; both files have to say the same."""
    texts = [(base / "output" / name).read_text(encoding="utf-8") for name in ("failure", "message")]
    assert texts[0] == texts[1]
    return JobFailed(code, texts[0])


def split_arguments(**changed: object) -> list[str]:
    values = {"folds": FOLDS, "holdout": 0.2, "seed": SEED, "scheme": "stratified", "metrics": ",".join(METRICS)}
    return [text for name, value in {**values, **changed}.items() for text in (f"--{name}", str(value))]


def write_batch(base: Path, batch: Mapping[str, Any], limit: int = 2500) -> None:
    """Write the batch as hyperparameters, cut as the orchestrator cuts it."""
    text = json.dumps(batch)
    pieces = {f"batch_{at // limit}": text[at : at + limit] for at in range(0, len(text), limit)}
    folder = base / "input" / "config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hyperparameters.json").write_text(json.dumps(pieces), encoding="utf-8")


def with_parameters(base: Path, parameters: Mapping[str, str]) -> None:
    """Add hyperparameters beside the batch."""
    file = base / "input" / "config" / "hyperparameters.json"
    file.write_text(json.dumps({**read(file), **parameters}), encoding="utf-8")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def preprocessing(
    numeric: Sequence[str] = ("x",), categorical: Sequence[str] = ("c",), target: str = "y", extra: str = ""
) -> str:
    """A preprocessing.py for small tables of a test."""
    return f"""
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = {target!r}
NUMERIC = {list(numeric)!r}
CATEGORICAL = {list(categorical)!r}

def build_preprocessing():
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return ColumnTransformer([("n", numbers, NUMERIC), ("c", categories, CATEGORICAL)])

{extra}
"""


def small_table(rows: int = 40, classes: Sequence[str] = ("no", "yes")) -> list[list[str]]:
    """Header and rows of a table with columns x, c and y."""
    body = [[str(n % 7 + n / 10), "ab"[n % 2], classes[(n // 2) % len(classes)]] for n in range(rows)]
    return [["x", "c", "y"], *body]


def as_csv(table: Sequence[Sequence[str]]) -> str:
    return "".join(",".join(row) + "\n" for row in table)
