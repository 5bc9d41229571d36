"""Trains the built-in XGBoost algorithm on the job that the environment describes: `train_xgboost.py`."""

from __future__ import annotations

import os
import sys

from builtin_xgboost.training import run

if __name__ == "__main__":
    sys.exit(run(os.environ))
