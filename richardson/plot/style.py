"""The look of every figure, one column of a paper measured in millimetres, and files that do not differ between runs."""

import csv
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO, StringIO
from os import PathLike
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from richardson.errors import InvalidInputError, OutputError

COLUMN = 85.0  # mm, one column of a two-column page
PAGE = 175.0  # mm, both columns and the gap
MILLIMETRES_PER_INCH = 25.4
DIGITS = 10  # of a number in a table
SHEET = Path(__file__).parent / "paper.mplstyle"
MACHINE_SETTINGS = frozenset({"backend", "backend_fallback", "interactive"})  # of the session, not of the look
HASHED = re.compile(rb'id="([mp][0-9a-f]{10})"')  # names of markers and clipping paths in an svg
UNDATED = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}  # a date would make every run another file


@contextmanager
def paper() -> Iterator[None]:
    """Context in which matplotlib draws in the paper style; the caller's settings return afterwards.

    Every setting is fixed, not only those of the style sheet, so that a figure does not depend on the machine's own
    ``matplotlibrc``.
    """
    with mpl.rc_context(rc=_settings()):
        yield


def figure(*, width: float = COLUMN, height: float = COLUMN) -> Figure:
    """Empty figure in the paper style, known to no window and to no list of open figures.

    Parameters
    ----------
    width, height : float
        Printed size [mm]; `COLUMN` is one column, `PAGE` both.

    Returns
    -------
    Figure
        Laid out so that labels and legends find room.

    Raises
    ------
    InvalidInputError
        If a side is not a positive number.
    """
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise InvalidInputError(f"A figure needs a width and a height above 0 mm; got {width!r} by {height!r}. Give for example width=85.")
    with paper():
        made = Figure(figsize=(width / MILLIMETRES_PER_INCH, height / MILLIMETRES_PER_INCH), layout="constrained")
        FigureCanvasAgg(made)
    return made


@contextmanager
def drawing(ax: Axes | None, *, height: float = COLUMN) -> Iterator[Axes]:
    """Context that yields Axes to draw on: the given ones as they are, or new ones, one column wide, in the paper style.

    Parameters
    ----------
    ax : Axes or None
    height : float
        Of the new figure [mm].
    """
    if ax is not None:
        yield ax
        return
    with paper():
        new = figure(height=height).add_subplot()
        yield new
        if isinstance(new.figure, Figure):
            new.figure.draw_without_rendering()  # makes the ticks, while the style holds


def save(
    drawn: Figure | Axes | Mapping[str, Axes],
    folder: str | PathLike[str],
    name: str,
    *,
    tables: Mapping[str, Mapping[str, Sequence[Any] | Any]] | None = None,
) -> tuple[Path, ...]:
    """Write a figure as ``name.pdf`` and ``name.svg``, and the numbers it draws as ``name.csv``.

    The same figure gives the same bytes on every run with the same versions of matplotlib and its fonts.

    Parameters
    ----------
    drawn : Figure, Axes or mapping of str to Axes
        A figure, or what a function of `richardson.plot` returned: its whole figure is written.
    folder : path-like
        Made if it does not exist; files of the same name are replaced.
    name : str
        Without folder or ending.
    tables : mapping of str to mapping of str to sequence, optional
        What was drawn: a table, its columns of equal length, for each part of the figure. They are written below one
        another: the first column, ``part``, says which, and a column that a part lacks stays empty.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InvalidInputError
        If nothing drawn is given, the name is not a plain file name, or the columns of a table differ in length.
    OutputError
        If the folder or a file cannot be written.
    """
    if not name or name in {".", ".."} or Path(name).name != name:
        raise InvalidInputError(f"A figure's name is a plain file name without folder or ending; got {name!r}.")
    whole = _figure_of(drawn)
    contents = {f"{name}.{kind}": _rendered(whole, kind) for kind in UNDATED}
    if tables is not None:
        contents[f"{name}.csv"] = _stacked(tables).encode()
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file, content in contents.items():
            _write_whole(target / file, content)
    except OSError as error:
        raise OutputError(f"The figure '{name}' cannot be written to '{target}': {error}. Choose a folder that can be written.") from error
    return tuple(target / file for file in contents)


@cache
def _settings() -> dict[Any, Any]:
    """Matplotlib's own defaults with the style sheet over them."""
    settings = mpl.rc_params_from_file(SHEET, use_default_template=True)
    return {key: value for key, value in settings.items() if key not in MACHINE_SETTINGS}


def _figure_of(drawn: Figure | Axes | Mapping[str, Axes]) -> Figure:
    part = next(iter(drawn.values()), None) if isinstance(drawn, Mapping) else drawn
    while part is not None and not isinstance(part, Figure):
        part = getattr(part, "figure", None)
    if part is None:
        raise InvalidInputError(
            f"Only a figure, Axes or a mapping of Axes can be saved; got {drawn!r}. Draw it first, for example with series."
        )
    return part


def _write_whole(path: Path, content: bytes) -> None:
    """Put a file in place at once, so that a failure on the way leaves the earlier one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _rendered(figure: Figure, kind: str) -> bytes:
    buffer = BytesIO()
    with paper():
        figure.savefig(buffer, format=kind, metadata=UNDATED[kind])
    return _renumbered(buffer.getvalue()) if kind == "svg" else buffer.getvalue()


def _renumbered(svg: bytes) -> bytes:
    """The same drawing with its hashed names counted instead.

    Matplotlib hashes coordinates at full precision, and the last bits of a layout vary from run to run.
    """
    order = {name: b"%c%d" % (name[0], count) for count, name in enumerate(dict.fromkeys(HASHED.findall(svg)))}
    return re.sub(rb"[mp][0-9a-f]{10}\b", lambda match: order.get(match.group(), match.group()), svg)


def _stacked(tables: Mapping[str, Mapping[str, Sequence[Any] | Any]]) -> str:
    header = list(dict.fromkeys(column for table in tables.values() for column in table))
    text = StringIO()
    writer = csv.DictWriter(text, ["part", *header], restval="", lineterminator="\n")
    writer.writeheader()
    for part, table in tables.items():
        lengths = {name: len(column) for name, column in table.items()}
        if len(set(lengths.values())) > 1:
            raise InvalidInputError(f"The columns of the table '{part}' differ in length: {lengths}. Give one entry a row in each.")
        for row in zip(*table.values(), strict=True):
            writer.writerow({"part": part} | {name: _cell(entry) for name, entry in zip(table, row, strict=True)})
    return text.getvalue()


def _cell(entry: Any) -> str:
    """A number with the digits that rounding leaves alike on every machine, nothing for what is missing."""
    plain = entry.item() if hasattr(entry, "item") else entry
    if plain is None or (isinstance(plain, float) and plain != plain):  # noqa: PLR0124 - NaN alone differs from itself
        return ""
    return f"{plain:.{DIGITS}g}" if isinstance(plain, float | complex) else str(plain)
