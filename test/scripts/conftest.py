"""Fixtures: job trees as SageMaker lays them out, and one cross validation that many tests read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from jobs import ALGORITHMS, FOLDS, CrossValidation, Jobs


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    """A workshop of jobs in a folder of its own."""
    return Jobs(tmp_path)


@pytest.fixture(scope="session")
def titanic(tmp_path_factory: pytest.TempPathFactory) -> CrossValidation:
    """The Titanic example: split, five folds, the three algorithms on each. Only to be read."""
    jobs = Jobs(tmp_path_factory.mktemp("titanic"))
    split = jobs.split()
    folds = [jobs.preprocess(split, fold) for fold in range(FOLDS)]
    settings = {name: {"algorithm": name, "hyperparameters": values} for name, values in ALGORITHMS.items()}
    fits = [{"setting": name, "fold": fold} for name in settings for fold in range(FOLDS)]
    output = jobs.train(settings, fits, dict(enumerate(folds)))
    return CrossValidation(jobs, split, folds, output)
