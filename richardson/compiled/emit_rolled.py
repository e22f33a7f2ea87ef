"""Long functions as loops: statements of one shape, which differ only in what they read, become one loop over a table of places.

A compiler's work grows with the length of a function. Six nations with alignments have a thousand statements of some forty shapes, as
each says of one pair what another says of the next. All numbers lie in one array: states, parameters, then what is computed. Each
statement is the same operations on the same numbers as if it stood alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

NAME = re.compile(r"\b[xpc]\d+\b")  # states, parameters, what is computed
PLACE = re.compile(r"\d+(?=[,\]])")  # in a target such as ``jacobian[3, 4]``


class Statement(NamedTuple):
    """An assignment in text.

    Attributes
    ----------
    target : str
        A name ``c0`` …, or an entry such as ``jacobian[3, 4]``.
    text : str
        Over names x0 … of states, p0 … of parameters, and c0 ….
    """

    target: str
    text: str

    @property
    def shape(self) -> tuple[str, str]:
        """The statement without what it reads and where it writes."""
        return "c" if self.is_inner else PLACE.sub("@", self.target), NAME.sub("@", self.text)

    @property
    def is_inner(self) -> bool:
        """Whether what it computes is for other statements."""
        return "[" not in self.target

    @property
    def needs(self) -> set[str]:
        """What must have been computed before."""
        return {name for name in NAME.findall(self.text) if name.startswith("c")}


def rolled(head: str, statements: Sequence[Statement], states: int, parameters: int) -> str:
    """Text of a function, and before it the table of the places that its loops read and write.

    Parameters
    ----------
    head : str
        Name and arguments, among them ``x`` and ``p``.
    statements : sequence of Statement
        In any order in which each can be computed.
    states, parameters : int
        How many there are.
    """
    first = states + parameters
    places = {f"x{place}": place for place in range(states)} | {f"p{place}": states + place for place in range(parameters)}
    table: list[int] = []
    name = f"PLACES_OF_{head.partition('(')[0].upper()}"
    lines = [f"v = empty({first + sum(statement.is_inner for statement in statements)})"]
    lines += [f"for k in range({states}):", "    v[k] = x[k]", f"for k in range({parameters}):", f"    v[{states} + k] = p[k]"]
    for group in _groups(statements):
        target, text = group[0].shape
        count, begin, next_free = text.count("@") + target.count("@"), len(table), len(places)
        reads = [f"{name}[{begin + column} + {count}*r]" for column in range(count)]
        for row, statement in enumerate(group):
            if statement.is_inner:
                places[statement.target] = next_free + row
            table += [int(place) for place in PLACE.findall(statement.target)] if not statement.is_inner else []
            table += [places[read] for read in NAME.findall(statement.text)]
        filled = iter(reads)
        where = f"v[{next_free} + r]" if group[0].is_inner else _filled(target, filled, "{}")
        lines += [f"for r in range({len(group)}):", f"    {where} = {_filled(text, filled, 'v[{}]')}"]
    return f"\n\n{name} = array({table!r})\n\n\ndef {head}:\n" + "".join(f"    {line}\n" for line in lines)


def _filled(shape: str, reads: Iterator[str], form: str) -> str:
    return re.sub("@", lambda _: form.format(next(reads)), shape)


def _groups(statements: Sequence[Statement]) -> list[list[Statement]]:
    """Statements of one shape together, each after what it needs, in as few groups as a look at what is ready gives."""
    left, shapes = dict(enumerate(statements)), {place: statement.shape for place, statement in enumerate(statements)}
    waits = {place: statement.needs for place, statement in left.items()}
    groups: list[list[Statement]] = []
    known: set[str] = set()
    while left:
        ready: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place in left:
            if waits[place] <= known:
                ready[shapes[place]].append(place)
        remaining = Counter(shapes[place] for place in left)
        best = max(ready, key=lambda shape: (len(ready[shape]) == remaining[shape], len(ready[shape])))
        groups.append([left.pop(place) for place in ready[best]])
        known |= {statement.target for statement in groups[-1]}
    return groups
