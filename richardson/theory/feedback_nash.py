"""Two nations that look ahead: the feedback Nash equilibrium of a linear-quadratic game, which is a race of Richardson's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from richardson import extras
from richardson.arrays import FloatArray, as_floats
from richardson.errors import NotStableError, OutOfBoundsError
from richardson.models.linear import linear
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model

TWO_THIRDS = 2.0 / 3.0
LARGEST = 1e40  # of a number given: its sixth power is formed
LEAST = 1e-300  # nothing but the relative error ends the search for a root
LEAST_MARGIN = 1e-9  # relative, by which arms must settle: below, rounding decides


@dataclass(frozen=True, eq=False, repr=False)
class FeedbackNash:
    """How two equal nations arm if each looks ahead and answers to what it sees.

    Attributes
    ----------
    discount, depreciation : float
        ι and Δ [1/yr].
    weight : float
        Q [1/yr²], of falling short against arming.
    margin, ratio : float
        M [arms] and b, what each wants: b times the rival's arms, and M more.
    quadratic : FloatArray
        Shape (3,): P₁, P₂, P₃ [1/yr].
    linear : FloatArray
        Shape (2,): p₁, p₂ [arms/yr]. Each nation spends uᵢ = −(P₁ xᵢ + P₂ xⱼ + p₁).
    defence, fatigue, grievance : float
        Of the race that they run: k = −P₂, a = Δ + P₁ [1/yr], g = −p₁ [arms/yr].
    arms : float
        Where each comes to rest, g/(a − k).
    residual : float
        Largest remainder of the five equations, relative to the size of their terms.
    model : Model
        That race, a `linear`.
    provenance : Provenance
    """

    discount: float
    depreciation: float
    weight: float
    margin: float
    ratio: float
    quadratic: FloatArray
    linear: FloatArray
    defence: float
    fatigue: float
    grievance: float
    arms: float
    residual: float
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns of one row."""
        names = ("discount", "depreciation", "weight", "margin", "ratio", "defence", "fatigue", "grievance", "arms", "residual")
        return {name: [getattr(self, name)] for name in names}

    def to_xarray(self) -> Any:
        """Dataset of the same numbers, without dimensions.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint}
        return xarray.Dataset({name: column[0] for name, column in self.to_table().items()}, attrs=attributes)

    def __repr__(self) -> str:
        """The race."""
        numbers = f"defence {self.defence:.6g}, fatigue {self.fatigue:.6g}, grievance {self.grievance:.6g}"
        return f"<feedback Nash equilibrium: {numbers}; rests at {self.arms:.6g}>"


def feedback_nash(*, discount: float, depreciation: float, weight: float, margin: float, ratio: float) -> FeedbackNash:
    """Race of two equal nations that look ahead, from what they want.

    Parameters
    ----------
    discount : float
        ι [1/yr], 0 or more: how much less a year later counts.
    depreciation : float
        Δ [1/yr], 0 or more: how fast arms wear out.
    weight : float
        Q [1/yr²], above 0: of falling short against arming.
    margin : float
        M [arms]: what each wants beyond its share of the rival's arms.
    ratio : float
        b: the share of the rival's arms that each wants.

    Returns
    -------
    FeedbackNash

    Raises
    ------
    OutOfBoundsError
        If a number is out of bounds or larger than 1e40.
    NotStableError
        If there is no equilibrium of this kind under which arms settle.

    Notes
    -----
    Nation i chooses spending uᵢ(x) in ẋᵢ = −Δ xᵢ + uᵢ to make ∫ e^(−ιt) [Q (xᵢ − b xⱼ − M)² + uᵢ²] dt small, the rival's rule given. The
    values of the game are quadratic, xᵀP x + 2 pᵀx + const., if

    ιP₁ = Q − P₁² − 2ΔP₁ − 2P₂²,  ιP₂ = −Qb − 2P₁P₂ − 2ΔP₂ − P₂P₃,  ιP₃ = Qb² − P₂² − 2ΔP₃ − 2P₁P₃,
    ιp₁ = −QM − (P₁ + P₂ + Δ)p₁ − P₂p₂,  ιp₂ = QbM − (P₂ + P₃)p₁ − (Δ + P₁)p₂.

    With T = (P₁ + Δ + ι/2)² the first three become one cubic, (A − T)(2B − A + 9T)² = 32 QB T, A = Q + (Δ + ι/2)², B = Qb². Arms
    settle if Δ + P₁ > |P₂| = √((A − T)/2), hence only for T > A/3, and there the cubic has no more than one root: left over right
    side, divided by Q, is at T = A/3 at least (A + B)²/(4QB) ≥ 1 and 0 at T = A, and its slope changes sign at most once in between,
    from above to below zero, as 18T² − 9AT + A(2B − A). So the equilibrium is the only one of its kind. Where both nations discount
    much and arms wear out slowly there is none. Equilibria in other than linear rules, or in which equal nations play by different
    ones, are not looked for.

    The costs are this project's choice; that such games have the structure of Richardson's race is known [1]_, and so is the
    method [2]_.

    References
    ----------
    .. [1] M. Simaan, J. B. Cruz (1975), Nash Equilibrium Strategies for the Problem of Armament Race and Control, Management
       Science 22(1), 96–105 (abstract seen).
    .. [2] J. C. Engwerda (2005), LQ Dynamic Optimization and Differential Games, chapter 8 (from memory).

    Examples
    --------
    >>> feedback_nash(discount=0.05, depreciation=0.1, weight=1, margin=1, ratio=0.5)
    <feedback Nash equilibrium: defence 0.251981, fatigue 0.917675, grievance 1.287; rests at 1.93332>
    """
    given = {"discount": discount, "depreciation": depreciation, "weight": weight, "margin": margin, "ratio": ratio}
    wanted: dict[str, Any] = {name: _checked(name, value) for name, value in given.items()}
    riccati = _Riccati(**wanted)
    P = riccati.settling()
    p = riccati.linear(P)
    defence, fatigue, grievance = -float(P[1]), wanted["depreciation"] + float(P[0]), -float(p[0])
    model = linear(defence=defence, fatigue=fatigue, grievance=grievance)
    return FeedbackNash(
        **wanted,
        quadratic=P,
        linear=p,
        defence=defence,
        fatigue=fatigue,
        grievance=grievance,
        arms=grievance / (fatigue - defence),
        residual=riccati.residual(P, p),
        model=model,
        provenance=record(model, verb="feedback_nash", **wanted),
    )


def _checked(name: str, value: float) -> float:
    """A number within its bounds."""
    array = as_floats(value, name.capitalize())
    least = 0.0 if name in ("discount", "depreciation", "weight") else -np.inf
    if array.shape != () or not np.abs(array) <= LARGEST or array < least or (name == "weight" and array == 0.0):
        bound = {"weight": "above 0", "margin": "finite", "ratio": "finite"}.get(name, "0 or more")
        bound += f", and {LARGEST:g} at most in size"
        raise OutOfBoundsError(f"The {name} must be one number, {bound}; got {value!r}.")
    return float(array)


@dataclass(frozen=True)
class _Riccati:
    """The coupled Riccati equations of two equal nations."""

    discount: float
    depreciation: float
    weight: float
    margin: float
    ratio: float

    @property
    def half(self) -> float:
        """Δ + ι/2."""
        return self.depreciation + 0.5 * self.discount

    def remainders(self, P: FloatArray) -> FloatArray:
        """Left side less right side of the equations of P, shape (3,)."""
        P1, P2, P3 = P
        Q, b, both = self.weight, self.ratio, 2 * self.half
        return np.array(
            [both * P1 - Q + P1**2 + 2 * P2**2, both * P2 + Q * b + 2 * P1 * P2 + P2 * P3, both * P3 - Q * b**2 + P2**2 + 2 * P1 * P3]
        )

    def settling(self) -> FloatArray:
        """P₁, P₂, P₃ under which arms settle, shape (3,)."""
        P = self._candidate()
        if self.depreciation + P[0] <= abs(P[1]) * (1 + LEAST_MARGIN):
            raise NotStableError(
                f"With discount {self.discount:g}, depreciation {self.depreciation:g}, weight {self.weight:g} and ratio {self.ratio:g} no "
                "equilibrium in linear rules lets arms settle (fatigue above defence). Take less discount or more depreciation."
            )
        return P

    def _candidate(self) -> FloatArray:
        """The only root with T ≥ A/3, from the cubic in σ = 1 − T/A = 2P₂²/A, which lies between 0 and ⅔."""
        Q, b = self.weight, self.ratio
        A, B = Q + self.half**2, Q * b**2

        def cubic(s: float) -> float:
            return s * (2 * B / A + 8 - 9 * s) ** 2 - 32 * (Q / A) * (B / A) * (1 - s)

        s = float(brentq(cubic, 0.0, TWO_THIRDS, xtol=LEAST, rtol=4 * np.finfo(np.float64).eps)) if cubic(TWO_THIRDS) > 0.0 else TWO_THIRDS
        t = np.sqrt(A * (1 - s))
        P2 = -np.sign(b) * np.sqrt(0.5 * A * s)
        return np.array([(Q - A * s) / (t + self.half), P2, (B - P2**2) / (2 * t)])

    def linear(self, P: FloatArray) -> FloatArray:
        """p₁, p₂, shape (2,)."""
        matrix, right = self._linear_system(P)
        return as_floats(np.linalg.solve(matrix, right), "p")

    def residual(self, P: FloatArray, p: FloatArray) -> float:
        """Largest remainder of all equations, relative to their terms."""
        matrix, right = self._linear_system(P)
        terms = np.abs(matrix) @ np.abs(p) + np.abs(right)
        rest = np.abs(matrix @ p - right) / np.where(terms > 0.0, terms, 1.0)
        return max(self._relative(self.remainders(P), P), float(rest.max()))

    def _relative(self, remainders: FloatArray, P: FloatArray) -> float:
        size = self.weight * (1 + self.ratio**2) + 2 * self.half * np.abs(P).max() + 2 * np.abs(P).max() ** 2
        return float(np.abs(remainders).max() / size)

    def _linear_system(self, P: FloatArray) -> tuple[FloatArray, FloatArray]:
        P1, P2, P3 = P
        own = self.discount + P1 + self.depreciation
        wanted = self.weight * self.margin
        return np.array([[own + P2, P2], [P2 + P3, own]]), np.array([-wanted, self.ratio * wanted])
