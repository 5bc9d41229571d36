"""Trains the algorithm on a job's channels."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xgboost
from xgboost.callback import EarlyStopping, EvaluationMonitor, TrainingCallback

from builtin_xgboost.channels import format_of, read_table
from builtin_xgboost.checkpoints import Checkpoints, Intermediate, latest, write_model
from builtin_xgboost.faults import UserError
from builtin_xgboost.hyperparameters import DEFAULT_OBJECTIVE, Values, validate
from builtin_xgboost.metrics import MAXIMIZED, added_metrics, split

MODEL = "xgboost-model"
CHANNELS = ("train", "validation", "code")
# What the library says of data or settings that the user can put right.
USERS_FAULTS = (
    "label must be in [0,1] for logistic regression",
    "label must be in [0, num_class)",
    "Target is multiclass but average='binary'",
    "base_score must be in (0,1)",
    "label must be nonnegative",
    "feature_names mismatch",
)

log = logging.getLogger("builtin_xgboost")


def run(env: Mapping[str, str]) -> int:
    """Runs the job that the environment describes; its exit code."""
    logging.basicConfig(
        stream=sys.stdout,
        format="[%(asctime)s:%(levelname)s] %(message)s",
        datefmt="%Y-%m-%d:%H:%M:%S",
        level=logging.INFO,
    )
    try:
        _train(env)
    except UserError as error:
        return _fail(env, f"framework error: \nUserError: {error}")
    except Exception as error:
        logging.exception("training failed")
        return _fail(env, f"framework error: \nAlgorithmError: XGB train call failed with exception:\n {_said(error)}")
    return 0


def _fail(env: Mapping[str, str], reason: str) -> int:
    log.error(reason)
    (Path(env["SM_OUTPUT_DIR"]) / "failure").write_text(reason)
    return 1


def _train(env: Mapping[str, str]) -> None:
    config = Path(env["SM_INPUT_CONFIG_DIR"])
    values = validate(json.loads((config / "hyperparameters.json").read_text()))
    log.info("Running XGBoost Sagemaker in algorithm mode")
    train, validation = _matrices(env, json.loads((config / "inputdataconfig.json").read_text()), values)
    log.info("Train matrix has %d rows and %d columns", train.num_row(), train.num_col())
    watched = [(train, "train")]
    if validation is not None:
        log.info("Validation matrix has %d rows", validation.num_row())
        watched.append((validation, "validation"))
    model = _fit(values, watched, Path(env["SM_MODEL_DIR"]) / MODEL, _checkpoints(config))
    write_model(model, Path(env["SM_MODEL_DIR"]) / MODEL)


def _matrices(
    env: Mapping[str, str], channels: dict[str, dict[str, str]], values: Values
) -> tuple[xgboost.DMatrix, xgboost.DMatrix | None]:
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    for name in channels:
        if name not in CHANNELS:
            raise UserError(f"Extraneous channel found: {name}")
    kind = format_of(channels["train"].get("ContentType"))
    weighted = values.pop("csv_weights", 0) == 1
    tables = {}
    for name in ("train", "validation"):
        if name not in channels:
            continue
        folder = Path(env[f"SM_CHANNEL_{name.upper()}"])
        tables[name] = read_table(folder, kind, weighted)
        if tables[name] is None:
            raise UserError(f"No data in {'training' if name == 'train' else name} channel path {folder}")
    found = [table for table in tables.values() if table is not None]
    width = max(table.features.shape[1] for table in found)
    matrices = [table.matrix(width) for table in found]
    return matrices[0], matrices[1] if len(matrices) > 1 else None


def _checkpoints(config: Path) -> Path | None:
    file = config / "checkpointconfig.json"
    if not file.exists():
        return None
    folder = Path(json.loads(file.read_text())["LocalPath"])
    return folder if folder.is_dir() else None


def _fit(
    values: Values, watched: list[tuple[xgboost.DMatrix, str]], file: Path, checkpoints: Path | None
) -> xgboost.Booster:
    rounds: int = values.pop("num_round")
    patience: int | None = values.pop("early_stopping_rounds", None)
    keep_each = values.pop("save_model_on_termination", "false") == "true"
    objective: str | None = values.pop("_tuning_objective_metric", None)
    tuned = [] if objective is None else objective.partition(":")[2].split(",")
    asked: list[str] = values.pop("eval_metric", [])
    own, added = split([*asked, *(metric for metric in tuned if metric not in asked)])
    parameters: dict[str, Any] = {**values, **({"eval_metric": own} if own else {})}
    if "updater" in parameters:
        parameters["updater"] = ",".join(parameters["updater"])

    begun = None if checkpoints is None else latest(checkpoints)
    done = 0 if begun is None else begun.num_boosted_rounds()
    if done:
        log.info("Resuming from iteration %d", done)
    callbacks: list[TrainingCallback] = [EvaluationMonitor(logger=_tell)]
    if checkpoints is not None:
        callbacks.append(Checkpoints(checkpoints))
    if keep_each:
        callbacks.append(Intermediate(file))
    decisive = (tuned or asked)[-1:]
    if patience is not None and decisive and len(watched) > 1:
        (metric,) = decisive
        stop = EarlyStopping(
            patience, data_name="validation", metric_name=metric, maximize=metric in MAXIMIZED, save_best=True
        )
        callbacks.append(stop)
    try:
        return xgboost.train(
            parameters,
            watched[0][0],
            num_boost_round=rounds - done,
            evals=watched,
            custom_metric=added_metrics(added, values.get("objective", DEFAULT_OBJECTIVE)) if added else None,
            callbacks=callbacks,
            xgb_model=begun,
            verbose_eval=False,
        )
    except Exception as error:
        if any(words in str(error) for words in USERS_FAULTS):
            raise UserError(_said(error)) from error
        raise


def _said(error: Exception) -> str:
    """What an error says, without the library's own stack behind it."""
    return str(error).partition("\nStack trace")[0].strip()


def _tell(line: str) -> None:
    """A round's metrics as CloudWatch has them: there a tab is #011."""
    print(line.rstrip("\n").replace("\t", "#011"), flush=True)
