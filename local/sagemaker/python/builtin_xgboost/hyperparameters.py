"""The hyperparameters of the algorithm: names, ranges and what depends on what, in the container's own words."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from builtin_xgboost.faults import UserError
from builtin_xgboost.metrics import ALL_METRICS

DEFAULT_OBJECTIVE = "reg:squarederror"
MULTI_CLASS = ("multi:softmax", "multi:softprob")
THRESHOLD_METRICS = ("error", "ndcg", "map")

Values = dict[str, Any]


@dataclass(frozen=True)
class Interval:
    """Numbers between two bounds, each of which may be among them or not, or absent."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: Any) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below

    def __str__(self) -> str:
        low = "(-inf" if self.low is None else f"{'(' if self.low_open else '['}{self.low}"
        high = "+inf)" if self.high is None else f"{self.high}{')' if self.high_open else ']'}"
        return f"{low}, {high}"


class Metrics:
    """Metrics that can be evaluated, some of them at a threshold: `error@0.7`."""

    def __contains__(self, metric: Any) -> bool:
        name, at, threshold = (part.strip() for part in metric.partition("@"))
        if not at:
            return metric in ALL_METRICS
        if name not in THRESHOLD_METRICS:
            raise UserError(
                f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized threshold should "
                "be one of these options: 'error', 'ndcg', 'map'."
            )
        try:
            float(threshold)
        except ValueError:
            raise UserError(f"Threshold value 't' in '{name}@t' expects float input.") from None
        return True

    def __str__(self) -> str:
        return str(list(ALL_METRICS))


@dataclass(frozen=True)
class Hyperparameter:
    """How a value is read, and which values there are."""

    parse: Callable[[str], Any]
    range: Container[Any]


def _words(value: str) -> list[str]:
    return value.split(",")


def _integer(low: float | None = None, high: float | None = None) -> Hyperparameter:
    return Hyperparameter(int, Interval(low, high))


def _number(
    low: float, high: float | None = None, *, low_open: bool = False, high_open: bool = False
) -> Hyperparameter:
    return Hyperparameter(float, Interval(low, high, low_open, high_open))


def _choice(*choices: str) -> Hyperparameter:
    return Hyperparameter(str, list(choices))


OBJECTIVES = (
    *("binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", "multi:softmax", "multi:softprob"),
    *("rank:pairwise", "rank:ndcg", "rank:map", "reg:linear", "reg:squarederror", "reg:logistic", "reg:gamma"),
    *("reg:pseudohubererror", "reg:squaredlogerror", "reg:absoluteerror", "reg:tweedie"),
    *("survival:aft", "survival:cox"),
)
TREE_UPDATERS = ("grow_colmaker", "distcol", "grow_histmaker", "grow_quantile_histmaker", "sync", "refresh", "prune")
LINEAR_UPDATERS = ("shotgun", "coord_descent")

