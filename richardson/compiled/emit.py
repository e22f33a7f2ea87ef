"""From a model to the source text of a module of plain functions.

Only our own names reach the text (x0 … states, p0 … parameters, c0 … shared subexpressions),
so nothing that a user typed is ever executed. The text is the reference: it runs without compiler.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

import sympy
from sympy import default_sort_key

from richardson.compiled import emit_indexed_pair_lanes, emit_indexed_pairs
from richardson.compiled.emit_rolled import Statement, rolled
from richardson.compiled.emit_writers import Parts, SourceWriter, WholeWriter
from richardson.compiled.kernels.layout import constant_rows, flag_row, jacobian_rows
from richardson.symbolic import derive
from richardson.symbolic.chain import with_slopes
from richardson.symbolic.functions import TIME, hill
from richardson.symbolic.hoist import Hoist, exponents, hill_raised, hill_unit, split, whole_flag
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model
from richardson.symbolic.transform import series_of
from richardson.symbolic.write import Writer

MOST_IN_FORMULAS = 2000  # operations of the rates; beyond it derivatives go through what the rates share: formulas of each take minutes
MOST_IN_LINE = 400  # statements, each of which takes ten milliseconds to compile; more become loops over those of one shape

_HEADER = '''"""{what}

States x0 … and parameters p0 … in the order of the model.
"""

from numpy import array, empty, pi

from richardson.compiled.functions import (
    arctan, cos, cosh, exp, heaviside, hill0, hill1, hill2, hill3, hill_raised, hill_scaled0, hill_scaled1, hill_unit, log, maximum,
    minimum, path0, path1, positive_log0, positive_log1, positive_log2, power, sigmoid, sign, sin, sinh, softplus, sqrt, tan, tanh,
    whole_flag, whole_power
)
'''

_LANES_HEADER = _HEADER.replace(
    "States x0 … and parameters p0 … in the order of the model.",
    "Lanes side by side: states x0 …, constants q0 … that `derive` computes from the parameters p0 …",
)

_RATES_OVER = """

def rates_over(times, states, p, out):
    for row in range(states.shape[0]):
        rates(times[row], states[row], p, out[row])
