"""Loops over nations for lanes of runs side by side: every quantity is a row of the block, as `emit.lanes_source` has it.

Parameters are copied to the rows of constants as they are; after them come rows in which sums over nations are added up, and what
depends on parameters only.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from richardson.compiled.emit_indexed import Loops
from richardson.compiled.emit_prepared import AFTER, BEFORE, OWN, Prepared
from richardson.compiled.emit_writers import SourceWriter
from richardson.compiled.kernels.layout import constant_rows, jacobian_rows
from richardson.symbolic import indexed
from richardson.symbolic.derive import derivative
from richardson.symbolic.indexed import OverNations


def lanes_source(equations: OverNations, lanes: int, header: str, *, with_slopes: bool) -> str:
    """Module with ``derive(p, b)``, ``rates(b)``, ``CONSTANTS``, and ``slopes(b)`` if asked for."""
    loops = LaneLoops(equations, lanes)
    functions = loops.rates() + (loops.slopes() if with_slopes else "")
    return header + f"\nCONSTANTS = {loops.constant_count}\n" + loops.marks() + loops.derivation() + functions


class LaneLoops(Loops):
    """Writes functions over nations and lanes."""

    def __init__(self, equations: OverNations, lanes: int) -> None:
        self._lanes, self._dimension = lanes, len(equations.state_names)
        self._flag = constant_rows(self._dimension)
        self._parameter_count = sum(family.size for family in equations.families)
        super().__init__(equations, SourceWriter)
        self._parts = Prepared(equations, self._parameter_count + len(self._with_inner_sums()[1]))
        self._prepared = self._parts

    @property
    def constant_count(self) -> int:
        """Rows of constants: the flag of whole exponents, the parameters, the sums, and what the functions so far have prepared."""
        return 1 + self._parts.end

    def derivation(self) -> str:
        """The function that copies the parameters, raises the flag, and prepares what the functions so far need."""
        lanes, first = self._lanes, self._flag + 1
        flag = f"    for lane in range({lanes}):\n        b[{self._flag * lanes} + lane] = 1.0\n"
        copied = f"    for place in range({self._parameter_count * lanes}):\n        b[{first * lanes} + place] = p[place]\n"
        return "\n\ndef derive(p, b):\n" + flag + copied + "".join(f"    {line}\n" for line in self._filled())

    def rates(self) -> str:
        """``rates(b)``."""
        equations, n = self._equations, self._count
        targets = {self._row(f"{1 + self._dimension + k * n} + i"): rate for k, rate in enumerate(equations.reduced)}
        return self._function("rates", [*self._added(equations.terms, equations.sums), *self._written(targets, OWN)])

    def slopes(self) -> str:
        """``slopes(b)``: the Jacobian, then derivatives in time, which are zero."""
        terms, symbols, slopes = self._with_inner_sums()
        n, d, first = self._count, self._dimension, jacobian_rows(self._dimension)
        own = {self._slope(k, m, "i"): slope for (k, m), slope in zip(self._blocks(), slopes, strict=True)}
        still = {self._row(f"{first + d * d + k * n} + i"): sympy.S.Zero for k in range(len(self._equations.states))}
        body = [*self._added(terms, symbols), *self._written(own | still, OWN)]
        for head, where in self._partners():
            cross = {self._slope(k, m, "j"): self._cross_slope(k, m) for k, m in self._blocks()}
            body += [head, *(f"    {line}" for line in self._written(cross, where))]
        return self._function("slopes", body)

    def _cross_slope(self, k: int, m: int) -> sympy.Expr:
        equations, name = self._equations, indexed.other(self._equations.states[m])
        sums = zip(equations.sums, equations.terms, strict=True)
        return sympy.Add(*(derivative(equations.reduced[k], symbol) * derivative(term, name) for symbol, term in sums))

    def _slope(self, k: int, m: int, column: str) -> str:
        n, d = self._count, self._dimension
        return self._row(f"{jacobian_rows(d) + k * n * d + m * n} + i*{d} + {column}")

    def _added(self, terms: Sequence[sympy.Expr], symbols: Sequence[sympy.Symbol]) -> list[str]:
        """Loops that sum every term over the partners into a row of its own."""
        rows = self._summed(symbols)
        lines = self._written(dict.fromkeys(rows.values(), sympy.S.Zero), OWN)
        for where in (OWN, BEFORE, AFTER):
            self._at[where] |= rows
        for head, where in self._partners():
            added = dict(zip(rows.values(), terms, strict=True))
            lines += [
                head,
                *(
                    f"    {line}".replace(" = ", " += ", 1) if "b[" in line.split(" = ")[0] else f"    {line}"
                    for line in self._written(added, where)
                ),
            ]
        return lines

    def _summed(self, symbols: Sequence[sympy.Symbol]) -> dict[sympy.Symbol, str]:
        first = self._flag + 1 + self._parameter_count
        return {symbol: self._row(f"{first + place}") for place, symbol in enumerate(symbols)}

    def _assigned(self, targets: dict[str, sympy.Expr], places: dict[sympy.Symbol, str]) -> list[str]:
        return [f"for lane in range({self._lanes}):", *(f"    {line}" for line in super()._assigned(targets, places))]

    def _function(self, name: str, body: Sequence[str]) -> str:
        return f"\n\ndef {name}(b):\n" + "".join(f"    {line}\n" for line in self._over_i(body))

    def _state(self, index: str) -> str:
        return self._row(f"1 + {index}")

    def _parameter(self, index: str) -> str:
        return self._row(f"{self._flag + 1} + {index}")

    def _row(self, index: str) -> str:
        return f"b[({index})*{self._lanes} + lane]"
