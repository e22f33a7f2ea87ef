"""Tables as text for a terminal and as csv; numbers as people read them."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from math import isnan
from typing import Any

FIGURES = 4  # of a number that is read
DIGITS = 10  # of a number in a file, those that rounding leaves alike on every machine
SMALLEST_SHARE = 0.001  # what 10 000 draws resolve

TIMES = {"days": 86_400.0, "h": 3600.0, "min": 60.0, "s": 1.0}  # in seconds, longest first
SIZES = {"TB": 1e12, "GB": 1e9, "MB": 1e6, "kB": 1e3}  # in bytes

Table = Mapping[str, Sequence[Any]]


def shown(value: Any) -> str:
    """A value for a reader: four figures, a true minus sign, "yes" and "no", a dash for what is not defined."""
    plain = value.item() if hasattr(value, "item") else value
    if _is_missing(plain):
        return "–"
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    if isinstance(plain, int | float):
        return f"{plain:.{FIGURES}g}".replace("-", "−").replace("inf", "∞")
    if isinstance(plain, complex):
        return shown(plain.real) if plain.imag == 0 else f"{shown(plain.real)} {'+' if plain.imag > 0 else '−'} {shown(abs(plain.imag))}i"
    return str(plain)


def shown_share(share: float) -> str:
    """A probability from draws with its relation, never finer than they resolve: "= 0.77", "> 0.999"."""
    if share < SMALLEST_SHARE:
        return f"< {SMALLEST_SHARE:g}"
    return f"> {1 - SMALLEST_SHARE:g}" if share > 1 - SMALLEST_SHARE else f"= {share:.2g}"


def scaled(value: float, units: Mapping[str, float]) -> str:
    """A time or size in the largest unit of which it has two, else in the smallest: "5.3 h", "90 min"."""
    unit = next((name for name, size in units.items() if value >= 2 * size), list(units)[-1])
    return f"{shown(value / units[unit])} {unit}"


def aligned(table: Table) -> str:
    """Columns as lines of text, numbers to the right."""
    columns = [[name, *map(shown, column)] for name, column in table.items()]
    right = [is_numeric(column) for column in table.values()]
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for row in zip(*columns, strict=True):
        cells = [cell.rjust(width) if is_right else cell.ljust(width) for cell, width, is_right in zip(row, widths, right, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def is_numeric(column: Sequence[Any]) -> bool:
    """Whether a column holds nothing but numbers, some of which may be missing."""
    return all(value is None or (isinstance(value, int | float | complex) and not isinstance(value, bool)) for value in column)


def as_csv(table: Table) -> str:
    """Columns as comma-separated values; nothing stands where nothing is defined."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows([_written(value) for value in row] for row in zip(*table.values(), strict=True))
    return text.getvalue()


def _is_missing(plain: Any) -> bool:
    return plain is None or (isinstance(plain, float | complex) and isnan(abs(plain)))


def _written(value: Any) -> str:
    plain = value.item() if hasattr(value, "item") else value
    if _is_missing(plain):
        return ""
    return f"{plain:.{DIGITS}g}" if isinstance(plain, float | complex) else str(plain)
