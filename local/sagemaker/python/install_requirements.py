"""Installs what a script needs beside it: `install_requirements.py CODE TARGET REPORT`.

CODE is the folder of a requirements.txt, a setup.py or both. What the interpreter has already is not installed again,
unless another version of it is asked for. REPORT then says how it went: `{"replaces": …}`, or `{"fault": …}`.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

# Options of a requirements file that say where packages come from.
SOURCES = re.compile(r"\s*(-i|-f|--index-url|--extra-index-url|--find-links|--no-index|--pre|--trusted-host)\b")


class InstallError(Exception):
    """What the installer says of its failure."""


def install(code: Path, target: Path) -> bool:
    """Installs into `target`; whether that replaces something that the interpreter has. Raises InstallError."""
    if importlib.util.find_spec("uv") is None:
        raise InstallError(
            "the Python environment has no uv to install with: install it there, or unset CROSSFOLD_PYTHON"
        )
    requirements, package = code / "requirements.txt", code / "setup.py"
    named = [file for file in (requirements, package) if file.is_file()]
    present = _uv(code, "pip", "freeze", "--python", sys.executable).splitlines()
    target.mkdir(parents=True, exist_ok=True)
    pins = target.parent / "pins.txt"
    # The pins of an earlier resolution are kept where they can be: here they are what is there already.
    pins.write_text("\n".join(present))
    quiet = ("--quiet", "--no-header", "--no-annotate", "--python", sys.executable)
    _uv(code, "pip", "compile", *quiet, "--output-file", str(pins), *(str(file) for file in named))
    missing = [line for line in pins.read_text().splitlines() if line.strip() and line not in present]
    options = [] if not requirements.is_file() else filter(SOURCES.match, requirements.read_text().splitlines())
    wanted = target.parent / "wanted.txt"
    wanted.write_text("\n".join([*options, *missing]))
    selected = [*(["--requirements", str(wanted)] if missing else []), *([str(code)] if package.is_file() else [])]
    if selected:
        into = ("--no-deps", "--python", sys.executable, "--target", str(target))
        print(_uv(code, "pip", "install", *into, *selected, merged=True), end="")
    return bool(_names([str(target)]) & _names(sys.path))


def _names(path: list[str]) -> set[str]:
    return {distribution.name.lower().replace("_", "-") for distribution in distributions(path=path)}


def _uv(folder: Path, *arguments: str, merged: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "uv", *arguments],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise InstallError(" ".join((done.stderr or done.stdout).split()))
    return done.stdout


def main(arguments: list[str]) -> int:
    code, target, report = (Path(argument) for argument in arguments)
    print("Installing dependencies from requirements.txt", flush=True)
    try:
        outcome: dict[str, object] = {"replaces": install(code, target)}
    except InstallError as error:
        print(error, flush=True)
        outcome = {"fault": str(error)}
    report.write_text(json.dumps(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
