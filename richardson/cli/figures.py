"""``richardson figures``: run the scripts of a folder, each of which draws one figure."""

import argparse
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from richardson.errors import InvalidInputError, OutputError, UnknownNameError, nearest


def figures(asked: argparse.Namespace) -> None:
    """Run ``main(out, quick)`` of every script asked for and print the files that they wrote.

    Raises
    ------
    InvalidInputError
        If the folder holds no scripts, or one has no ``main``.
    UnknownNameError
        If a script is not there.
    OutputError
        If the output folder cannot be made.
    """
    scripts = _scripts(Path(asked.scripts))
    for name in asked.names:
        if name not in scripts:
            raise UnknownNameError(f"There is no figure script '{name}' in {asked.scripts}. {nearest(name, scripts)}")
    names = list(dict.fromkeys(asked.names)) or list(scripts)
    out = _made(Path(asked.out))
    for name in tqdm(names, desc="figures", unit="figure", file=sys.stderr, disable=None, leave=False):
        before = _ages(out)
        _main_of(scripts[name])(out, quick=asked.quick)
        written = [file for file, age in sorted(_ages(out).items()) if before.get(file) != age]
        print(f"{name}: {', '.join(written) or 'no file'}")
    print(f"{len(names)} {'figure' if len(names) == 1 else 'figures'} in {out}")


def _scripts(folder: Path) -> dict[str, Path]:
    found = {file.stem: file for file in sorted(folder.glob("*.py")) if not file.stem.startswith("_")}
    if not found:
        raise InvalidInputError(
            f"'{folder}' holds no figure scripts. Run this in the folder of the source, or name the folder of the scripts with --scripts."
        )
    return found


def _main_of(script: Path) -> Callable[..., object]:
    main = runpy.run_path(str(script), run_name=script.stem).get("main")
    if not callable(main):
        raise InvalidInputError(f"'{script}' is no figure script: it has no function main(out, quick). Add one, or name other scripts.")
    drawn: Callable[..., object] = main
    return drawn


def _made(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"'{out}' cannot be written: {(error.strerror or str(error)).lower()}. Give another folder with --out."
        ) from error
    return out


def _ages(folder: Path) -> dict[str, int]:
    """When each file was last written."""
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}
