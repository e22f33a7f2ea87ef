"""Loops over nations for lanes of runs side by side: every quantity is a row of the block, as `emit.lanes_source` has it.

Parameters are copied to the rows of constants as they are; after them come rows in which sums over nations are added up.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from richardson.compiled.emit_indexed import Loops, Places
from richardson.compiled.emit_writers import SourceWriter
from richardson.compiled.kernels.layout import constant_rows, jacobian_rows
from richardson.symbolic import indexed
from richardson.symbolic.derive import derivative
from richardson.symbolic.indexed import OverNations


def lanes_source(equations: OverNations, lanes: int, header: str, *, with_slopes: bool) -> str:
    """Module with ``derive(p, b)``, ``rates(b)``, ``CONSTANTS``, and ``slopes(b)`` if asked for."""
    loops = LaneLoops(equations, lanes)
    text = header + f"\nCONSTANTS = {loops.constant_count}\n" + loops.marks() + loops.derivation() + loops.rates()
    return text + loops.slopes() if with_slopes else text


class LaneLoops(Loops):
    """Writes functions over nations and lanes."""

    def __init__(self, equations: OverNations, lanes: int) -> None:
        self._lanes, self._dimension = lanes, len(equations.state_names)
        self._flag = constant_rows(self._dimension)
        self._parameter_count = sum(family.size for family in equations.families)
        super().__init__(equations, SourceWriter)

    @property
    def constant_count(self) -> int:
        """Rows of constants: the flag of whole exponents, the parameters, and the sums."""
        return 1 + self._parameter_count + len(self._with_inner_sums()[1])

    def derivation(self) -> str:
        """The function that copies the parameters, and raises the flag."""
        lanes, first = self._lanes, self._flag + 1
        flag = f"    for lane in range({lanes}):\n        b[{self._flag * lanes} + lane] = 1.0\n"
        copied = f"    for place in range({self._parameter_count * lanes}):\n        b[{first * lanes} + place] = p[place]\n"
        return "\n\ndef derive(p, b):\n" + flag + copied

    def rates(self) -> str:
        """``rates(b)``."""
        equations = self._equations
        targets = {self._rate_row(k): rate for k, rate in enumerate(equations.reduced)}
        return self._function("rates", [*self._added(equations.terms, equations.sums), *self._over_lanes(targets, self._own)])

    def slopes(self) -> str:
        """``slopes(b)``: the Jacobian, then derivatives in time, which are zero."""
        terms, symbols, slopes = self._with_inner_sums()
        n, d, first = self._count, self._dimension, jacobian_rows(self._dimension)
        own = {self._slope(k, m, "i"): slope for (k, m), slope in zip(self._blocks(), slopes, strict=True)}
        still = {self._row(f"{first + d * d + k * n} + i"): sympy.S.Zero for k in range(len(self._equations.states))}
        body = [*self._added(terms, symbols), *self._over_lanes(own | still, self._own)]
        for head, places in self._partners():
            cross = self._cross_targets(places)
            body += [head, *(f"    {line}" for line in self._over_lanes(cross, places | self._summed(symbols)))]
        return self._function("slopes", body)

    def _rate_row(self, k: int) -> str:
        return self._row(f"{1 + self._dimension + k * self._count} + i")

    def _cross_targets(self, places: Places) -> dict[str, sympy.Expr]:
        """Entries of the Jacobian in a partner's states."""
        return {self._slope(k, m, "j"): self._cross_slope(k, indexed.other(self._equations.states[m])) for k, m in self._blocks()}

    def _cross_slope(self, k: int, name: sympy.Symbol) -> sympy.Expr:
        equations = self._equations
        sums = zip(equations.sums, equations.terms, strict=True)
        return sympy.Add(*(derivative(equations.reduced[k], symbol) * derivative(term, name) for symbol, term in sums))

    def _slope(self, k: int, m: int, column: str) -> str:
        n, d = self._count, self._dimension
        return self._row(f"{jacobian_rows(d) + k * n * d + m * n} + i*{d} + {column}")

    def _added(self, terms: Sequence[sympy.Expr], symbols: Sequence[sympy.Symbol]) -> list[str]:
        """Loops that sum every term over the partners into a row of its own."""
        rows = self._summed(symbols)
        lines = self._over_lanes(dict.fromkeys(rows.values(), sympy.S.Zero), self._own)
        self._own |= rows
        for head, places in self._partners():
            added = dict(zip(rows.values(), terms, strict=True))
            lines += [
                head,
                *(
                    f"    {line}".replace(" = ", " += ", 1) if "b[" in line.split(" = ")[0] else f"    {line}"
                    for line in self._over_lanes(added, places)
                ),
            ]
        return lines

    def _summed(self, symbols: Sequence[sympy.Symbol]) -> dict[sympy.Symbol, str]:
        first = self._flag + 1 + self._parameter_count
        return {symbol: self._row(f"{first + place}") for place, symbol in enumerate(symbols)}

    def _over_lanes(self, targets: dict[str, sympy.Expr], places: dict[sympy.Symbol, str]) -> list[str]:
        return [f"for lane in range({self._lanes}):", *(f"    {line}" for line in self._written(targets, places))]

    def _function(self, name: str, body: Sequence[str]) -> str:
        return f"\n\ndef {name}(b):\n" + "".join(f"    {line}\n" for line in self._over_i(body))

    def _state(self, index: str) -> str:
        return self._row(f"1 + {index}")

    def _parameter(self, index: str) -> str:
        return self._row(f"{self._flag + 1} + {index}")

    def _row(self, index: str) -> str:
        return f"b[({index})*{self._lanes} + lane]"
