"""Equations over nations as text that the parser reads back: ``own__x`` for a quantity of nation i, ``other__x`` for that of j."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import sympy

from richardson.symbolic.indexed import Family, OverNations, mutual, other, own, pair, shared, total
from richardson.symbolic.parse import parse
from richardson.symbolic.write import to_text

Named: TypeAlias = Sequence[tuple[str, Any]]

INDICES = {"own": own, "other": other, "pair": pair, "mutual": mutual, "shared": shared}


def to_texts(equations: OverNations) -> dict[str, Any]:
    """All of the equations but their families, as lists of text and numbers."""
    names = _names(equations.states, equations.families, equations.marks, equations.pair_states, equations.parts)
    words = {symbol: sympy.Symbol(word, real=True) for word, symbol in _words(names).items()}
    words |= {symbol: sympy.Symbol(f"total__{place}", real=True) for place, symbol in enumerate(equations.sums)}
    whole = equations.of_nations.reduced[len(equations.rates) :]
    return {
        "nations": list(equations.nations),
        "states": list(equations.states),
        "terms": [to_text(term.xreplace(words)) for term in equations.terms],
        "rates": [to_text(rate.xreplace(words)) for rate in equations.reduced],
        "marks": [[name, list(numbers)] for name, numbers in equations.marks],
        "parts": [[name, to_text(part.xreplace(words))] for (name, _), part in zip(equations.parts, whole, strict=True)],
        "pair states": list(equations.pair_states),
        "pair rates": [to_text(rate.xreplace(words)) for rate in equations.pair_rates],
    }


def from_texts(texts: Mapping[str, Any], families: Sequence[Family]) -> OverNations:
    """The equations that were written.

    Raises
    ------
    ParseError
        If a text is no expression in these quantities.
    """
    marks = tuple((str(name), tuple(map(float, numbers))) for name, numbers in texts["marks"])
    known = _words(_names(texts["states"], families, marks, texts["pair states"], texts["parts"]))
    terms = [parse(text, known) for text in texts["terms"]]
    sums = {f"total__{place}": sympy.Symbol(f"total__{place}", real=True) for place in range(len(terms))}
    whole = {symbol: total(term) for symbol, term in zip(sums.values(), terms, strict=True)}
    rates = tuple(parse(text, known | sums).xreplace(whole) for text in texts["rates"])
    parts = tuple((str(name), parse(text, known | sums).xreplace(whole)) for name, text in texts["parts"])
    pair_rates = tuple(parse(text, known) for text in texts["pair rates"])
    nations, states, pair_states = (tuple(texts[key]) for key in ("nations", "states", "pair states"))
    return OverNations(nations, states, tuple(families), rates, marks, parts, pair_states, pair_rates)


def _names(states: Sequence[str], families: Sequence[Family], marks: Named, pair_states: Sequence[str], parts: Named) -> list[str]:
    """All that is indexed by nations."""
    named = (name for name, _ in (*marks, *parts))
    return [*states, *pair_states, *(family.name for family in families), *named]


def _words(names: Sequence[str]) -> dict[str, sympy.Symbol]:
    """The word that stands for every indexed symbol."""
    return {f"{word}__{name}": symbol(name) for word, symbol in INDICES.items() for name in names}
