"""How an equilibrium moves when grievances do: comparative statics, with their signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray, IntArray
from richardson.errors import NotStableError
from richardson.provenance import Provenance, record
from richardson.stability.kinds import attracts, eigenvalues_with_errors
from richardson.symbolic.model import Model
from richardson.theory.reactions import Place, reactions_at


@dataclass(frozen=True, eq=False, repr=False)
class ComparativeStatics:
    """What a lasting push on one nation's rate does to every nation's arms at rest.

    Attributes
    ----------
    names : tuple of str
    effects : FloatArray
        Shape (n, n), in yr: entry (i, j) is ∂xᵢ*/∂gⱼ, g a constant added to the rate of j.
    errors : FloatArray
        Shape (n, n): how far each may be off, to first order.
    signs : IntArray
        Shape (n, n): 1, −1, or 0 where the effect is not larger than its error.
    is_cooperative : bool
        Whether no nation disarms in answer to another's arms; then −J is an M-matrix, and no effect is negative.
    state : FloatArray or None
        The equilibrium; None for linear rates, where it does not matter.
    model : Model
    provenance : Provenance
    """

    names: tuple[str, ...]
    effects: FloatArray
    errors: FloatArray
    signs: IntArray
    is_cooperative: bool
    state: FloatArray | None
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row for each nation pushed and nation moved."""
        return {
            "pushed": [name for name in self.names for _ in self.names],
            "moved": list(self.names) * len(self.names),
            "effect": self.effects.T.ravel().tolist(),
            "error": self.errors.T.ravel().tolist(),
            "sign": self.signs.T.ravel().tolist(),
        }

    def to_xarray(self) -> Any:
        """Dataset over the nations moved and pushed.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        columns = {"effect": self.effects, "error": self.errors, "sign": self.signs}
        names, attributes = list(self.names), {"model": self.model.name, "fingerprint": self.model.fingerprint}
        return xarray.Dataset(
            {name: (("moved", "pushed"), values) for name, values in columns.items()},
            coords={"moved": names, "pushed": names},
            attrs=attributes,
        )

    def __repr__(self) -> str:
        """The signs, counted."""
        counts = ", ".join(f"{(self.signs == sign).sum()} {word}" for sign, word in ((1, "up"), (-1, "down"), (0, "none to tell")))
        return f"<effects of {len(self.names)} grievances on '{self.model.name}': {counts}>"


def comparative_statics(model: Model, at: Place = None) -> ComparativeStatics:
    """How a stable equilibrium moves with a constant added to each nation's rate, its grievance.

    Parameters
    ----------
    model : Model
        Autonomous flow; fear that follows is at rest again too, and takes part in whether there is rest.
    at : Equilibrium, mapping or sequence, optional
        Where it rests; not needed where the rates are linear.

    Returns
    -------
    ComparativeStatics

    Raises
    ------
    NotAutonomousError, InvalidInputError
        If the rates contain time, or ``at`` is missing or no equilibrium.
    NotStableError
        If the equilibrium is not stable: what is pushed away from it does not come to rest beside it.

    Notes
    -----
    ∂x*/∂g = (−J)⁻¹. Where J has no negative entry off its diagonal and is stable, −J is an M-matrix, whose inverse is ≥ 0: every
    nation's grievance raises every nation's arms, or leaves them [1]_.

    References
    ----------
    .. [1] A. Berman, R. J. Plemmons (1979), Nonnegative Matrices in the Mathematical Sciences (quoted from memory).

    Examples
    --------
    >>> from richardson.models import linear
    >>> comparative_statics(linear(defence=0.5, fatigue=1)).effects.round(3).tolist()
    [[1.333, 0.667], [0.667, 1.333]]
    """
    found = reactions_at(model, at, "Comparative statics")
    eigenvalues, _, doubt = eigenvalues_with_errors(found.full, found.full_uncertainty)
    if not attracts(eigenvalues, doubt, found.full, found.full_uncertainty):
        raise NotStableError(
            f"'{model.name}' has no comparative statics{'' if found.state is None else ' there'}: its largest eigenvalue has real part "
            f"{eigenvalues.real.max():.6g}, so it does not come to rest again. Give a stable equilibrium."
        )
    effects = np.asarray(np.linalg.inv(-found.matrix), dtype=np.float64)
    rounding = len(effects) * np.finfo(np.float64).eps * np.abs(found.matrix)
    errors = np.abs(effects) @ (found.uncertainty + rounding) @ np.abs(effects)
    return ComparativeStatics(
        names=found.names,
        effects=effects,
        errors=errors,
        signs=np.where(np.abs(effects) > errors, np.sign(effects), 0).astype(np.int64),
        is_cooperative=bool((found.cross >= 0).all()),
        state=found.state,
        model=model,
        provenance=record(model, verb="comparative_statics", at=None if found.state is None else found.state.tolist()),
    )
