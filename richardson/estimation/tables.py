"""Tables for notebooks."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any


def html_table(columns: Mapping[str, Sequence[Any] | Any], *, caption: str = "") -> str:
    """Columns as an HTML table, numbers to six figures.

    Parameters
    ----------
    columns : mapping of str to sequence
        Columns of equal length.
    caption : str
        Text above the table.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = zip(*columns.values(), strict=True)
    body = "".join(f"<tr>{''.join(f'<td>{escape(_cell(value))}</td>' for value in row)}</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
