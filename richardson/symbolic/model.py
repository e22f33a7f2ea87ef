"""A model: equations in named states and parameters, with the numbers it is used at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from richardson.symbolic import derive, latex, names, transform
from richardson.symbolic.equations import check_counts, check_kind, check_names, check_symbols, checked_numbers, read_equations
from richardson.symbolic.functions import TIME
from richardson.symbolic.parse import parse
from richardson.symbolic.position import state_position
from richardson.symbolic.quantity import Parameter, State
from richardson.symbolic.write import to_text


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """Equations of motion, ẋ = f(x, p, t) for a flow or x' = f(x, p) for a map.

    Attributes
    ----------
    name : str
        Short name.
    states : tuple of State
        In the order of every state axis.
    parameters : tuple of Parameter
    rates : tuple of sympy.Expr
        One right-hand side for each state, in real symbols of the same names.
    numbers : tuple of float
        Value of each parameter.
    kind : str
        ``"flow"`` or ``"map"``.
    references : tuple of str
        Sources of the equations.
    drives : tuple of Drive
        Paths in time of what stands in the rates and is no parameter any more; see `with_drive`.
    """

    name: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    rates: tuple[sympy.Expr, ...]
    numbers: tuple[float, ...]
    kind: str = "flow"
    references: tuple[str, ...] = ()
    drives: tuple[transform.Drive, ...] = ()

    def __post_init__(self) -> None:
        """Refuse equations, states and parameters that do not fit together."""
        check_kind(self.kind)
        check_names((*self.states, *self.parameters, *(parameter for drive in self.drives for parameter in drive.parameters)))
        check_counts(self.name, self.states, self.rates, self.parameters, self.numbers)
        check_symbols(self.states, self.rates, {*self.state_symbols, *self.parameter_symbols, *self.driven_symbols, TIME})
        object.__setattr__(self, "numbers", checked_numbers(self.parameters, self.numbers))
        object.__setattr__(self, "states", transform.under_ceilings(self.states, self.values))

    @classmethod
    def from_equations(
        cls,
        equations: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        *,
        lower: Mapping[str, float] | None = None,
        upper: Mapping[str, float] | None = None,
        units: Mapping[str, str] | None = None,
        meanings: Mapping[str, str] | None = None,
        symbols: Mapping[str, str] | None = None,
        at_most: Mapping[str, str] | None = None,
        name: str = "own",
        kind: str = "flow",
    ) -> Model:
        """Model from equations written as text or as sympy expressions.

        Parameters
        ----------
        equations : mapping of str to str or sympy.Expr
            Right-hand side of each state, in the order of the states.
        parameters : mapping of str to float, optional
            Value of each parameter; it becomes the default.
        lower, upper : mapping of str to float, optional
            Bounds of states or parameters; unbounded where not named.
        units, meanings, symbols : mapping of str to str, optional
            Unit, meaning and LaTeX letter of states or parameters.
        at_most : mapping of str to str, optional
            Of a parameter, the other that it must not exceed, here and in all that moves them.
        name, kind : str
            Short name, and ``"flow"`` or ``"map"``.

        Raises
        ------
        ParseError
            If a text is not an expression of the documented grammar.
        ModelError, UnknownNameError, OutOfBoundsError
            If names clash or are unknown, or a value lies outside its bounds or above one that it must not exceed.

        Examples
        --------
        >>> race = Model.from_equations({"x": "k*y - a*x", "y": "k*x - a*y"}, {"k": 1, "a": 2})
        >>> race.values
        {'k': 1.0, 'a': 2.0}
        """
        described = {"lower": lower, "upper": upper, "unit": units, "meaning": meanings, "symbol": symbols, "at_most": at_most}
        states, declared, rates = read_equations(equations, parameters or {}, described)
        return cls(str(name), states, declared, rates, tuple(parameter.default for parameter in declared), kind)

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states, in order."""
        return tuple(state.name for state in self.states)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    @cached_property
    def state_symbols(self) -> tuple[sympy.Symbol, ...]:
        """Symbols of the states, in order."""
        return tuple(sympy.Symbol(name, real=True) for name in self.state_names)

    @cached_property
    def parameter_symbols(self) -> tuple[sympy.Symbol, ...]:
        """Symbols of the parameters, in order."""
        return tuple(sympy.Symbol(name, real=True) for name in self.parameter_names)

    @cached_property
    def driven_symbols(self) -> tuple[sympy.Symbol, ...]:
        """Symbols of what drives move, in order."""
        return tuple(sympy.Symbol(name, real=True) for drive in self.drives for name in drive.names)

    @property
    def values(self) -> dict[str, float]:
        """Value of each parameter by name."""
        return dict(zip(self.parameter_names, self.numbers, strict=True))

    @cached_property
    def is_autonomous(self) -> bool:
        """Whether time does not occur in the equations."""
        return not self.drives and not any(rate.has(TIME) for rate in self.rates)

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 of kind, states and equations (never values), in hexadecimal."""
        lines = [self.kind, *(f"{name}: {to_text(rate)}" for name, rate in zip(self.state_names, self.rates, strict=True))]
        lines += [" ".join(self.parameter_names)]
        lines += [f"{' '.join(drive.names)}(t): {to_text(drive.expression)}" for drive in self.drives]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @cached_property
    def jacobian(self) -> sympy.ImmutableMatrix:
        """Exact derivatives of the rates in the states, shape (d, d), as symbols."""
        return derive.jacobian(self)

    def symbol(self, name: str) -> sympy.Symbol:
        """Symbol of the state or parameter of that name.

        Parameters
        ----------
        name : str
            Exact name.

        Raises
        ------
        UnknownNameError
            If there is none.
        """
        return names.symbol_of(self, name)

    def resolve(self, name: str) -> tuple[str, ...]:
        """Parameters that a name stands for: itself, or all members of a bare concept such as ``alarm``.

        Parameters
        ----------
        name : str
            Parameter name or bare concept name.

        Raises
        ------
        UnknownNameError, InvalidInputError
            If it is neither, or driven, or bounds a state from above.
        """
        return names.movable_members(self, name)

    def with_values(self, **values: Any) -> Model:
        """The same equations at other parameter values.

        Parameters
        ----------
        **values : float, array_like, mapping or table
            By parameter name, or by bare concept name for all its members, which takes `families.values_of`'s forms too.

        Raises
        ------
        UnknownNameError, OutOfBoundsError, InvalidInputError
            If a name is misspelt, a value outside its bounds or above one that it must not exceed, or a table does not fit.

        Examples
        --------
        >>> race = Model.from_equations({"x": "-a*x"}, {"a": 2})
        >>> race.with_values(a=3).values
        {'a': 3.0}
        """
        return transform.revalued(self, values)

    def with_term(self, state: str, term: Any, parameters: Mapping[str, float] | None = None) -> Model:
        """The model with a term added to the rate of one state.

        Parameters
        ----------
        state : str
            Which rate.
        term : str or sympy.Expr
            Text over states, parameters and ``t``.
        parameters : mapping of str to float, optional
            New parameters that the term uses.
        """
        wider = transform.extended(self, parameters or {})
        return transform.rewritten(wider, state, wider.rates[state_position(wider, state)] + wider.expression(term))

    def with_equation(self, state: str, equation: Any, parameters: Mapping[str, float] | None = None) -> Model:
        """The model with the right-hand side of one state replaced.

        Parameters
        ----------
        state : str
            Which state.
        equation : str or sympy.Expr
            Over states, parameters and ``t``.
        parameters : mapping of str to float, optional
            New parameters that it uses.
        """
        wider = transform.extended(self, parameters or {})
        return transform.rewritten(wider, state, wider.expression(equation))

    def with_drive(self, **drives: Any) -> Model:
        """The model with parameters that follow paths in time, such as the ramp of a technology; they are parameters no longer.

        Parameters
        ----------
        **drives : str, sympy.Expr or Series
            By parameter name, or by bare concept name for all its members as one: text of ``t`` and of parameters that are not
            driven, or numbers at some times with their interpolation named.

        Raises
        ------
        UnknownNameError, InvalidInputError, ModelError, OutOfBoundsError, ParseError
            If a name is misspelt, a state or driven already, a path uses states or does not change, the model is a map, or a series
            leaves the parameter's bounds. Paths given as text are held against the bounds when the model is run.

        Examples
        --------
        >>> Model.from_equations({"x": "g - a*x"}, {"g": 1, "a": 2}).with_drive(g="1 + 0.1*t").values
        {'a': 2.0}
        """
        return transform.driven(self, drives)

    def expression(self, text: Any) -> sympy.Expr:
        """Text or sympy expression over this model's states, parameters and ``t``, as an expression.

        Parameters
        ----------
        text : str or sympy.Expr
            As in the equations.

        Raises
        ------
        ParseError
            If it is not one.
        """
        return parse(text, {symbol.name: symbol for symbol in (*self.state_symbols, *self.parameter_symbols, *self.driven_symbols)})

    def to_latex(self) -> str:
        """The equations as LaTeX, an ``aligned`` block with the letters of the quantities."""
        return latex.equations(self)

    def jacobian_to_latex(self) -> str:
        """The Jacobian as a LaTeX matrix with the letters of the quantities."""
        return latex.jacobian(self)

    def __eq__(self, other: object) -> bool:
        """Whether equations (``fingerprint``) and numbers are the same."""
        return isinstance(other, Model) and (self.fingerprint, self.numbers) == (other.fingerprint, other.numbers)

    def __hash__(self) -> int:
        """Hash by fingerprint and numbers."""
        return hash((self.fingerprint, self.numbers))

    def __repr__(self) -> str:
        """Name, kind, states and the number of parameters."""
        return f"<{self.kind} '{self.name}': states {', '.join(self.state_names)}; {len(self.parameters)} parameters>"

    def _repr_latex_(self) -> str:
        return f"$${self.to_latex()}$$"
