"""One fold's preprocessing: fitted on its training rows alone, and able to bear any test row."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from jobs import FOLDS, CrossValidation, JobFailed, Jobs, as_csv, preprocessing, read, small_table

from crossfold.fold_tables import ROW, TARGET, Part, read_fold, write_part


def test_evidence_is_the_splits_own_hash(titanic: CrossValidation) -> None:
    described = read(titanic.split / "result.json")["folds"]
    for fold in range(FOLDS):
        evidence = read(titanic.folds[fold] / "evidence.json")
        assert evidence["fitted_hash"] == described[fold]["train_hash"]
        assert evidence["test_hash"] == described[fold]["test_hash"]
        assert evidence["fitted_rows"] == described[fold]["train_rows"]
        result = read(titanic.folds[fold] / "result.json")
        features = set(pd.read_parquet(titanic.folds[fold] / "train.parquet").columns) - {ROW, TARGET}
        assert result == {**evidence, "features": len(features)}


def test_a_fold_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Whatever the transformer calls its features, and where there is none."""
    for names in (["row", "target", "index"], []):
        folder = tmp_path / str(len(names))
        folder.mkdir()
        parts = {}
        for name, rows in (("train", 4), ("test", 2)):
            features = np.random.default_rng(rows).normal(size=(rows, len(names)))
            parts[name] = Part(np.arange(rows)[::-1], features, np.arange(rows) % 2, np.ones(rows) / 3)
            write_part(folder / f"{name}.parquet", names, parts[name])
        fold = read_fold(folder, 1)
        for given, written in ((fold.train, parts["train"]), (fold.test, parts["test"])):
            assert given.features.flags.c_contiguous and given.features.shape == written.features.shape
            for field in ("rows", "features", "target", "weight"):
                np.testing.assert_array_equal(getattr(given, field), getattr(written, field))


def test_the_stored_scaler_knows_the_training_rows_alone(titanic: CrossValidation) -> None:
    """The mean that was learned is the mean of the fold's training rows, to the last bit or two."""
    split = read(titanic.split / "folds.json")["folds"]
    raw = pd.read_parquet(titanic.split / "train" / "table.parquet")
    for fold in range(FOLDS):
        fare = raw.loc[split[fold]["train"], "Fare"].astype(float)
        transformer = joblib.load(titanic.folds[fold] / "preprocessing.joblib")
        scaler = transformer.named_transformers_["numbers"].named_steps["standardscaler"]
        assert scaler.mean_[3] == pytest.approx(fare.mean(), rel=1e-12)
        assert scaler.n_samples_seen_ == len(fare)


def test_changed_test_rows_change_nothing_that_was_fitted(titanic: CrossValidation, jobs: Jobs) -> None:
    split = jobs.folder / "split"
    shutil.copytree(titanic.split, split)
    raw = pd.read_parquet(split / "train" / "table.parquet").astype(object)
    tested = read(split / "folds.json")["folds"][2]["test"]
    raw.loc[tested, "Fare"] = "1e12"
    raw.loc[tested, "Embarked"] = "Atlantis"
    raw.loc[tested, ["Age", "Deck"]] = None
    raw.to_parquet(split / "train" / "table.parquet")
    fold = jobs.preprocess(split, 2)
    ours, theirs = (pd.read_parquet(folder / "train.parquet") for folder in (fold, titanic.folds[2]))
    assert ours.equals(theirs)
    test = pd.read_parquet(fold / "test.parquet")
    assert np.isfinite(test.to_numpy()).all()
    assert (test.filter(like="Embarked").to_numpy() == 0).all()
    settings = {name: {"algorithm": name} for name in ("logistic_regression", "random_forest", "xgboost")}
    output = jobs.train(settings, [{"setting": name, "fold": 2} for name in settings], {2: fold})
    assert len(read(output / "result.json")["fits"]) == 3


