"""Equations and Jacobians as LaTeX, with the letters that the quantities declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sympy
from sympy.printing.latex import LatexPrinter

if TYPE_CHECKING:
    from richardson.symbolic.model import Model
    from richardson.symbolic.transform import Drive

_LETTER = re.compile(r"(\\?\w(?:[^_^{']|\{[^{}]*\})*)(.*)", re.DOTALL)  # a letter or command with its arguments, and what hangs on it


def equations(model: Model) -> str:
    """The equations of ``model`` as an ``aligned`` block."""
    printer = _printer(model)
    lines = []
    for state, rate in zip(model.states, model.rates, strict=True):
        left = accented(r"\dot", state.symbol) if model.kind == "flow" else rf"{{{state.symbol}}}'"
        lines.append(f"{left} &= {printer.doprint(rate)}")
    lines += [_path(printer, drive) for drive in model.drives]
    return "\\begin{aligned}" + r" \\ ".join(lines) + "\\end{aligned}"


def jacobian(model: Model) -> str:
    """The Jacobian of ``model`` as a matrix."""
    return str(_printer(model).doprint(model.jacobian))


def expression(model: Model, what: sympy.Expr) -> str:
    """An expression over ``model``'s states and parameters."""
    return str(_printer(model).doprint(what))


def accented(accent: str, symbol: str) -> str:
    """A letter under an accent, its indices and powers left beside it."""
    match = _LETTER.match(symbol)
    return symbol if match is None else f"{accent}{{{match.group(1)}}}{match.group(2)}"


def _path(printer: _Printer, drive: Drive) -> str:
    """What a drive does, as a line of the block."""
    left = " = ".join(parameter.symbol for parameter in drive.parameters)
    if drive.series is None:
        return f"{left} &= {printer.doprint(drive.formula)}"
    series = drive.series
    words = f"{series.interpolation} series of {len(series)} values over "
    return rf"{left} &= \text{{{words}}} [{series.times[0]:g}, {series.times[-1]:g}]"


def _printer(model: Model) -> _Printer:
    moved = [parameter for drive in model.drives for parameter in drive.parameters]
    symbols = (*model.state_symbols, *model.parameter_symbols, *model.driven_symbols)
    quantities = zip(symbols, (*model.states, *model.parameters, *moved), strict=True)
    return _Printer({"symbol_names": {symbol: quantity.symbol for symbol, quantity in quantities}})


class _Printer(LatexPrinter):  # type: ignore[misc] # sympy has no types
    """sympy's printer, taught our own functions."""

    def _print_hill(self, call: sympy.Expr, exp: str | None = None) -> str:
        threshold, steepness = self._print(call.args[1]), self._print(call.args[2])
        primes = "'" * int(call.args[3]) if len(call.args) > 3 else ""
        letter = f"H{primes}" if primes else "H"
        power = f"^{{{exp}}}" if exp else ""
        return rf"{letter}_{{{threshold},{steepness}}}{power}\left({self._print(call.args[0])}\right)"

    def _print_sigmoid(self, call: sympy.Expr, exp: str | None = None) -> str:
        return self._named(r"\operatorname{sigmoid}", call, exp)

    def _print_softplus(self, call: sympy.Expr, exp: str | None = None) -> str:
        return self._named(r"\operatorname{softplus}", call, exp)

    def _print_positive_log(self, call: sympy.Expr, exp: str | None = None) -> str:
        return self._named(r"\log_{+}", call, exp)

    def _named(self, name: str, call: sympy.Expr, exp: str | None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"{name}{power}\left({self._print(call.args[0])}\right)"
