"""``richardson figures``: run the scripts of a folder, each of which draws one figure, again where something changed."""

import argparse
import hashlib
import runpy
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tqdm import tqdm

from richardson.errors import InvalidInputError, OutputError, UnknownNameError, nearest
from richardson.extras import require
from richardson.provenance import RECORDED_PACKAGES

LIBRARY = Path(__file__).parents[1]
RECORD = ".figures.json"  # in the output folder: what each figure was made from


def figures(asked: argparse.Namespace) -> None:
    """Run ``main(out, quick)`` of every script asked for whose figure is not up to date, and print the files that they wrote.

    A figure is up to date if its script, the csv files beside it that bear its name, the library, the versions below it and ``--quick``
    are what they were, and its files are there. That is for doit to say; without it all are drawn, and a line says so.

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
    ledger = _Ledger(out, asked.quick) if find_spec("doit") else None
    if ledger is None:
        print("All are drawn anew; to draw only what changed: pip install 'richardson[figures]'", file=sys.stderr)
    count = 0
    try:
        for name in tqdm(names, desc="figures", unit="figure", file=sys.stderr, disable=None, leave=False):
            if ledger is not None and not asked.all and ledger.is_current(scripts[name]):
                print(f"{name}: up to date")
                continue
            before = _ages(out)
            _main_of(scripts[name])(out, quick=asked.quick)
            written = [file for file, age in sorted(_ages(out).items()) if before.get(file) != age]
            if ledger is not None:
                ledger.note(scripts[name], written)
            print(f"{name}: {', '.join(written) or 'no file'}")
            count += 1
    finally:
        if ledger is not None:
            ledger.close()
    print(f"{count} {'figure' if count == 1 else 'figures'} drawn, {len(names) - count} up to date, in {out}")


class _Ledger:
    """What the figures of a folder were made from, kept by doit."""

    def __init__(self, out: Path, quick: bool) -> None:
        self._doit = {name: require(f"doit.{name}", "figures") for name in ("dependency", "task", "tools")}
        self._out, self._made_with = out, {"library": _library(), "quick": str(quick)}
        self._manager = self._doit["dependency"].Dependency(self._doit["dependency"].JsonDB, str(out / RECORD))

    def is_current(self, script: Path) -> bool:
        """Whether the figure of a script need not be drawn again."""
        return bool(self._manager.get_status(self._task(script), {}).status == "up-to-date")

    def note(self, script: Path, written: list[str]) -> None:
        """That the figure was drawn, to these files, from what there is now."""
        task = self._task(script)
        self._manager.get_status(task, {})
        task.values = {"files": written}
        task.save_extra_values()
        self._manager.save_success(task)

    def close(self) -> None:
        """Write the record."""
        self._manager.close()

    def _task(self, script: Path) -> Any:
        beside = sorted(script.parent.glob(f"{script.stem}_*.csv"))
        current = [self._doit["tools"].config_changed(self._made_with), self._are_there]
        return self._doit["task"].Task(script.stem, None, file_dep=[str(file) for file in (script, *beside)], uptodate=current)

    def _are_there(self, task: Any, values: dict[str, Any]) -> bool:
        files = values.get("files", ())
        return bool(files) and all((self._out / file).is_file() for file in files)


@cache
def _library() -> str:
    """Fingerprint of the library's own files and of the versions below it."""
    digest = hashlib.sha256()
    for file in sorted(LIBRARY.rglob("*")):
        if file.suffix in {".py", ".csv", ".mplstyle", ".toml"}:
            digest.update(str(file.relative_to(LIBRARY)).encode() + file.read_bytes())
    digest.update("".join(f"{package} {version(package)} " for package in RECORDED_PACKAGES).encode())
    return digest.hexdigest()


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
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file() and file.name != RECORD}
