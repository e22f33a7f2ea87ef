"""The quadratic security game, as symbols, and Richardson's equations out of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from richardson.models.nations import nations
from richardson.models.quantities import indexed, nation_names
from richardson.symbolic.indexed_model import MOST_WRITTEN

HALF = sympy.Rational(1, 2)


@dataclass(frozen=True, eq=False, repr=False)
class SecurityGame:
    """Costs of arms and of insecurity, and the equations of motion to which their gradients lead.

    Attributes
    ----------
    nations : tuple of str
    costs : tuple of sympy.Expr
        Cᵢ = ½ cᵢ xᵢ² + ½ vᵢ (Σⱼ bᵢⱼ xⱼ + zᵢ − xᵢ)²: what arms cost, and what it costs to have fewer than the rivals' call for.
    play : tuple of sympy.Expr
        −∂Cᵢ/∂xᵢ: each nation goes down its own cost, by its own arms, as if the others stood still.
    richardson : tuple of sympy.Expr
        The rates of `nations`, Σⱼ kᵢⱼ xⱼ − aᵢ xᵢ + gᵢ.
    coefficients : dict of sympy.Symbol to sympy.Expr
        The coefficients of `nations` in those of the game: kᵢⱼ = vᵢ bᵢⱼ, aᵢ = cᵢ + vᵢ, gᵢ = vᵢ zᵢ.
    letters : dict of sympy.Symbol to str
        LaTeX of every symbol.
    """

    nations: tuple[str, ...]
    costs: tuple[sympy.Expr, ...]
    play: tuple[sympy.Expr, ...]
    richardson: tuple[sympy.Expr, ...]
    coefficients: dict[sympy.Symbol, sympy.Expr]
    letters: dict[sympy.Symbol, str]

    @property
    def remainders(self) -> tuple[sympy.Expr, ...]:
        """What is left of `play` less Richardson's rates with these coefficients: zero, as a proof."""
        return tuple(sympy.expand(own - rate.xreplace(self.coefficients)) for own, rate in zip(self.play, self.richardson, strict=True))

    def to_latex(self) -> str:
        """Costs, their gradients, Richardson's rates and the coefficients, as an ``aligned`` block.

        Examples
        --------
        >>> import richardson as rn
        >>> "begin{aligned}" in rn.security_game(2).to_latex()
        True
        """
        lines = []
        for nation, cost, own, rate in zip(self.nations, self.costs, self.play, self.richardson, strict=True):
            state = self.letters[sympy.Symbol(nation, real=True)]
            lines.append(f"{indexed('C', nation)} &= {self._write(cost)}")
            lines.append(rf"-\frac{{\partial {indexed('C', nation)}}}{{\partial {state}}} &= {self._write(own)} = {self._write(rate)}")
        lines += [f"{self.letters[symbol]} &= {self._write(what)}" for symbol, what in self.coefficients.items()]
        return "\\begin{aligned}" + r" \\ ".join(lines) + "\\end{aligned}"

    def _write(self, what: sympy.Expr) -> str:
        return str(sympy.latex(what, symbol_names=self.letters))

    def _repr_latex_(self) -> str:
        return f"$${self.to_latex()}$$"

    def __repr__(self) -> str:
        """Whose game."""
        return f"<security game of {', '.join(self.nations)}>"


def security_game(nations: Sequence[str] | int = 2) -> SecurityGame:
    """The quadratic security game of N nations, and the proof that playing it by gradients is Richardson's race.

    Parameters
    ----------
    nations : sequence of str or int
        Names or a count, at most 6.

    Returns
    -------
    SecurityGame

    Raises
    ------
    InvalidInputError
        If there are fewer than two nations, more than six, or a name occurs twice.

    Notes
    -----
    The costs are this project's choice, after the idea that a nation weighs arms against security; that quadratic costs lead to
    Richardson's equations is known [1]_ [2]_. Playing by gradients is short-sighted: `feedback_nash` looks ahead.

    References
    ----------
    .. [1] M. Simaan, J. B. Cruz (1975), Nash Equilibrium Strategies for the Problem of Armament Race and Control, Management
       Science 22(1), 96–105 (abstract seen).
    .. [2] D. L. Brito (1972), A Dynamic Model of an Armaments Race, International Economic Review 13(2), 359–375 (from memory).

    Examples
    --------
    >>> game = security_game()
    >>> game.play[0]
    -c_x*x + v_x*(b_x_y*y - x + z_x)
    >>> game.remainders
    (0, 0)
    """
    names = nation_names(nations, most=MOST_WRITTEN)
    arms = {name: sympy.Symbol(name, real=True) for name in names}
    costs = tuple(_cost(name, arms) for name in names)
    race = _race(names)
    return SecurityGame(
        nations=names,
        costs=costs,
        play=tuple(_downhill(name, cost) for name, cost in zip(names, costs, strict=True)),
        richardson=race.rates,
        coefficients=_coefficients(names),
        letters=_letters(names) | dict(zip(race.parameter_symbols, (one.symbol for one in race.parameters), strict=True)),
    )


_race = nations  # the argument of the same name hides it


def _cost(nation: str, arms: dict[str, sympy.Symbol]) -> sympy.Expr:
    """Cᵢ: what i's arms cost, and its insecurity."""
    called_for = sympy.Add(*(_symbol("b", nation, other) * x for other, x in arms.items() if other != nation)) + _symbol("z", nation)
    insecurity = called_for - arms[nation]
    return HALF * _symbol("c", nation) * arms[nation] ** 2 + HALF * _symbol("v", nation) * insecurity**2


def _downhill(nation: str, cost: sympy.Expr) -> sympy.Expr:
    """−∂Cᵢ/∂xᵢ, what arms cost and what insecurity calls for."""
    slope = sympy.diff(cost, sympy.Symbol(nation, real=True))
    return sympy.collect(sympy.expand(-slope), _symbol("v", nation))


def _coefficients(names: tuple[str, ...]) -> dict[sympy.Symbol, sympy.Expr]:
    found = {sympy.Symbol(f"defence_{i}_{j}", real=True): _symbol("v", i) * _symbol("b", i, j) for i in names for j in names if j != i}
    found |= {sympy.Symbol(f"fatigue_{i}", real=True): _symbol("c", i) + _symbol("v", i) for i in names}
    return found | {sympy.Symbol(f"grievance_{i}", real=True): _symbol("v", i) * _symbol("z", i) for i in names}


def _letters(names: tuple[str, ...]) -> dict[sympy.Symbol, str]:
    letters = {sympy.Symbol(name, real=True): name if len(name) == 1 else indexed("x", name) for name in names}
    letters |= {_symbol(letter, name): indexed(letter, name) for letter in "cvz" for name in names}
    return letters | {_symbol("b", i, j): indexed("b", i, j) for i in names for j in names if j != i}


def _symbol(letter: str, *whose: str) -> sympy.Symbol:
    return sympy.Symbol("_".join((letter, *whose)), real=True)
