"""Loops over nations and pairs for lanes of runs side by side, as `emit_indexed_lanes` has them of nations alone.

After the rows of constants come those of the parts, and where slopes are wanted those of their derivatives in every state.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from richardson.compiled import emit_indexed_lanes
from richardson.compiled.emit_indexed import Places, places_of_family
from richardson.compiled.emit_indexed_lanes import LaneLoops
from richardson.compiled.emit_prepared import AFTER, BEFORE, pair_index
from richardson.compiled.kernels.layout import jacobian_rows
from richardson.symbolic import indexed
from richardson.symbolic.derive import derivative
from richardson.symbolic.indexed import PAIR, OverNations


def lanes_source(equations: OverNations, lanes: int, header: str, *, with_slopes: bool) -> str:
    """Module with ``derive(p, b)``, ``rates(b)``, ``CONSTANTS``, and ``slopes(b)`` if asked for, of pairs too if they have states."""
    if not equations.pair_states:
        return emit_indexed_lanes.lanes_source(equations, lanes, header, with_slopes=with_slopes)
    return header + PairLaneLoops(equations, lanes, with_slopes=with_slopes).module()


class PairLaneLoops(LaneLoops):
    """Writes functions over nations, pairs and lanes."""

    def __init__(self, equations: OverNations, lanes: int, *, with_slopes: bool) -> None:
        n = len(equations.nations)
        self._all, self._nation_states, self._span = equations, n * len(equations.states), n * (n - 1)
        super().__init__(equations.of_nations, lanes, with_slopes=with_slopes)
        self._parts_first = self._flag + 1 + super()._reserved
        self._slopes_first = self._parts_first + self._part_count
        for where in (BEFORE, AFTER):
            self._at[where] |= self._of_parts()

    @property
    def _part_count(self) -> int:
        """How many parts all nations have."""
        return len(self._all.nations) * len(self._all.parts)

    @property
    def _reserved(self) -> int:
        """Rows of the parameters, the sums, the parts, and where slopes are wanted the parts' derivatives."""
        return super()._reserved + self._part_count * (1 + self._dimension * self._with_slopes)

    def _places(self, where: str) -> Places:
        places = super()._places(where)
        for q, name in enumerate(self._all.pair_states):
            found = places_of_family(name, PAIR, self._nation_states + q * self._span, self._count, where)
            places |= {symbol: self._state(index) for symbol, index in found.items()}
        return places

    def _of_parts(self) -> Places:
        """Where parts of nations lie."""
        rows = enumerate(name for name, _ in self._all.parts)
        both = ((indexed.own, "i"), (indexed.other, "j"))
        return {
            index(name): self._row(f"{self._parts_first + place * self._count} + {nation}")
            for place, name in rows
            for index, nation in both
        }

    def _rate_row(self, k: int) -> str:
        part = k - len(self._all.states)
        return super()._rate_row(k) if part < 0 else self._row(f"{self._parts_first + part * self._count} + i")

    def _slope(self, k: int, m: int, column: str) -> str:
        return self._entry_of_nation(k, f"{m * self._count} + {column}")

    def _entry_of_nation(self, k: int, column: str) -> str:
        """Row of the block that holds the derivative of a rate or a part of nation i in a state."""
        part, d, n = k - len(self._all.states), self._dimension, self._count
        first = jacobian_rows(d) + k * n * d if part < 0 else self._slopes_first + part * n * d
        return self._row(f"{first} + i*{d} + {column}")

    def _cross_targets(self, where: str) -> dict[str, sympy.Expr]:
        targets = super()._cross_targets(where)
        for k in range(len(self._equations.rates)):
            for q, name in enumerate(self._all.pair_states):
                targets[self._entry_of_nation(k, self._of_pair(q, where))] = self._cross_slope(k, indexed.pair(name))
        return targets

    def _of_pair(self, q: int, where: str) -> str:
        """Position of a state of i towards a partner j before or after it."""
        return pair_index(self._nation_states + q * self._span, self._count, where)

    def _function(self, name: str, body: Sequence[str]) -> str:
        d, lanes = self._dimension, self._lanes
        spans = ((jacobian_rows(d), self._nation_states * d), (self._slopes_first, self._part_count * d)) if name == "slopes" else ()
        lines = [line for first, count in spans for line in _cleared(first * lanes, (first + count) * lanes)]
        lines += self._over_i(body)
        pairs = []
        for head, where in self._partners():
            written = self._slopes_of_pairs(where) if name == "slopes" else self._rates_of_pairs(where)
            pairs += [head, *(f"    {line}" for line in written)]
        return f"\n\ndef {name}(b):\n" + "".join(f"    {line}\n" for line in (*lines, *self._over_i(pairs)))

    def _rates_of_pairs(self, where: str) -> list[str]:
        first = 1 + self._dimension
        rows = (self._row(f"{first} + {self._of_pair(q, where)}") for q in range(len(self._all.pair_rates)))
        return self._written(dict(zip(rows, self._all.pair_rates, strict=True)), where)

    def _slopes_of_pairs(self, where: str) -> list[str]:
        """Rows of the Jacobian of pairs' rates: rows of the parts, what the states give directly, and nothing in time."""
        d, lines = self._dimension, []
        for q, rate in enumerate(self._all.pair_rates):
            position = self._of_pair(q, where)
            row = f"{jacobian_rows(d)} + ({position})*{d}"
            lines += [f"for column in range({d}):", *(f"    {line}" for line in self._sum_of_parts(rate, row, where))]
            direct = {self._row(f"{row} + {column}"): derivative(rate, symbol) for column, symbol in self._columns(where)}
            added = self._written({entry: slope for entry, slope in direct.items() if slope != 0}, where)
            lines += [line.replace(" = ", " += ", 1) if "b[" in line.split(" = ")[0] else line for line in added]
            lines += self._written({self._row(f"{jacobian_rows(d) + d * d} + {position}"): sympy.S.Zero}, where)
        return lines

    def _sum_of_parts(self, rate: sympy.Expr, row: str, where: str) -> list[str]:
        """One entry of that row: derivatives in the parts times theirs."""
        total = sympy.S.Zero
        for place, (name, _) in enumerate(self._all.parts):
            for index, nation in ((indexed.own, "i"), (indexed.other, "j")):
                symbol, first = sympy.Dummy(real=True), self._slopes_first + place * self._count * self._dimension
                self._at[where][symbol] = self._row(f"{first} + {nation}*{self._dimension} + column")
                total += derivative(rate, index(name)) * symbol
        return self._written({self._row(f"{row} + column"): total}, where)

    def _columns(self, where: str) -> list[tuple[str, sympy.Symbol]]:
        """Columns of the states of both nations and of the pair."""
        both = ((indexed.own, "i"), (indexed.other, "j"))
        of_nations = [(f"{m * self._count} + {at}", index(name)) for m, name in enumerate(self._all.states) for index, at in both]
        return of_nations + [(self._of_pair(q, where), indexed.pair(name)) for q, name in enumerate(self._all.pair_states)]


def _cleared(first: int, end: int) -> list[str]:
    return [f"for place in range({first}, {end}):", "    b[place] = 0.0"]