def test_a_tampered_fold_is_seen_in_the_evidence(titanic: CrossValidation, jobs: Jobs) -> None:
    split = jobs.folder / "split"
    shutil.copytree(titanic.split, split)
    folds = read(split / "folds.json")
    leaked = folds["folds"][1]["test"][0]
    folds["folds"][1]["train"].append(leaked)
    (split / "folds.json").write_text(json.dumps(folds))
    fold = jobs.preprocess(split, 1)
    evidence = read(fold / "evidence.json")
    described = read(split / "result.json")["folds"][1]
    assert evidence["fitted_rows"] == described["train_rows"] + 1
    assert evidence["fitted_hash"] != described["train_hash"]
    output = jobs.train({"a": {"algorithm": "xgboost"}}, [{"setting": "a", "fold": 1}], {1: fold})
    assert read(output / "result.json")["fits"][0]["fitted_hash"] == evidence["fitted_hash"]


def test_folds_of_other_rows_are_refused(titanic: CrossValidation, jobs: Jobs) -> None:
    split = jobs.folder / "split"
    shutil.copytree(titanic.split, split)
    folds = read(split / "folds.json")
    held_out = folds["holdout"][0]
    folds["folds"][0]["train"].append(held_out)
    (split / "folds.json").write_text(json.dumps(folds))
    with pytest.raises(JobFailed, match=f"Fold 0 names row {held_out}, which is not among the training rows"):
        jobs.preprocess(split, 0)
    with pytest.raises(JobFailed, match="no fold 7; it has: 0, 1, 2, 3, 4"):
        jobs.preprocess(split, 7)


def test_folds_may_differ_in_width_and_are_float64(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    table = small_table(60)
    for line, row in enumerate(table[1:]):
        row[1] = f"k{line % 40}"
    split = jobs.split(as_csv(table))
    folds = [jobs.preprocess(split, fold) for fold in range(FOLDS)]
    widths = set()
    for fold in folds:
        train, test = (pd.read_parquet(fold / f"{part}.parquet") for part in ("train", "test"))
        assert list(train.columns) == list(test.columns)
        assert (train.drop(columns=[ROW, TARGET]).dtypes == np.float64).all()
        assert set(train[TARGET]) == {0, 1}
        widths.add(train.shape[1])
    assert len(widths) > 1


def test_a_column_without_a_value_in_a_folds_training_rows_is_named(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    whole = jobs.split(as_csv(small_table()))
    only = read(whole / "folds.json")["folds"][3]["test"][0]
    table = small_table()
    for row, record in enumerate(table[1:]):
        record[0] = "1.5" if row == only else ""
    split = jobs.split(as_csv(table))
    with pytest.raises(JobFailed, match="'x' has no value at all in the training rows of fold 3"):
        jobs.preprocess(split, 3)
    jobs.preprocess(split, 0)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("def build_preprocessing(): return 3", "returned int"),
        (
            "def build_preprocessing(): return ColumnTransformer([('c', 'passthrough', CATEGORICAL)])",
            "not numbers.*Encode every column",
        ),
        ("def build_preprocessing():\n    raise RuntimeError('my mistake')", "my mistake.*preprocessing.py:"),
    ],
)
def test_a_wrong_transformer_is_named(jobs: Jobs, extra: str, expected: str) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing(extra=extra)})
    split = jobs.split(as_csv(small_table()))
    with pytest.raises(JobFailed, match=expected):
        jobs.preprocess(split, 0)


def test_sparse_and_data_frame_outputs_become_dense_numbers(jobs: Jobs) -> None:
    for extra in (
        "def build_preprocessing():\n"
        "    return ColumnTransformer([('c', OneHotEncoder(), CATEGORICAL)], sparse_threshold=1)",
        "plain = build_preprocessing\ndef build_preprocessing(): return plain().set_output(transform='pandas')",
    ):
        jobs.write_scripts({"preprocessing.py": preprocessing(extra=extra)})
        fold = jobs.preprocess(jobs.split(as_csv(small_table())), 0)
        assert not pd.read_parquet(fold / "test.parquet").isna().any().any()
