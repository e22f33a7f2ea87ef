"""Which reactions of one nation to another destabilise a race most: the derivatives of the spiral number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from richardson import extras
from richardson.arrays import FloatArray
from richardson.errors import ComputationError, InvalidInputError
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model
from richardson.theory.reactions import Place, Reactions, reactions_at

NOT_SIMPLE = 1e-6  # cosine between the left and right Perron vectors below which R is nearly a multiple eigenvalue
ROUNDING = 4 * float(np.finfo(np.float64).eps)  # of the largest entry, for every nation: what LAPACK may leave of a 0
SHOWN = 3  # dyads in a repr


@dataclass(frozen=True, eq=False, repr=False)
class DestabilisingDyads:
    """Ordered pairs (i, j), i reacting to j, by how fast R rises with the reaction; the fastest first.

    Attributes
    ----------
    reacting, rivals : tuple of str
        i and j of each of the n (n − 1) dyads.
    reactions : FloatArray
        Shape (n (n − 1),), in 1/yr: Pᵢⱼ, how the rate of i answers the arms of j (kᵢⱼ in a linear race).
    slopes : FloatArray
        Same shape, in yr: ∂R/∂Pᵢⱼ.
    shares : FloatArray
        Same shape: Pᵢⱼ/R · ∂R/∂Pᵢⱼ, the part that the dyad has in R; they add up to 1.
    spiral_number : float
    state : FloatArray or None
        Shape (d,): the equilibrium; None for linear rates, where it does not matter.
    model : Model
    provenance : Provenance
    """

    reacting: tuple[str, ...]
    rivals: tuple[str, ...]
    reactions: FloatArray
    slopes: FloatArray
    shares: FloatArray
    spiral_number: float
    state: FloatArray | None
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of dyads."""
        return len(self.reacting)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a dyad, the most destabilising first."""
        columns = {"reaction": self.reactions, "slope": self.slopes, "share": self.shares}
        return {"reacting": list(self.reacting), "rival": list(self.rivals)} | {name: each.tolist() for name, each in columns.items()}

    def to_xarray(self) -> Any:
        """Dataset over the nation that reacts and its rival; the diagonal is NaN.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        names = [name for name in self.model.state_names if name in self.reacting]
        places = tuple(np.array([names.index(name) for name in side]) for side in (self.reacting, self.rivals))
        columns = {}
        for what, values in (("reaction", self.reactions), ("slope", self.slopes), ("share", self.shares)):
            table = np.full((len(names), len(names)), np.nan)
            table[places] = values
            columns[what] = (("reacting", "rival"), table)
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "spiral_number": self.spiral_number}
        return xarray.Dataset(columns, coords={"reacting": names, "rival": names}, attrs=attributes)

    def __repr__(self) -> str:
        """The first few dyads."""
        first = zip(self.reacting[:SHOWN], self.rivals, self.slopes, strict=False)
        shown = ", ".join(f"{i} to {j} {slope:.4g} yr" for i, j, slope in first)
        return f"<{len(self)} dyads of '{self.model.name}', R = {self.spiral_number:.4g}: {shown}{', …' if len(self) > SHOWN else ''}>"


