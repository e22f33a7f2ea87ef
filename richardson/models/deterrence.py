"""The cone of stocks of missiles with which both sides deter each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from richardson import extras
from richardson.arrays import as_floats
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError, nearest
from richardson.models.war import PAIR
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model


@dataclass(frozen=True, repr=False)
class DeterrenceCone:
    """Stocks of missiles with which both sides, struck first, could still do more damage than the other tolerates.

    Attributes
    ----------
    exists : bool
    vertex : tuple of float or None
        Least stocks of x and y that deter both [arms]; None where there are none.
    slopes : tuple of float
        f_x and f_y: y deters x from M_y ≥ f_x M_x + C_x/v_y on, x deters y from M_x ≥ f_y M_y + C_y/v_x on.
    intercepts : tuple of float
        C_y/v_x and C_x/v_y, what x and y need against a rival without missiles [arms]; infinite where missiles do no harm.
    tolerable : dict of str to float
        Casualties that each side would put up with [people].
    reason : str
        Why there is a cone, or none.
    model : Model
    provenance : Provenance
    """

    exists: bool
    vertex: tuple[float, float] | None
    slopes: tuple[float, float]
    intercepts: tuple[float, float]
    tolerable: dict[str, float]
    reason: str
    model: Model
    provenance: Provenance

    def deterred(self, missiles_x: float, missiles_y: float) -> tuple[bool, bool]:
        """Whether x is deterred, and whether y is, at these stocks; the cone is where both are.

        Parameters
        ----------
        missiles_x, missiles_y : float
            Not negative [arms].

        Raises
        ------
        OutOfBoundsError
            If one is negative or no finite number.

        Examples
        --------
        >>> import richardson as rn
        >>> war = rn.models.missile_war(casualties_per_missile=0.05)
        >>> cone = rn.models.deterrence_cone(war, tolerable={"x": 10, "y": 10})
        >>> cone.deterred(1000, 1000)
        (True, True)
        """
        x, y = (_not_negative(value, f"missiles_{nation}") for nation, value in zip(PAIR, (missiles_x, missiles_y), strict=True))
        return y >= self.slopes[0] * x + self.intercepts[1], x >= self.slopes[1] * y + self.intercepts[0]

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a side; a vertex that does not exist is NaN."""
        return {
            "side": list(PAIR),
            "tolerable": [self.tolerable[nation] for nation in PAIR],
            "slope": list(self.slopes),
            "intercept": list(self.intercepts),
            "vertex": list(self.vertex or (float("nan"),) * 2),
        }

    def to_xarray(self) -> Any:
        """Dataset over the two sides.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        columns = {name: ("side", column) for name, column in self.to_table().items() if name != "side"}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "reason": self.reason}
        return xarray.Dataset(columns, coords={"side": list(PAIR)}, attrs=attributes)

    def __repr__(self) -> str:
        """The vertex, or why there is none."""
        if self.vertex is None:
            return f"<no deterrence cone: {self.reason}>"
        return f"<deterrence cone from ({self.vertex[0]:.6g}, {self.vertex[1]:.6g})>"


def deterrence_cone(model: Model, *, tolerable: Mapping[str, float]) -> DeterrenceCone:
    """Stocks with which each side of a `missile_war` deters the other from striking first.

    Parameters
    ----------
    model : Model
        With ``missiles_destroyed_i`` and ``casualties_per_missile_i`` for x and y, such as `missile_war`.
    tolerable : mapping of str to float
        Casualties above which each side is deterred, ``{"x": …, "y": …}``, not negative [people].

    Returns
    -------
    DeterrenceCone
        With ``exists`` False and a reason where no stocks deter both.

    Raises
    ------
    InvalidInputError
        If the model is no missile war, or a side is missing.
    UnknownNameError, OutOfBoundsError
        If a side is misspelt, or casualties are negative or not finite.

    Notes
    -----
    If x strikes with all its missiles, y has M_y − f_x M_x left, whose v_y (M_y − f_x M_x) casualties must reach C_x. Both conditions
    hold together somewhere exactly if f_x f_y < 1, from the vertex M_x = (C_y/v_x + f_y C_x/v_y)/(1 − f_x f_y) and its mirror on.
    Stocks on the edge deter. Neither time nor fire rates matter here; what a war of given rates does is a matter for `integrate`.

    References
    ----------
    .. [1] M. D. Intriligator (1975), Strategic Considerations in the Richardson Model of Arms Races, Journal of Political Economy 83(2),
       339–353 (quoted from memory).
    .. [2] M. D. Intriligator, D. L. Brito (1984), Can Arms Races Lead to the Outbreak of War?, Journal of Conflict Resolution 28(1), 63–84
       (quoted from memory).

    Examples
    --------
    >>> from richardson.models import missile_war
    >>> war = missile_war(missiles_destroyed_x=0.6, missiles_destroyed_y=0.4, casualties_per_missile_x=0.05, casualties_per_missile_y=0.08)
    >>> deterrence_cone(war, tolerable={"x": 10, "y": 15})
    <deterrence cone from (460.526, 401.316)>
    """
    destroyed, harm, limits = _numbers(model, "missiles_destroyed"), _numbers(model, "casualties_per_missile"), _limits(tolerable)
    needs = tuple(limits[rival] / own if own > 0.0 else inf for own, rival in zip(harm, PAIR[::-1], strict=True))
    room = 1.0 - destroyed[0] * destroyed[1]
    reason = _obstacle(harm, room) or f"missiles destroy fewer than their number on both sides together, {1.0 - room:g} < 1"
    exists = not _obstacle(harm, room)
    vertex = ((needs[0] + destroyed[1] * needs[1]) / room, (needs[1] + destroyed[0] * needs[0]) / room) if exists else None
    provenance = record(model, verb="deterrence_cone", tolerable=limits)
    return DeterrenceCone(exists, vertex, destroyed, (needs[0], needs[1]), limits, reason, model, provenance)


def _obstacle(harm: tuple[float, float], room: float) -> str:
    """Why no stocks deter both sides; empty where some do."""
    for own, nation, rival in zip(harm, PAIR, PAIR[::-1], strict=True):
        if own == 0.0:
            return f"the missiles of {nation} cause no casualties, so nothing deters {rival}"
    if room <= 0.0:
        return f"missiles_destroyed_x · missiles_destroyed_y = {1.0 - room:g} ≥ 1, so whoever strikes first disarms the other"
    return ""


def _numbers(model: Model, what: str) -> tuple[float, float]:
    """The numbers of x and y."""
    names = [f"{what}_{nation}" for nation in PAIR]
    if not isinstance(model, Model) or not set(names) <= set(model.parameter_names):
        raise InvalidInputError(f"A deterrence cone needs a model with {' and '.join(names)}; got {model!r}. Use missile_war().")
    return model.values[names[0]], model.values[names[1]]


def _limits(tolerable: Mapping[str, float]) -> dict[str, float]:
    """Casualties by side, checked."""
    if not isinstance(tolerable, Mapping):
        raise InvalidInputError(f'tolerable= is a mapping such as {{"x": 10, "y": 15}}; got {tolerable!r}.')
    for name in tolerable:
        if name not in PAIR:
            raise UnknownNameError(f"tolerable= names '{name}', which is no side of the war. {nearest(str(name), PAIR)}")
    missing = [nation for nation in PAIR if nation not in tolerable]
    if missing:
        raise InvalidInputError(f"tolerable= says nothing of {' and '.join(missing)}. Name both sides.")
    return {nation: _not_negative(tolerable[nation], f"tolerable casualties of {nation}") for nation in PAIR}


def _not_negative(value: Any, what: str) -> float:
    number = float(as_floats(value, what).reshape(-1)[0]) if as_floats(value, what).size == 1 else inf
    if not isfinite(number) or number < 0.0:
        raise OutOfBoundsError(f"{what} must be a finite number, 0 or more; got {value!r}.")
    return number
