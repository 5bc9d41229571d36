"""The evidence of a job that preprocesses by itself: each fit tells which rows its preprocessing saw."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
from jobs import FOLDS, CrossValidation, Jobs, read, write_batch
from test_managed import GIVEN, batch, give, job

from crossfold.rows import row_hash


def with_a_row_twice(split: Path, folder: Path) -> tuple[Path, list[str]]:
    """A split whose table has a row twice, which the first fold tests on; what each fold's preprocessing sees then."""
    shutil.copytree(split, folder)
    folds = read(folder / "folds.json")["folds"]
    twice = folds[0]["test"][0]
    table = folder / "train" / "table.parquet"
    raw = pd.read_parquet(table)
    pd.concat([raw, raw.loc[[twice]]]).to_parquet(table)
    return folder, [row_hash(fold["train"] + [twice] * (twice in fold["train"])) for fold in folds]


def test_a_batch_tells_what_its_preprocessing_saw(titanic: CrossValidation, jobs: Jobs) -> None:
    split, seen = with_a_row_twice(titanic.split, jobs.folder / "split")
    settings = {name: {"algorithm": "logistic_regression"} for name in ("a", "b")}
    fits = [{"setting": name, "fold": fold} for fold in range(1, FOLDS) for name in settings]
    found = read(jobs.train_rows("train_indices", settings, fits, split) / "result.json")["fits"]
    described = read(split / "result.json")["folds"]
    assert len(found) == len(fits)
    for fit in found:
        fold = fit["fold"]
        assert fit["fitted_hash"] == seen[fold] != described[fold]["train_hash"]
        assert fit["test_hash"] == described[fold]["test_hash"]


def test_a_trial_of_a_tuning_job_tells_what_its_preprocessing_saw(titanic: CrossValidation, jobs: Jobs) -> None:
    split, seen = with_a_row_twice(titanic.split, jobs.folder / "split")
    base = job(replace(titanic, split=split), jobs, "train_indices")
    trial = batch()
    write_batch(base, {**trial, "fits": [fit for fit in trial["fits"] if fit["fold"] > 0]})
    give(base, GIVEN)
    jobs.run(base, "train_indices")
    found = read(base / "output" / "data" / "result.json")["fits"]
    assert [fit["fitted_hash"] for fit in found] == seen[1:]