"""


def rates_source(model: Model) -> str:
    """Module with ``rates(t, x, p, out)``, ``rates_and_jacobian(t, x, p, out, jacobian)`` and ``rates_over``."""
    if isinstance(model, IndexedModel):
        return emit_indexed_pairs.rates_source(model.equations, _header("Rates and Jacobian, as loops over nations."))
    if sum(rate.count_ops() for rate in model.rates) > MOST_IN_FORMULAS:
        shared, rates, slopes = with_slopes(model.rates, model.state_symbols)
        both = _written(model, "rates_and_jacobian", {"out": rates, "jacobian": slopes}, shared)
    else:
        both = _function(model, "rates_and_jacobian", {"out": model.rates, "jacobian": list(model.jacobian)})
    return _header("Rates and Jacobian.") + _function(model, "rates", {"out": model.rates}) + both + _RATES_OVER


def sizes_source(model: IndexedModel) -> str:
    """Module with ``sizes(t, x, e, p, out, jacobian)``: how far rates and Jacobian of equations over nations move with errors."""
    return emit_indexed_pairs.sizes_source(model.equations, _header("Sizes of rates and Jacobian, as loops over nations."))


def derivative_source(model: Model, order: int) -> str:
    """Module with ``derivative(t, x, p, out)``: second or third derivatives of the rates in the states, flat; zeros are not written."""
    array = {2: derive.second_derivatives, 3: derive.third_derivatives}[order](model)
    return _header(f"Derivatives of order {order}.") + _function(
        model, "derivative", {"out": sympy.flatten(array.tolist())}, is_sparse=True
    )


def parameter_source(model: Model, names: Sequence[str], expressions: Sequence[sympy.Expr]) -> str:
    """Module with ``derivative(t, x, p, out)``: derivatives of rates, or of entries of the Jacobian, in parameters, flat."""
    matrix = derive.parameter_derivatives(model, names, expressions)
    return _header("Derivatives in parameters.") + _function(model, "derivative", {"out": list(matrix)})


def values_source(model: Model, expressions: Sequence[sympy.Expr]) -> str:
    """Module with ``values(t, x, p, out)`` and ``values_over(times, states, p, out)``."""
    single = _function(model, "values", {"out": list(expressions)})
    return _header("Values of expressions.") + single + _RATES_OVER.replace("rates", "values")


def lanes_source(model: Model, lanes: int, *, with_slopes: bool, records: Sequence[sympy.Expr] = ()) -> str:
    """Module with ``derive(p, b)`` and ``rates(b)`` for a block of lanes, and ``CONSTANTS``, how many constants it derives.

    Parameters
    ----------
    model : Model
    lanes : int
        Runs side by side. Rows of ``b`` are laid out as `richardson.compiled.kernels.layout` says.
    with_slopes : bool
        Whether ``slopes(b)`` is written too: Jacobian and derivatives of the rates in time.
    records : sequence of sympy.Expr
        For each, ``values(b, v)`` writes its value to a row of ``v``, and after all values its derivative along the run.
    """
    if isinstance(model, IndexedModel):
        if records:
            model.refuse("records of expressions are not compiled")
        header = _LANES_HEADER.format(what="Rates over lanes, as loops over nations.")
        return emit_indexed_pair_lanes.lanes_source(model.equations, lanes, header, with_slopes=with_slopes)
    d = len(model.states)
    block = _Block(model, lanes)
    functions = block.function("rates", model.rates, 1 + d)
    if with_slopes:
        drifts = [derive.derivative(rate, TIME) for rate in model.rates]
        functions += block.function("slopes", [*model.jacobian, *drifts], jacobian_rows(d))
    if records:
        functions += block.records(model, records)
    derivation = block.derivation()
    known = f"\nCONSTANTS = {block.constant_count}\n"
    return _LANES_HEADER.format(what="Rates over lanes.") + known + derivation + functions


def tables_source(model: Model) -> str:
    """The numbers of the series that drive a model, ``KNOTS0``, ``PIECES0`` …, which its functions read."""
    lines = []
    for place, series in enumerate(series_of(model)):
        rows = [[float(number) for number in row] for row in series.pieces]
        lines += [f"KNOTS{place} = array({series.times.tolist()!r})", f"PIECES{place} = array({rows!r})"]
    return "".join(f"\n{line}\n" for line in lines)


class _Block:
    """Writes functions over lanes for one model; what depends on parameters only is gathered for ``derive``."""

    def __init__(self, model: Model, lanes: int) -> None:
        self._hoist, self._lanes = Hoist(model.parameter_symbols), lanes
        self._flag, self._lane_flag = flag_row(len(model.states)), constant_rows(len(model.states))
        self._first = self._lane_flag + 1
        self._exponents: set[sympy.Expr] = set()
        self._parameters = {symbol: self._row("p", place) for place, symbol in enumerate(model.parameter_symbols)}
        self._places = {TIME: "b[lane]"} | {symbol: self._row("b", 1 + place) for place, symbol in enumerate(model.state_symbols)}

    @property
    def constant_count(self) -> int:
        """How many constants there are so far, the flag of whole exponents first."""
        return 1 + len(self._hoist.constants)

    def derivation(self) -> str:
        """The function that computes the constants from the parameters."""
        flag = sympy.Mul(*(whole_flag(exponent) for exponent in self._exponents))
        rows = {self._lane_flag: flag} | dict(enumerate(self._hoist.constants, self._first))
        return "\n\ndef derive(p, b):\n" + self._loop(rows, self._parameters, 1, SourceWriter)

    def function(self, name: str, expressions: Sequence[sympy.Expr], row: int) -> str:
        """A function that writes expressions to rows from ``row`` on, with a fast loop as well where exponents are parameters."""
        general = self._rows(expressions, row)
        origin = {symbol: expression for expression, symbol in self._hoist.constants.items()}
        raised = set().union(*(exponents(expression) for expression in general.values())) & set(origin)
        if not raised:
            return f"\n\ndef {name}(b):\n" + self._loop(general, self._located(), 1, SourceWriter)
        self._exponents |= {origin[symbol] for symbol in raised}
        parts = self._parts(set().union(*(expression.atoms(hill) for expression in general.values())), raised, origin)
        places, writer = self._located(), partial(WholeWriter, whole=raised, parts=parts)
        fast = self._loop(general, places, 2, writer, also=set().union(*parts.values()))
        text = f"\n\ndef {name}(b):\n    if b[{self._flag * self._lanes}] > 0.0:\n" + fast
        return text + "    else:\n" + self._loop(general, places, 2, SourceWriter)

    def records(self, model: Model, expressions: Sequence[sympy.Expr]) -> str:
        """The function that writes values of expressions, and their derivatives along the run, to rows of a second array."""
        d = len(model.states)
        rates = {sympy.Dummy(f"f{place}", real=True): self._row("b", 1 + d + place) for place in range(d)}
        slopes = [
            derive.derivative(expression, TIME)
            + sympy.Add(*(derive.derivative(expression, x) * f for x, f in zip(model.state_symbols, rates, strict=True)))
            for expression in expressions
        ]
        rows = self._rows([*expressions, *slopes], 0)
        return "\n\ndef values(b, v):\n" + self._loop(rows, self._located() | rates, 1, SourceWriter, target="v")

    def _parts(self, calls: Iterable[sympy.Expr], raised: Collection[sympy.Symbol], origin: Mapping[sympy.Symbol, sympy.Expr]) -> Parts:
        """Symbols of `hill_unit` and `hill_raised`, by h and m, of every ``hill`` with such an exponent and an h that does not move."""
        pairs = sorted({call.args[1:3] for call in calls if call.args[2] in raised}, key=default_sort_key)
        fixed = [(h, m) for h, m in pairs if h in origin or h.is_number]
        return {(h, m): self._hoist.reduce([hill_unit(origin.get(h, h)), hill_raised(origin.get(h, h), origin[m])]) for h, m in fixed}

    def _rows(self, expressions: Sequence[sympy.Expr], first: int) -> dict[int, sympy.Expr]:
        """Expressions over states and constants, each with its row."""
        return dict(enumerate(self._hoist.reduce([split(expression) for expression in expressions]), first))

    def _located(self) -> dict[sympy.Symbol, str]:
        constants = {symbol: self._row("b", self._first + place) for place, symbol in enumerate(self._hoist.constants.values())}
        return self._places | constants

    def _row(self, array: str, row: int) -> str:
        return f"{array}[{row * self._lanes} + lane]"

    def _loop(
        self,
        rows: dict[int, sympy.Expr],
        places: dict[sympy.Symbol, str],
        depth: int,
        writer_of: Callable[[dict[sympy.Symbol, str]], SourceWriter],
        *,
        target: str = "b",
        also: Iterable[sympy.Symbol] = (),
    ) -> str:
        """Loop over lanes that reads places into names, those of ``also`` too, computes, and writes the row of each expression."""
        used = set(also).union(*(expression.free_symbols for expression in rows.values()))
        names = {symbol: f"v{count}" for count, symbol in enumerate(symbol for symbol in places if symbol in used)}
        lines = [f"{name} = {places[symbol]}" for symbol, name in names.items()]
        shared, reduced = sympy.cse(list(rows.values()), symbols=sympy.numbered_symbols("c", cls=sympy.Dummy))
        writer = writer_of(names)
        for position, (symbol, expression) in enumerate(shared):
            lines.append(f"c{position} = {writer.write(expression)}")
            names[symbol] = f"c{position}"
        written = [writer.write(expression) for expression in reduced]
        lines += [f"{self._row(target, row)} = {text}" for row, text in zip(rows, written, strict=True)]
        indent = "    " * depth
        return f"{indent}for lane in range({self._lanes}):\n" + "".join(f"{indent}    {line}\n" for line in lines or ["pass"])


def key_of(model: Model, what: str, compiler: str) -> str:
    """Content address of a module: the equations, what is emitted, and what emits and compiles it."""
    text = f"{model.fingerprint}\n{what}\n{compiler}"
    return hashlib.sha256(text.encode()).hexdigest()


def _header(what: str) -> str:
    return _HEADER.format(what=what)


def _function(model: Model, name: str, targets: dict[str, Sequence[sympy.Expr]], *, is_sparse: bool = False) -> str:
    expressions = [expression for target in targets.values() for expression in target]
    shared, reduced = sympy.cse(expressions, symbols=sympy.numbered_symbols("c", cls=sympy.Dummy))
    values = iter(reduced)
    parts = {target: [next(values) for _ in expressions] for target, expressions in targets.items()}
    return _written(model, name, parts, shared, is_sparse=is_sparse)


def _written(
    model: Model,
    name: str,
    targets: dict[str, list[sympy.Expr]],
    shared: Sequence[tuple[sympy.Symbol, sympy.Expr]],
    *,
    is_sparse: bool = False,
) -> str:
    """A function from expressions over states, parameters and shared parts, which stand in an order of use unless there are many."""
    names = {TIME: "t"}
    names |= {symbol: f"x{position}" for position, symbol in enumerate(model.state_symbols)}
    names |= {symbol: f"p{position}" for position, symbol in enumerate(model.parameter_symbols)}
    used = set().union(*(part.free_symbols for _, part in shared), *(value.free_symbols for values in targets.values() for value in values))
    loads = [f"{own} = {own[0]}[{own[1:]}]" for symbol, own in names.items() if symbol in used and symbol is not TIME]
    names |= {symbol: f"c{position}" for position, (symbol, _) in enumerate(shared)}
    writer = SourceWriter(names)
    statements = [Statement(names[symbol], writer.write(part)) for symbol, part in shared]
    statements += _assignments(model, targets, writer, is_sparse=is_sparse)
    head = f"{name}(t, x, p, {', '.join(targets)})"
    if len(statements) > MOST_IN_LINE:
        return rolled(head, statements, len(model.states), len(model.parameter_symbols))
    lines = [*loads, *(f"{target} = {text}" for target, text in statements)]
    return f"\n\ndef {head}:\n" + "".join(f"    {line}\n" for line in lines or ["pass"])


def _assignments(model: Model, targets: dict[str, list[sympy.Expr]], writer: Writer, *, is_sparse: bool) -> list[Statement]:
    lines = []
    for target, values in targets.items():
        for position, value in enumerate(values):
            place = f"{position // len(model.states)}, {position % len(model.states)}" if target == "jacobian" else f"{position}"
            if not (is_sparse and value == 0):
                lines.append(Statement(f"{target}[{place}]", writer.write(value)))
    return lines
