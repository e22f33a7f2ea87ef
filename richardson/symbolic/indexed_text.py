"""Equations over nations as text that the parser reads back: ``own__x`` for a quantity of nation i, ``other__x`` for that of j."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from richardson.symbolic.indexed import Family, OverNations, mutual, other, own, pair, shared, total
from richardson.symbolic.parse import parse
from richardson.symbolic.write import to_text

INDICES = {"own": own, "other": other, "pair": pair, "mutual": mutual, "shared": shared}


def to_texts(equations: OverNations) -> dict[str, Any]:
    """All of the equations but their families, as lists of text and numbers."""
    words = {
        symbol: sympy.Symbol(word, real=True) for word, symbol in _words(equations.states, equations.families, equations.marks).items()
    }
    words |= {symbol: sympy.Symbol(f"total__{place}", real=True) for place, symbol in enumerate(equations.sums)}
    return {
        "nations": list(equations.nations),
        "states": list(equations.states),
        "terms": [to_text(term.xreplace(words)) for term in equations.terms],
        "rates": [to_text(rate.xreplace(words)) for rate in equations.reduced],
        "marks": [[name, list(numbers)] for name, numbers in equations.marks],
    }


def from_texts(texts: Mapping[str, Any], families: Sequence[Family]) -> OverNations:
    """The equations that were written.

    Raises
    ------
    ParseError
        If a text is no expression in these quantities.
    """
    marks = tuple((str(name), tuple(map(float, numbers))) for name, numbers in texts["marks"])
    known = _words(texts["states"], families, marks)
    terms = [parse(text, known) for text in texts["terms"]]
    sums = {f"total__{place}": sympy.Symbol(f"total__{place}", real=True) for place in range(len(terms))}
    whole = {symbol: total(term) for symbol, term in zip(sums.values(), terms, strict=True)}
    rates = tuple(parse(text, known | sums).xreplace(whole) for text in texts["rates"])
    return OverNations(tuple(texts["nations"]), tuple(texts["states"]), tuple(families), rates, marks)


def _words(states: Sequence[str], families: Sequence[Family], marks: Sequence[tuple[str, Any]]) -> dict[str, sympy.Symbol]:
    """The word that stands for every indexed symbol."""
    names = [*states, *(family.name for family in families), *(name for name, _ in marks)]
    return {f"{word}__{name}": symbol(name) for word, symbol in INDICES.items() for name in names}