HYPERPARAMETERS: Mapping[str, Hyperparameter] = {
    "num_round": _integer(1),
    "csv_weights": _integer(0, 1),
    "early_stopping_rounds": _integer(1),
    "booster": _choice("gbtree", "gblinear", "dart"),
    "verbosity": _integer(0, 3),
    "nthread": _integer(1),
    "eta": _number(0, 1),
    "gamma": _number(0),
    "max_depth": _integer(0),
    "min_child_weight": _number(0),
    "max_delta_step": _number(0),
    "subsample": _number(0, 1, low_open=True),
    "colsample_bytree": _number(0, 1, low_open=True),
    "colsample_bylevel": _number(0, 1, low_open=True),
    "colsample_bynode": _number(0, 1, low_open=True),
    "lambda": _number(0),
    "alpha": _number(0),
    "tree_method": _choice("auto", "exact", "approx", "hist"),
    "sketch_eps": _number(0, 1, low_open=True, high_open=True),
    "scale_pos_weight": _number(0, low_open=True),
    "updater": Hyperparameter(_words, [*TREE_UPDATERS, *LINEAR_UPDATERS]),
    "dsplit": _choice("row", "col"),
    "refresh_leaf": _integer(0, 1),
    "process_type": _choice("default", "update"),
    "grow_policy": _choice("depthwise", "lossguide"),
    "max_leaves": _integer(0),
    "max_bin": _integer(0),
    "predictor": _choice("auto", "cpu_predictor"),
    "monotone_constraints": Hyperparameter(ast.literal_eval, [-1, 0, 1]),
    "interaction_constraints": Hyperparameter(ast.literal_eval, Interval(1)),
    "sample_type": _choice("uniform", "weighted"),
    "normalize_type": _choice("tree", "forest"),
    "rate_drop": _number(0, 1),
    "one_drop": _integer(0, 1),
    "skip_drop": _number(0, 1),
    "lambda_bias": _number(0, 1),
    "tweedie_variance_power": _number(1, 2, low_open=True, high_open=True),
    "objective": _choice(*OBJECTIVES),
    "num_class": _integer(2),
    "base_score": _number(0),
    "_tuning_objective_metric": _choice(*(f"validation:{metric}" for metric in ALL_METRICS)),
    "eval_metric": Hyperparameter(_words, Metrics()),
    "seed": Hyperparameter(int, Interval(-(2**31), 2**31 - 1, low_open=True, high_open=True)),
    "num_parallel_tree": _integer(1),
    "save_model_on_termination": _choice("true", "false"),
    "aft_loss_distribution": _choice("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _number(0),
    "deterministic_histogram": _choice("true", "false"),
    "sampling_method": _choice("uniform", "gradient_based"),
    "prob_buffer_row": _number(1, low_open=True),
    "use_dask_gpu_training": _choice("false"),
}
REQUIRED = ("num_round",)
ALIASES = {"learning_rate": "eta", "min_split_loss": "gamma", "reg_lambda": "lambda", "reg_alpha": "alpha"}


def validate(given: Mapping[str, str]) -> Values:
    """The values of a job's hyperparameters. Raises UserError for the first that is missing, unknown or wrong."""
    named = {ALIASES.get(name, name): value for name, value in given.items()}
    for name in REQUIRED:
        if name not in named:
            raise UserError(f"Missing required hyperparameter: {name}")
    values = {name: _parsed(name, value) for name, value in named.items()}
    for name, value in values.items():
        _check_range(name, value)
    for check in (_check_updater, _check_objective, _check_metrics, _check_constraints):
        check(values)
    return values


def _parsed(name: str, value: str) -> Any:
    if name not in HYPERPARAMETERS:
        raise UserError(f"Extraneous hyperparameter found: {name}")
    try:
        return HYPERPARAMETERS[name].parse(value)
    except (ValueError, SyntaxError) as error:
        raise UserError(f"Hyperparameter {name}: could not parse value (caused by {type(error).__name__})") from error


def _check_range(name: str, value: Any) -> None:
    known = HYPERPARAMETERS[name].range
    if isinstance(value, list | tuple):
        items = [item for outer in value for item in (outer if isinstance(outer, list | tuple) else [outer])]
        if any(item not in known for item in items):
            raise UserError(f"Hyperparameter {name}: value {value} not in range {known}")
    elif value not in known:
        raise UserError(f"Hyperparameter {name}: {value} is not in {known}")


def _check_updater(values: Values) -> None:
    updaters = values.get("updater")
    if updaters is None:
        return
    if values.get("booster") == "gblinear":
        if len(updaters) != 1 or updaters[0] not in LINEAR_UPDATERS:
            raise UserError("Linear updater should be one of these options: 'shotgun', 'coord_descent'.")
    elif values.get("process_type") == "update":
        if any(updater not in ("refresh", "prune") for updater in updaters):
            raise UserError("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif any(updater not in TREE_UPDATERS for updater in updaters):
        options = ", ".join(f"'{updater}'" for updater in TREE_UPDATERS)
        raise UserError(f"Tree updater should be selected from these options: {options}.")


def _check_objective(values: Values) -> None:
    if values.get("objective") in MULTI_CLASS and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    if "objective" not in values and "num_class" in values:
        raise UserError("Do not need to setup parameter 'num_class' for learning task other than multi-classification.")


def _check_metrics(values: Values) -> None:
    metrics = values.get("eval_metric", [])
    objective = values.get("objective", DEFAULT_OBJECTIVE)
    if "auc" in metrics and not objective.startswith(("binary:", "rank:")):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")


def _check_constraints(values: Values) -> None:
    method = values.get("tree_method")
    if "monotone_constraints" in values and method not in ("exact", "hist"):
        raise UserError(
            "monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and method not in ("exact", "hist", "approx"):
        raise UserError(
            "interaction_constraints can be used only when the tree_method parameter is set to "
            "either 'exact', 'hist' or 'approx'."
        )
