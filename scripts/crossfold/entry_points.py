"""The scripts that SageMaker starts: what of a code folder is crossfold's own, unless the pipeline replaces it."""

from __future__ import annotations

JOBS = (
    *("split.py", "preprocess.py", "train.py", "train_indices.py", "search.py", "final_fit.py", "evaluate.py"),
    *("leak_check.py", "suggest.py", "drift.py", "challenge.py"),
)
ENDPOINT = "inference.py"
