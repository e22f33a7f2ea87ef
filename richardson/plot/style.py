"""The look of every figure, measured in millimetres, and files that do not differ between runs."""

import csv
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO, StringIO
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from richardson.errors import InvalidInputError, OutputError, UnknownNameError, nearest
from richardson.plot.letters import SpellingLayout

COLUMN = 85.0  # mm, one column of a two-column page
PAGE = 175.0  # mm, both columns and the gap
MILLIMETRES_PER_INCH = 25.4
DIGITS = 10  # of a number in a table
SHEETS = Path(__file__).parent
SIZES = {"one-column": 240.0, "two-column": 240.0, "slide": 71.4}  # mm, the tallest figure that each has room for
FONTS = {"STIX": None, "Computer Modern": "computer-modern"}  # sheet over the others
MACHINE_SETTINGS = frozenset({"backend", "backend_fallback", "interactive"})  # of the session, not of the look
HASHED = re.compile(rb'id="([mp][0-9a-f]{10})"')  # names of markers and clipping paths in an svg
UNDATED = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}  # a date would make every run another file


class _Style(NamedTuple):
    """What was chosen: names of `SIZES` and `FONTS`."""

    size: str
    font: str


_USUAL = _Style("one-column", "STIX")
_CHOSEN: ContextVar[_Style] = ContextVar("style", default=_USUAL)


@contextmanager
def paper(size: str | None = None, *, font: str | None = None) -> Iterator[None]:
    """Context in which figures have one size and one font; the caller's settings return afterwards.

    Every setting is fixed, not only those of the style sheets, so that a figure does not depend on the machine's own
    ``matplotlibrc``.

    Parameters
    ----------
    size : str, optional
        Of figures that are given none: "one-column" (85 mm wide), "two-column" (175 mm) or "slide" (127 mm by 71.4 mm, to be shown at
        twice that, with letters of 16 points). By default that of the context around, and "one-column" in none.
    font : str, optional
        "STIX" or "Computer Modern", neither of which needs LaTeX. By default that of the context around, and "STIX" in none.

    Raises
    ------
    UnknownNameError
        If there is no such size or font.

    Notes
    -----
    Draw and `save` in the same context: some of a figure, such as ticks that appear late, is made when it is written.

    Examples
    --------
    >>> with paper("two-column", font="Computer Modern"):
    ...     wide = figure(height=60)
    >>> [round(float(side) * 25.4) for side in wide.get_size_inches()]
    [175, 60]
    """
    around = _CHOSEN.get()
    chosen = _Style(_known(size, SIZES, "size", around.size), _known(font, FONTS, "font", around.font))
    token = _CHOSEN.set(chosen)
    try:
        with mpl.rc_context(rc=_settings(chosen)):
            yield
    finally:
        _CHOSEN.reset(token)


def _known(name: str | None, names: Mapping[str, Any], what: str, default: str) -> str:
    if name is None:
        return default
    if name not in names:
        raise UnknownNameError(f"There is no {what} '{name}' of figures. {nearest(name, names)}")
    return name


def figure(*, width: float | None = None, height: float | None = None) -> Figure:
    """Empty figure in the chosen style, known to no window and to no list of open figures.

    Parameters
    ----------
    width, height : float, optional
        Printed size [mm]; that of the chosen style by default, 85 by 85 unless `paper` says otherwise.

    Returns
    -------
    Figure
        Laid out so that labels and legends find room.

    Raises
    ------
    InvalidInputError
        If a side is not a positive number.

    Examples
    --------
    >>> import richardson as rn
    >>> whole = rn.plot.figure(height=60)
    >>> axes = whole.add_subplot()  # to draw on with ax=axes
    """
    default = _settings(_CHOSEN.get())["figure.figsize"]
    width, height = (side * MILLIMETRES_PER_INCH if given is None else given for given, side in zip((width, height), default, strict=True))
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise InvalidInputError(f"A figure needs a width and a height above 0 mm; got {width!r} by {height!r}. Give for example width=85.")
    with paper():
        made = Figure(figsize=(width / MILLIMETRES_PER_INCH, height / MILLIMETRES_PER_INCH), layout=SpellingLayout())
        FigureCanvasAgg(made)
    return made


@contextmanager
def drawing(ax: Axes | None, *, height: float = COLUMN) -> Iterator[Axes]:
    """Context that yields Axes to draw on: the given ones as they are, or new ones in the chosen style.

    Parameters
    ----------
    ax : Axes or None
    height : float
        Of the new figure [mm], where the style has room for it.
    """
    if ax is not None:
        yield ax
        return
    with paper():
        new = figure(height=min(height, SIZES[_CHOSEN.get().size])).add_subplot()
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

    Examples
    --------
    >>> import richardson as rn
    >>> from tempfile import TemporaryDirectory
    >>> run = rn.integrate(rn.models.linear(), [0, 0], range(11))
    >>> with TemporaryDirectory() as folder:
    ...     files = rn.plot.save(rn.plot.series(run), folder, "race", tables={"run": run.to_table()})
    >>> [file.name for file in files]
    ['race.pdf', 'race.svg', 'race.csv']
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
def _settings(chosen: _Style) -> dict[Any, Any]:
    """Matplotlib's own defaults with the style sheets over them."""
    settings = dict(mpl.rc_params_from_file(SHEETS / "paper.mplstyle", use_default_template=True))
    for sheet in (chosen.size, FONTS[chosen.font]):
        if sheet is not None:
            settings |= mpl.rc_params_from_file(SHEETS / f"{sheet}.mplstyle", use_default_template=False)
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
