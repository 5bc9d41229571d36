"""A script as users of the SageMaker SDK write them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score


def model_fn(model_dir: str) -> Any:
    """The model, for the endpoint."""
    return joblib.load(Path(model_dir) / "model.joblib")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--C", type=float, default=1.0)
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
    arguments, _ = parser.parse_known_args()
    table = pd.read_csv(Path(arguments.train) / "table.csv")
    features, target = table[["a", "b"]].to_numpy(), table["y"]
    model = LogisticRegression(C=arguments.C).fit(features, target)
    print(f"auc={roc_auc_score(target, model.predict_proba(features)[:, 1]):.6f};")
    joblib.dump(model, Path(arguments.model_dir) / "model.joblib")
