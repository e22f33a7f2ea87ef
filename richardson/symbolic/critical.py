"""Where a race with linear reaction tips, in closed form: the balance, and the ambition, at which its spiral number is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy
from scipy.linalg import eigvals

from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError
from richardson.symbolic import concepts
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates, synchronous_states

BALANCE, AMBITION = "balance", "ambition"
GAIN = sympy.Dummy("gain", positive=True)  # e^β
ROUNDING = 1e-6  # relative: a root of the determinant is real if its imaginary part is smaller, and infinite if it is larger by as much


@dataclass(frozen=True, eq=False, repr=False)
class CriticalValue:
    """Where the spiral number is one along a parameter.

    Attributes
    ----------
    parameter : str
        ``"balance"`` or ``"ambition"``, the latter all nations' at once.
    value : float
        R < 1 below it. Infinite where R < 1 whatever the parameter; minus infinity where R ≥ 1 whatever it is.
    expression : sympy.Expr or None
        For identical nations: e^β* of the balance, μ* [1/yr] of ambition, in the model's parameters, where a bare concept stands for its
        members. None for nations that differ, and where the parameter has no effect.
    model : Model
    """

    parameter: str
    value: float
    expression: sympy.Expr | None
    model: Model

    def to_latex(self) -> str:
        r"""The closed form as an equation, with the letters of the model's parameters.

        Examples
        --------
        >>> from richardson.models import security_dilemma
        >>> from richardson.symbolic.critical import critical_balance
        >>> critical_balance(security_dilemma(alarm=0, strain=0)).to_latex().partition(" = ")[0]
        'e^{\\beta^*}'
        """
        left = r"e^{\beta^*}" if self.parameter == BALANCE else r"\mu^*"
        return f"{left} = {sympy.latex(self.expression, symbol_names=_letters(self.model))}"

    def _repr_latex_(self) -> str | None:
        return None if self.expression is None else f"$${self.to_latex()}$$"

    def __repr__(self) -> str:
        """Parameter and value."""
        return f"<R = 1 at {self.parameter} {self.value:.10g}>"


def critical_balance(model: Model) -> CriticalValue:
    """The offence–defence balance at which the spiral number of a race with linear reaction is one.

    Parameters
    ----------
    model : Model
        With a parameter ``balance``, and rates linear in the states at its values: `security_dilemma` with ``alarm=0, strain=0``.

    Returns
    -------
    CriticalValue

    Raises
    ------
    InvalidInputError
        If there is no closed form, or the spiral number is not defined.

    Notes
    -----
    The Jacobian is −D + M + e^β A, with M and A ≥ 0 off the diagonal; e^β* = 1/ρ((D − M)⁻¹A), ρ the spectral radius. For identical
    nations without ambition or terrain, two of them, it is (a + kρ)/(k w (1 − δs)).

    Examples
    --------
    >>> from richardson.models import security_dilemma
    >>> calm = security_dilemma(alarm=0, strain=0, fatigue=0.2, defence=0.5, reassurance=0.1)
    >>> round(float(np.exp(critical_balance(calm).value)), 12)
    0.5
    """
    _check(model, BALANCE)
    rest, gain = _split(_numbers(model, BALANCE), GAIN, model)
    own, cross = -np.diag(rest), rest - np.diag(np.diag(rest))
    if (own <= 0.0).any() or (cross < 0.0).any() or (gain < 0.0).any() or np.diag(gain).any():
        raise _undefined(model)
    if _radius(cross / own[:, np.newaxis]) >= 1.0:
        value = -np.inf
    else:
        value = -float(np.log(_radius(as_floats(np.linalg.solve(-rest, gain), "Gains")))) if _has_loop(cross, gain) else np.inf
    return CriticalValue(BALANCE, value, _closed_form(model, BALANCE), model)


def critical_ambition(model: Model) -> CriticalValue:
    """The ambition, all nations' alike, at which the spiral number of a race with linear reaction is one.

    Parameters
    ----------
    model : Model
        With parameters ``ambition``, and rates linear in the states at its values: `security_dilemma` with ``alarm=0, strain=0``.

    Returns
    -------
    CriticalValue

    Raises
    ------
    InvalidInputError
        If there is no closed form, the spiral number is not defined, or the race is unstable without ambition and calmed by some, as
        where targets are low.

    Notes
    -----
    The Jacobian is affine in μ, and the smallest positive root of its determinant is where its leading eigenvalue, which is real,
    passes through zero. For two identical nations μ* = (a + kρ − k W)/(c − 1) with W = w e^(β−γ)(1 − δs), if c > 1.

    Examples
    --------
    >>> from richardson.models import security_dilemma
    >>> third = security_dilemma(alarm=0, strain=0, fatigue=0.2, defence=0.5, reassurance=0.1, balance=np.log(1.2), distinguishability=1)
    >>> round(critical_ambition(third).value, 12)
    0.02
    """
    _check(model, AMBITION)
    ambition = model.symbol(model.resolve(AMBITION)[0])
    rest, slope = _split(_numbers(model, AMBITION), ambition, model)
    own, cross = -np.diag(rest), rest - np.diag(np.diag(rest))
    if (own <= 0.0).any() or (cross < 0.0).any() or (slope - np.diag(np.diag(slope)) < 0.0).any():
        raise _undefined(model)
    if _radius(cross / own[:, np.newaxis]) >= 1.0:
        _refuse_calming(model, rest, slope)
        value = -np.inf
    else:
        inverse = np.linalg.eigvals(np.linalg.solve(-rest, slope))  # 1/μ at the roots of det(rest + μ slope)
        real = inverse.real[np.abs(inverse.imag) <= ROUNDING * np.abs(inverse)]
        largest = float(real.max(initial=0.0))
        value = 1.0 / largest if largest > ROUNDING * np.abs(inverse).max() else np.inf
    return CriticalValue(AMBITION, value, _closed_form(model, AMBITION), model)


def _refuse_calming(model: Model, rest: FloatArray, slope: FloatArray) -> None:
    """Refuse a race that is unstable at zero and stable at some larger value, of which no threshold from below tells."""
    roots = np.asarray(eigvals(rest, -slope), dtype=np.complex128)
    real = roots.real[np.isfinite(roots) & (np.abs(roots.imag) <= ROUNDING * np.abs(roots)) & (roots.real > 0.0)]
    places = np.sort(np.append(real, 0.0))
    between = np.append(0.5 * (places[1:] + places[:-1]), 2.0 * places[-1] + 1.0)
    if any(np.linalg.eigvals(rest + place * slope).real.max() < 0.0 for place in between):
        raise InvalidInputError(
            f"'{model.name}' is unstable without ambition at these values, and stable with some: targets are so low that ambition disarms. "
            "Then there is no ambition below which R < 1. Use stability_map over 'ambition'."
        )


def _check(model: Model, name: str) -> None:
    """Refuse models without the parameter, maps, and rates that are not linear."""
    if not isinstance(model, Model):
        raise InvalidInputError(f"The critical {name} belongs to a model; got {model!r}. Give for example models.security_dilemma().")
    members = concepts.members(name, model.parameter_names, model.state_names)
    if not members or model.kind != "flow" or not model.is_autonomous:
        raise InvalidInputError(
            f"The critical {name} belongs to flows with the parameter '{name}'; '{model.name}' is none. Use security_dilemma."
        )
    if not has_linear_rates(model, (name,)):
        raise InvalidInputError(
            f"The critical {name} has a closed form where the reaction is linear, and that of '{model.name}' is not at these values. "
            "Set alarm=0 and strain=0, or use continue_equilibrium and its folds."
        )


def _undefined(model: Model) -> InvalidInputError:
    return InvalidInputError(
        f"The spiral number of '{model.name}' is not defined at these values: rivals' arms calm, or own arms feed themselves. "
        "Look at the eigenvalues (spectrum) instead."
    )


def _numbers(model: Model, name: str) -> sympy.Matrix:
    """The Jacobian of the arms with numbers for all but the parameter, whose members are one symbol."""
    known = {model.symbol(one): sympy.Rational(repr(value)) for one, value in model.values.items()}
    members = model.resolve(name)
    known |= {model.symbol(member): model.symbol(members[0]) for member in members}
    return _of_arms(model.jacobian.xreplace(known), model)


def _of_arms(jacobian: sympy.Matrix, model: Model) -> sympy.Matrix:
    """The Jacobian without followers, e^β as one symbol."""
    leaders = [i for i, state in enumerate(model.states) if not state.is_follower]
    following = [i for i in range(jacobian.rows) if i not in leaders]
    block = jacobian.extract(leaders, leaders)
    if following:
        inner = jacobian.extract(following, following)
        block -= jacobian.extract(leaders, following) * inner.LUsolve(jacobian.extract(following, leaders))
    balance = sympy.Symbol(BALANCE, real=True)
    return block.applyfunc(lambda entry: sympy.expand(entry, power_exp=True).subs(sympy.exp(balance), GAIN))


def _split(jacobian: sympy.Matrix, symbol: sympy.Symbol, model: Model) -> tuple[FloatArray, FloatArray]:
    """J = rest + symbol · slope in numbers; refused where J is not of this form."""
    slope = jacobian.diff(symbol)
    if slope.free_symbols or jacobian.subs(symbol, 0).free_symbols - {GAIN}:
        raise InvalidInputError(f"'{model.name}' does not depend on the parameter in the way of security_dilemma. Use stability_map.")
    rest = jacobian.subs(symbol, 0)
    return np.array(rest.tolist(), dtype=np.float64), np.array(slope.tolist(), dtype=np.float64)


def _radius(matrix: FloatArray) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _has_loop(cross: FloatArray, gain: FloatArray) -> bool:
    """Whether some fear comes back to whom it began with, through e^β at least once; else rounding would decide."""
    count = len(gain)
    reached = np.linalg.matrix_power(np.eye(count, dtype=np.int64) + (cross > 0.0), count) > 0
    step = (reached.astype(np.int64) @ (gain > 0.0)) > 0
    paths = step
    for _ in range(count):
        paths = (paths.astype(np.int64) @ step) > 0
    return bool(paths.any())


def _closed_form(model: Model, name: str) -> sympy.Expr | None:
    """The value in symbols, for identical nations, whose leading eigenvalue is the sum of a row."""
    if len(set(synchronous_states(model))) != len({state.is_follower for state in model.states}):
        return None
    jacobian = _of_arms(_without_bends(model).xreplace(_merged(model)), model)
    target = GAIN if name == BALANCE else sympy.Symbol(AMBITION, real=True)
    row = sympy.expand(sum(jacobian.row(0)))
    rest, slope = row.subs(target, 0), row.coeff(target)
    if slope == 0:
        return None
    found = sympy.expand(-rest) / sympy.factor_terms(slope)
    return found.subs(GAIN, sympy.exp(sympy.Symbol(BALANCE, real=True)))


def _without_bends(model: Model) -> sympy.Matrix:
    """The Jacobian in symbols, at zero for those parameters alone that are zero and would bend the rates otherwise."""
    names = {*concepts.concepts(model.parameter_names, model.state_names), *model.parameter_names}
    groups = [{model.symbol(member) for member in model.resolve(name)} for name in sorted(names)]
    dropped = {symbol: sympy.S.Zero for symbol, value in zip(model.parameter_symbols, model.numbers, strict=True) if value == 0.0}
    for group in groups:
        fewer = {symbol: zero for symbol, zero in dropped.items() if symbol not in group}
        if not model.jacobian.xreplace(fewer).free_symbols & set(model.state_symbols):
            dropped = fewer
    return model.jacobian.xreplace(dropped)


def _merged(model: Model) -> dict[sympy.Symbol, sympy.Symbol]:
    """Bare concepts for their members."""
    names = sorted(concepts.concepts(model.parameter_names, model.state_names), key=len, reverse=True)  # the widest last, which wins
    return {model.symbol(member): sympy.Symbol(name, real=True) for name in names for member in model.resolve(name)}


def _letters(model: Model) -> dict[sympy.Symbol, str]:
    """LaTeX of parameters, and of bare concepts without their nation."""
    letters = {model.symbol(one.name): one.symbol for one in model.parameters}
    for concept in concepts.concepts(model.parameter_names, model.state_names):
        first = model.parameters[model.parameter_names.index(model.resolve(concept)[0])]
        letters.setdefault(sympy.Symbol(concept, real=True), first.symbol.split("_{")[0])
    return letters
