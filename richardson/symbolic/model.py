"""A model: equations in named states and parameters, with the numbers it is used at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy

from richardson.errors import UnknownNameError, nearest
from richardson.symbolic import concepts, derive, latex
from richardson.symbolic.equations import check_counts, check_kind, check_names, check_symbols, read_equations
from richardson.symbolic.functions import TIME
from richardson.symbolic.parse import check_name, parse
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
    """

    name: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    rates: tuple[sympy.Expr, ...]
    numbers: tuple[float, ...]
    kind: str = "flow"
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse equations, states and parameters that do not fit together."""
        check_kind(self.kind)
        check_names((*self.states, *self.parameters))
        check_counts(self.name, self.states, self.rates, self.parameters, self.numbers)
        check_symbols(self.states, self.rates, {*self.state_symbols, *self.parameter_symbols, TIME})
        numbers = tuple(parameter.check(number) for parameter, number in zip(self.parameters, self.numbers, strict=True))
        object.__setattr__(self, "numbers", numbers)

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
        name: str = "own",
        kind: str = "flow",
    ) -> Model:
        """Model from equations written as text or as sympy expressions.

        Parameters
        ----------
        equations : mapping of str to str or sympy.Expr
            Right-hand side of each state; the order is the order of the states.
        parameters : mapping of str to float, optional
            Value of each parameter; it becomes the default.
        lower, upper : mapping of str to float, optional
            Bounds of states or parameters; unbounded where not named.
        units, meanings, symbols : mapping of str to str, optional
            Unit, meaning and LaTeX letter of states or parameters.
        name : str
            Short name.
        kind : str
            ``"flow"`` or ``"map"``.

        Returns
        -------
        Model

        Raises
        ------
        ParseError
            If a text is not an expression of the documented grammar.
        ModelError, UnknownNameError, OutOfBoundsError
            If names clash or are unknown, or a value lies outside its bounds.

        Examples
        --------
        >>> race = Model.from_equations({"x": "k*y - a*x", "y": "k*x - a*y"}, {"k": 1, "a": 2})
        >>> race.values
        {'k': 1.0, 'a': 2.0}
        """
        described = {"lower": lower, "upper": upper, "unit": units, "meaning": meanings, "symbol": symbols}
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

    @property
    def values(self) -> dict[str, float]:
        """Value of each parameter by name."""
        return dict(zip(self.parameter_names, self.numbers, strict=True))

    @cached_property
    def is_autonomous(self) -> bool:
        """Whether time does not occur in the equations."""
        return not any(rate.has(TIME) for rate in self.rates)

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 of kind, states and equations (never values), in hexadecimal."""
        lines = [self.kind, *(f"{name}: {to_text(rate)}" for name, rate in zip(self.state_names, self.rates, strict=True))]
        lines.append(" ".join(self.parameter_names))
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
        for symbol in (*self.state_symbols, *self.parameter_symbols):
            if symbol.name == name:
                return symbol
        raise UnknownNameError(
            f"'{self.name}' has no state or parameter '{name}'. {nearest(str(name), (*self.state_names, *self.parameter_names))}"
        )

    def resolve(self, name: str) -> tuple[str, ...]:
        """Parameters that a name stands for: itself, or all members of a bare concept such as ``alarm``.

        Parameters
        ----------
        name : str
            Parameter name or bare concept name.

        Raises
        ------
        UnknownNameError
            If it is neither.
        """
        members = concepts.members(name, self.parameter_names, self.state_names)
        if not members:
            known = (*self.parameter_names, *concepts.concepts(self.parameter_names, self.state_names))
            raise UnknownNameError(f"'{self.name}' has no parameter '{name}'. {nearest(str(name), known)}")
        return members

    def with_values(self, **values: float) -> Model:
        """The same equations at other parameter values.

        Parameters
        ----------
        **values : float
            By parameter name, or by bare concept name for all its members.

        Raises
        ------
        UnknownNameError, OutOfBoundsError
            If a name is misspelt or a value outside its bounds.

        Examples
        --------
        >>> race = Model.from_equations({"x": "-a*x"}, {"a": 2})
        >>> race.with_values(a=3).values
        {'a': 3.0}
        """
        chosen = self.values
        exact = {name for name in values if name in chosen}
        for name, value in values.items():
            members = self.resolve(name)
            chosen.update({member: value for member in members if member == name or member not in exact})
        return replace(self, numbers=tuple(chosen.values()))

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
        extended = self._with_parameters(parameters or {})
        position = state_position(extended, state)
        return extended.with_equation(state, extended.rates[position] + extended.expression(term))

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
        extended = self._with_parameters(parameters or {})
        rates = list(extended.rates)
        rates[state_position(extended, state)] = extended.expression(equation)
        return replace(extended, rates=tuple(rates), references=())

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
        return parse(text, {symbol.name: symbol for symbol in (*self.state_symbols, *self.parameter_symbols)})

    def to_latex(self) -> str:
        """The equations as LaTeX, an ``aligned`` block with the letters of the quantities."""
        return latex.equations(self)

    def jacobian_to_latex(self) -> str:
        """The Jacobian as a LaTeX matrix with the letters of the quantities."""
        return latex.jacobian(self)

    def _with_parameters(self, parameters: Mapping[str, float]) -> Model:
        added = tuple(Parameter(check_name(name, "parameter"), default=value) for name, value in parameters.items())
        numbers = (*self.numbers, *(parameter.default for parameter in added))
        return replace(self, parameters=(*self.parameters, *added), numbers=numbers)

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
