"""What a pipeline predicts: one of some classes, or a number."""

from __future__ import annotations

from typing import Literal, get_args

Task = Literal["classification", "regression"]
TASKS: tuple[Task, ...] = get_args(Task)
