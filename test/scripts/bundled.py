"""Tables that scikit-learn brings along, as pipelines of a test."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jobs import Jobs, preprocessing, read
from sklearn.compose import ColumnTransformer


def as_text(frame: pd.DataFrame) -> str:
    """A CSV that keeps every number to the last bit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(
        [[repr(value) if isinstance(value, float) else value for value in row] for row in frame.to_numpy(object)]
    )
    return out.getvalue()


def bundled(load: Callable[..., Any]) -> pd.DataFrame:
    """Features and target of a `sklearn.datasets.load_…`, the target last and named y."""
    loaded = load(as_frame=True)
    return loaded.data.rename(columns=lambda name: name.replace("/", "_")).assign(y=loaded.target)


def scripts_for(frame: pd.DataFrame, extra: str = "", apart: tuple[str, ...] = ()) -> dict[str, str]:
    """A preprocessing.py that scales all columns but the target and those `apart`."""
    numeric = [name for name in frame.columns if name not in ("y", *apart)]
    return {"preprocessing.py": preprocessing(numeric, (), extra=extra)}


def transformer(scripts: Mapping[str, str]) -> ColumnTransformer:
    """What `build_preprocessing` of these scripts gives, without crossfold."""
    namespace: dict[str, Any] = {}
    exec(scripts["preprocessing.py"], namespace)
    return namespace["build_preprocessing"]()


def cross_validate(
    jobs: Jobs, split: Path, settings: Mapping[str, Mapping[str, Any]], metrics: list[str], folds: int
) -> tuple[Path, dict[tuple[str, int], dict[str, float]]]:
    """Fit every algorithm on every fold: the output folder, and the scores by algorithm and fold."""
    channels = {fold: jobs.preprocess(split, fold) for fold in range(folds)}
    batch = {name: {"algorithm": name, "hyperparameters": values} for name, values in settings.items()}
    output = jobs.train(batch, [{"setting": s, "fold": f} for s in batch for f in channels], channels, metrics)
    return output, {(fit["setting"], fit["fold"]): fit["metrics"] for fit in read(output / "result.json")["fits"]}
