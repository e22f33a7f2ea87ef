"""From equations over nations to the source text of loops over nations, which is as long for a hundred nations as for three.

The functions have the names and arguments of those that `richardson.compiled.emit` writes. Parameters lie flat, family after
family; of a pair family the row of nation i holds its N − 1 partners in order, so that partners before and after i are two loops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import sympy

from richardson.compiled.emit_balls import ON_BALLS, BallWriter
from richardson.compiled.emit_writers import SourceWriter
from richardson.symbolic import indexed
from richardson.symbolic.derive import derivative
from richardson.symbolic.indexed import EACH, MUTUAL, PAIR, SHARED, OverNations, total
from richardson.symbolic.write import Writer

Places = dict[sympy.Symbol, str]

_ROWS_OVER = """

def rates_over(times, states, p, out):
    for row in range(states.shape[0]):
        rates(times[row], states[row], p, out[row])
"""


def rates_source(equations: OverNations, header: str) -> str:
    """Module with ``rates``, ``rates_and_jacobian`` and ``rates_over``; of linear equations with ``parameter_sizes`` too.

    ``parameter_sizes(t, x, p, out, jacobian)`` writes how far the constant part of each rate and each entry of the Jacobian move, in
    units of a parameter's relative error, where every parameter may be off by it: Σ |p ∂/∂p|.
    """
    loops = Loops(equations, SourceWriter)
    text = header + loops.marks() + loops.rates() + loops.both() + _ROWS_OVER
    return text + loops.sizes() if equations.is_linear else text


def linear_source(equations: OverNations) -> str:
    """Module with ``linear_part(p, constants, matrix)`` on balls: the rates where all states are zero, and rows of the Jacobian."""
    loops = Loops(equations, BallWriter)
    return ON_BALLS + loops.marks(on_balls=True) + loops.linear_part()


class Loops:
    """Writes functions over nations."""

    def __init__(self, equations: OverNations, writer: type[Writer]) -> None:
        self._equations, self._writer = equations, writer
        self._count = len(equations.nations)
        self._own, self._before, self._after = (self._places(place) for place in ("own", "before", "after"))

    def marks(self, *, on_balls: bool = False) -> str:
        """Numbers of the nations that belong to the equations."""
        lines = [f"M{place} = {list(numbers) if on_balls else f'array({list(numbers)!r})'}\n" for place, (_, numbers) in self._marks()]
        return "\n" + "".join(lines)

    def rates(self) -> str:
        """``rates(t, x, p, out)``."""
        body = [*self._sums(self._equations.terms, self._equations.sums), *self._written(self._rate_targets(), self._own)]
        return _function("rates(t, x, p, out)", self._over_i(body))

    def both(self) -> str:
        """``rates_and_jacobian(t, x, p, out, jacobian)``."""
        equations = self._equations
        terms, symbols, slopes = self._with_inner_sums()
        own = {self._entry(k, m, "i"): slope for (k, m), slope in zip(self._blocks(), slopes, strict=True)}
        body = [*self._sums(terms, symbols), *self._written(self._rate_targets() | own, self._own)]
        factors = {
            f"g{k}_{s}": derivative(rate, symbol) for k, rate in enumerate(equations.reduced) for s, symbol in enumerate(equations.sums)
        }
        body += self._written(factors, self._own) + self._cross(self._chained)
        return _function("rates_and_jacobian(t, x, p, out, jacobian)", self._over_i(body))

    def sizes(self) -> str:
        """``parameter_sizes(t, x, p, out, jacobian)`` of linear equations."""
        equations = self._equations
        own = {self._entry(k, m, "i"): _size(equations.own_slopes[k][m]) for k, m in self._blocks()}
        constants = {self._rate(k): _size(constant) for k, constant in enumerate(equations.constants)}
        body = [*self._written(constants | own, self._own), *self._cross(lambda k, m: _size(equations.cross_slopes[k][m]))]
        return _function("parameter_sizes(t, x, p, out, jacobian)", self._over_i(body))

    def linear_part(self) -> str:
        """``linear_part(p, constants, matrix)`` of linear equations, which fills a list and a list of lists."""
        equations, n = self._equations, self._count
        own = {f"matrix[{k * n} + i][{m * n} + i]": equations.own_slopes[k][m] for k, m in self._blocks()}
        constants = {f"constants[{k * n} + i]": constant for k, constant in enumerate(equations.constants)}
        body = self._written(constants | own, self._own)
        for head, places in self._partners():
            cross = {f"matrix[{k * n} + i][{m * n} + j]": equations.cross_slopes[k][m] for k, m in self._blocks()}
            body += [head, *_indented(self._written(cross, places))]
        return _function("linear_part(p, constants, matrix)", self._over_i(body))

    def _with_inner_sums(self) -> tuple[list[sympy.Expr], list[sympy.Symbol], list[sympy.Expr]]:
        """Terms and symbols of all sums that rates and own slopes need, and the own slopes, block by block, in those symbols."""
        equations = self._equations
        slopes = [equations.own_slopes[k][m] for k, m in self._blocks()]
        inner = sorted({call for slope in slopes for call in slope.atoms(total)}, key=str)
        known = {call: sympy.Symbol(f"inner[{place}]", real=True) for place, call in enumerate(inner)}
        terms = [*equations.terms, *(call.args[0] for call in inner)]
        return terms, [*equations.sums, *known.values()], [slope.xreplace(known) for slope in slopes]

    def _blocks(self) -> list[tuple[int, int]]:
        families = range(len(self._equations.states))
        return [(k, m) for k in families for m in families]

    def _marks(self) -> Iterator[tuple[int, tuple[str, tuple[float, ...]]]]:
        return enumerate(self._equations.marks)

    def _rate(self, k: int) -> str:
        return f"out[{k * self._count} + i]"

    def _rate_targets(self) -> dict[str, sympy.Expr]:
        return {self._rate(k): rate for k, rate in enumerate(self._equations.reduced)}

    def _entry(self, k: int, m: int, column: str) -> str:
        return f"jacobian[{k * self._count} + i, {m * self._count} + {column}]"

    def _over_i(self, body: Sequence[str]) -> list[str]:
        return [f"for i in range({self._count}):", *_indented(body)]

    def _partners(self) -> list[tuple[str, Places]]:
        return [("for j in range(i):", self._before), (f"for j in range(i + 1, {self._count}):", self._after)]

    def _sums(self, terms: Sequence[sympy.Expr], symbols: Sequence[sympy.Symbol]) -> list[str]:
        """Loops that sum every term over the partners; each sum becomes a name of its own."""
        lines = []
        for place, symbol in enumerate(symbols):
            lines.append(f"s{place} = 0.0")
            self._own[symbol] = f"s{place}"
        for head, places in self._partners() if terms else ():
            added = self._written({f"s{place}": term for place, term in enumerate(terms)}, places)
            lines += [head, *_indented([line.replace(" = ", " += ", 1) if line.startswith("s") else line for line in added])]
        return lines

    def _chained(self, k: int, m: int) -> sympy.Expr:
        """Entry of the Jacobian in a partner's state, the derivatives in the sums by their names."""
        name = self._equations.states[m]
        parts = []
        for s, (symbol, term) in enumerate(zip(self._equations.sums, self._equations.terms, strict=True)):
            if derivative(self._equations.reduced[k], symbol) != 0:
                factor = sympy.Symbol(f"g{k}_{s}", real=True)
                parts.append(factor * derivative(term, indexed.other(name)))
                self._before[factor] = self._after[factor] = factor.name
        return sympy.Add(*parts)

    def _cross(self, entry: Callable[[int, int], sympy.Expr]) -> list[str]:
        """Loops that write the entries of the Jacobian in the partners' states."""
        lines = []
        for head, places in self._partners():
            targets = {self._entry(k, m, "j"): entry(k, m) for k, m in self._blocks()}
            lines += [head, *_indented(self._written(targets, places))]
        return lines

    def _written(self, targets: dict[str, sympy.Expr], places: Places) -> list[str]:
        """Assignments, shared parts first."""
        shared, reduced = sympy.cse(list(targets.values()), symbols=sympy.numbered_symbols("c", cls=sympy.Dummy))
        names, lines = dict(places), []
        writer = self._writer(names)  # type: ignore[call-arg]  # both writers take names
        for place, (symbol, expression) in enumerate(shared):
            lines.append(f"c{place} = {writer.write(expression)}")
            names[symbol] = f"c{place}"
        return lines + [f"{target} = {writer.write(expression)}" for target, expression in zip(targets, reduced, strict=True)]

    def _state(self, index: str) -> str:
        return f"x[{index}]"

    def _parameter(self, index: str) -> str:
        return f"p[{index}]"

    def _places(self, where: str) -> Places:
        """Where every symbol lies: nation i's own, and in a loop over partners j before or after i."""
        equations, n = self._equations, self._count
        places: Places = {}
        for k, name in enumerate(equations.states):
            places |= {indexed.own(name): self._state(f"{k * n} + i"), indexed.other(name): self._state(f"{k * n} + j")}
        for k, (name, _) in self._marks():
            places |= {indexed.own(name): f"M{k}[i]", indexed.other(name): f"M{k}[j]"}
        first = 0
        for family in equations.families:
            found = _of_family(family.name, family.index, first, n, where)
            places |= {symbol: self._parameter(index) for symbol, index in found.items()}
            first += family.size
        return places


def _of_family(name: str, index: str, first: int, n: int, where: str) -> Places:
    """Index of the values of a family, of partners j before or after i."""
    if index == SHARED:
        return {indexed.shared(name): f"{first}"}
    if index == EACH:
        return {indexed.own(name): f"{first} + i", indexed.other(name): f"{first} + j"}
    if index == PAIR and where != "own":
        return {indexed.pair(name): f"{first}{'' if where == 'before' else ' - 1'} + i*{n - 1} + j"}
    if index == MUTUAL and where != "own":
        low, high = ("j", "i") if where == "before" else ("i", "j")
        return {indexed.mutual(name): f"{first} + {low}*{n} - {low}*({low} + 1)//2 + {high} - {low} - 1"}
    return {}


def _size(expression: sympy.Expr) -> sympy.Expr:
    """Σ |p ∂/∂p| over the parameters of an expression."""
    return sympy.Add(*(sympy.Abs(symbol * derivative(expression, symbol)) for symbol in expression.free_symbols))


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _function(head: str, lines: Sequence[str]) -> str:
    return f"\n\ndef {head}:\n" + "".join(f"    {line}\n" for line in lines)
