"""Selects a portion of a value by the steps of a JSONPath, as the endpoint has parsed it."""

from __future__ import annotations

from typing import Any

from batch_transform.faults import DataError


def select(value: Any, steps: list[dict[str, Any]]) -> Any:
    """The portion that the steps lead to. Raises DataError where there is none."""
    for position, step in enumerate(steps, start=1):
        if "name" in step:
            value = _member(value, step["name"])
        elif "names" in step:
            value = {name: _member(value, name) for name in step["names"]}
        elif "index" in step:
            value = _element(value, step["index"])
        else:
            found = _all(value) if "all" in step else _items(value, step["items"])
            return [select(each, steps[position:]) for each in found]
    return value


def _member(value: Any, name: str) -> Any:
    if isinstance(value, dict) and name in value:
        return value[name]
    raise DataError(f"a filter names the member {name!r}, which a record does not have")


def _element(value: Any, index: int) -> Any:
    if isinstance(value, list) and -len(value) <= index < len(value):
        return value[index]
    raise DataError(f"a filter names the index {index}, which is not within the dimension size of a record")


def _all(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    raise DataError("a filter has a wildcard for a value that has no members and no elements")


def _items(value: Any, items: list[int | list[int | None]]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if isinstance(item, int):
            found.append(_element(value, item))
        elif isinstance(value, list):
            found.extend(value[item[0] : item[1]])
        else:
            raise DataError("a filter has a slice of a value that is no array")
    return found