def destabilising_dyads(model: Model, at: Place = None) -> DestabilisingDyads:
    """The ordered pairs of nations by how fast the spiral number rises with the reaction of one to the other.

    Parameters
    ----------
    model : Model
        Autonomous flow of two nations or more; fear that follows is eliminated, as for the spiral number, and any other state stands
        for a nation.
    at : Equilibrium, mapping or sequence, optional
        Where it rests; not needed where the rates are linear.

    Returns
    -------
    DestabilisingDyads

    Raises
    ------
    NotAutonomousError, InvalidInputError
        If the rates contain time, ``at`` is missing or no equilibrium, or R is undefined or zero there.
    ComputationError
        If R is (nearly) a multiple eigenvalue, as of blocs that do not react to each other: then it has no derivative.

    Notes
    -----
    R is the spectral radius of D⁻¹P, D the negated diagonal of the linear part, P ≥ 0 the rest, and ∂R/∂Pᵢⱼ = uᵢvⱼ/(Dᵢ u·v), u and v
    its left and right Perron vectors. The derivative is partial, at a fixed equilibrium: where rates are not linear the equilibrium
    moves as well, and at a fold the total derivative is infinite.

    References
    ----------
    .. [1] A. Berman, R. J. Plemmons (1979), Nonnegative Matrices in the Mathematical Sciences (quoted from memory).

    Examples
    --------
    >>> from richardson.models.nations import nations
    >>> destabilising_dyads(nations(3, defence={("x", "y"): 0.8, ("y", "x"): 0.6}))
    <6 dyads of 'nations', R = 0.842: y to x 0.4837 yr, x to y 0.373 yr, y to z 0.2697 yr, …>
    """
    what = "The ranking of dyads"
    found = reactions_at(model, at, what)
    radius, rises = _perron(found, model, what)
    slopes = rises / found.own[:, np.newaxis]
    pairs = np.argwhere(~np.eye(len(found.names), dtype=bool))
    order = np.argsort(-slopes[tuple(pairs.T)], kind="stable")
    i, j = pairs[order].T
    return DestabilisingDyads(
        reacting=tuple(found.names[place] for place in i),
        rivals=tuple(found.names[place] for place in j),
        reactions=found.cross[i, j],
        slopes=slopes[i, j],
        shares=found.cross[i, j] * slopes[i, j] / radius,
        spiral_number=radius,
        state=found.state,
        model=model,
        provenance=record(model, verb="destabilising_dyads", at=None if found.state is None else found.state.tolist()),
    )


def _perron(found: Reactions, model: Model, what: str) -> tuple[float, FloatArray]:
    """R, and its derivatives uᵢvⱼ/u·v in the entries of D⁻¹P, u and v its left and right Perron vectors.

    Raises
    ------
    InvalidInputError, ComputationError
        As `destabilising_dyads`.
    """
    if len(found.names) < 2 or not ((found.own > 0).all() and (found.cross >= 0).all()):
        raise InvalidInputError(
            f"{what} of '{model.name}' needs a spiral number, which is undefined here: two nations or more, each worn down by its own "
            "arms, none of them disarming in answer to another's. Look at the eigenvalues (spectrum) instead."
        )
    with np.errstate(over="ignore"):
        answers = found.cross / found.own[:, np.newaxis]
    if not np.isfinite(answers).all():
        raise InvalidInputError(f"{what} of '{model.name}' cannot be given: a reaction over a fatigue overflows. Use other units.")
    balanced, (units, _) = scipy.linalg.matrix_balance(answers, permute=False, separate=True)  # whether R is simple is no matter of units
    solution: Any = scipy.linalg.eig(balanced, left=True, right=True)
    values, left, right = solution
    leading = int(np.argmax(values.real))
    radius, u, v = float(values[leading].real), _entries(left[:, leading]), _entries(right[:, leading])
    if radius <= 0.0:
        raise InvalidInputError(f"{what} of '{model.name}' cannot be given: no chain of reactions comes back to its start, so R = 0.")
    if not u @ v > NOT_SIMPLE * np.linalg.norm(u) * np.linalg.norm(v):
        raise ComputationError(
            f"{what} of '{model.name}' cannot be given: R = {radius:.6g} is nearly a multiple eigenvalue, and has no derivative. "
            "Rank the blocs that react to each other one by one."
        )
    if np.sum(np.abs(values - radius) <= NOT_SIMPLE * radius) > 1:
        raise ComputationError(
            f"{what} of '{model.name}' cannot be given: two blocs have the same R = {radius:.6g}, which has no derivative then. "
            "Rank the blocs one by one."
        )
    return radius, np.outer(u / units, v * units) / (u @ v)


def _entries(vector: Any) -> FloatArray:
    """A Perron vector, 0 where it is not told from it."""
    sizes = np.abs(vector.real)
    return np.where(sizes > len(sizes) * ROUNDING * sizes.max(), sizes, 0.0)
