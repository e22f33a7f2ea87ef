"""Pieces of a page that stands alone: paragraphs, tables, pictures; everything that varies is escaped."""

import base64
from collections.abc import Iterable, Sequence
from html import escape

from richardson.cli.tables import Table, is_numeric, shown

STYLE = """
body { font: 17px/1.55 Georgia, "Times New Roman", serif; color: #222; background: #fff;
  max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2.6rem; border-bottom: 1px solid #bbb; }
h3 { font-size: 1.05rem; margin-top: 1.8rem; }
.verdict { border-left: 5px solid #08519c; background: #f2f6fa; padding: .7rem 1rem; }
.theory { border-left: 5px solid #e08214; background: #fdf6ee; padding: .7rem 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font: 13px/1.4 Helvetica, Arial, sans-serif; margin: .8rem 0; }
caption { text-align: left; white-space: nowrap; font-weight: bold; padding-bottom: .3rem; }
th, td { padding: .22rem .45rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
th { border-bottom: 1.5px solid #555; vertical-align: bottom; } .number { text-align: right; } td.number { white-space: nowrap; }
figure { margin: 1.4rem 0; } figure img { width: 34rem; max-width: 100%; display: block; margin: 0 auto; }
figure.wide img { width: 100%; }
figcaption, .note { font-size: .9rem; color: #444; } dt { font-weight: bold; margin-top: .6rem; } dd { margin-left: 1.2rem; }
code { font-size: .85em; }
""".strip()


def page(title: str, body: Iterable[str]) -> str:
    """A whole document.

    Parameters
    ----------
    title : str
        Plain text.
    body : iterable of str
        Pieces of HTML, in order.
    """
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
    inner = "\n".join(body)
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}<style>\n{STYLE}\n</style></head>\n<body>\n{inner}\n</body>\n</html>\n'


def heading(text: str, level: int = 2) -> str:
    """A heading of plain text."""
    return f"<h{level}>{escape(text)}</h{level}>"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text; ``kind`` is a class of the style sheet."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{escape(text)}</p>"


def listing(items: Iterable[str]) -> str:
    """A list of plain texts."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"


def links(text: str, files: Iterable[str]) -> str:
    """A line of small print that ends in links to files."""
    named = ", ".join(f'<a href="{escape(file)}">{escape(file)}</a>' for file in files)
    return f'<p class="note">{escape(text)} {named}.</p>'


def terms(pairs: Iterable[tuple[str, str]]) -> str:
    """Words and what they mean, as plain text."""
    return "<dl>" + "".join(f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>" for word, meaning in pairs) + "</dl>"


def table(columns: Table, caption: str, file: str) -> str:
    """A table with its caption and a link to its file."""
    numeric = [is_numeric(column) for column in columns.values()]
    head = "".join(f'<th scope="col"{_mark(is_number)}>{escape(name)}</th>' for name, is_number in zip(columns, numeric, strict=True))
    rows = "".join(_row(row, numeric) for row in zip(*columns.values(), strict=True))
    link = f'<p class="note">All digits: <a href="{escape(file)}">{escape(file)}</a></p>'
    body = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f'<div class="scroll"><table>{body}</table></div>{link}'


def picture(svg: bytes, stem: str, alternative: str, caption: str, *, is_wide: bool = False) -> str:
    """A figure that is part of the page, with links to its files.

    Parameters
    ----------
    svg : bytes
        The drawing.
    stem : str
        Path of its files from the page, without ending.
    alternative : str
        What it shows, for those who cannot see it.
    caption : str
        How to read it.
    is_wide : bool
        Whether it takes the page's whole width.
    """
    mark = ' class="wide"' if is_wide else ""
    source = base64.b64encode(svg).decode("ascii")
    links = " · ".join(f'<a href="{escape(stem)}.{kind}">{kind}</a>' for kind in ("pdf", "svg"))
    return (
        f'<figure{mark}><img src="data:image/svg+xml;base64,{source}" alt="{escape(alternative)}">'
        f"<figcaption>{escape(caption)} ({links})</figcaption></figure>"
    )


def _row(row: Sequence[object], numeric: Sequence[bool]) -> str:
    cells = (f"<td{_mark(is_number)}>{escape(shown(value))}</td>" for value, is_number in zip(row, numeric, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _mark(is_number: bool) -> str:
    return ' class="number"' if is_number else ""
