"""What arms were built out of along a run: a ledger of fear, grievance, ambition and what was there before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from richardson import extras
from richardson.arrays import FloatArray
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import ComputationError, InvalidInputError
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model
from richardson.theory.flagship import FACTORS, Flagship

ACCOUNTS = (*FACTORS, "inherited")
WHAT = "What arms were built out of"
RELATIVE, ABSOLUTE = 1e-9, 1e-12  # the second of the size of the arms; runs are mostly less exact


@dataclass(frozen=True, eq=False, repr=False)
class BuildUp:
    """A run's arms by what they were built out of.

    Attributes
    ----------
    times : FloatArray
        Shape (t,), those of the run.
    nations : tuple of str
    standing : FloatArray
        Shape (t, 4, N) [arms]: arms standing at each time that were built out of fear, grievance and ambition, and what is left of the
        arms at the start. Over the four they add up to the arms.
    built : FloatArray
        Shape (t, 4, N) [arms]: all that was built out of the three since the start, worn out since or not, and, fourth, what wore
        out (negative). Over the four they add up to the change of the arms.
    residual : float
        Largest difference [arms] between the sums and the run: the error of both computations.
    model : Model
    provenance : Provenance
    """

    times: FloatArray
    nations: tuple[str, ...]
    standing: FloatArray
    built: FloatArray
    residual: float
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a time: ``t``, then for each nation what stands by account."""
        columns: dict[str, Sequence[Any]] = {"t": self.times.tolist()}
        for place, nation in enumerate(self.nations):
            columns |= {f"{account}_{nation}": self.standing[:, row, place].tolist() for row, account in enumerate(ACCOUNTS)}
        return columns

    def to_xarray(self) -> Any:
        """Dataset over time, account and nation: standing [arms]; and built, whose fourth account is what wore out.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        unit, names = {"units": "arms"}, ("t", "account", "nation")
        columns: dict[str, Any] = {
            "standing": (names, self.standing, unit),
            "built": (("t", "entry", "nation"), self.built, unit),
        }
        coordinates = {"t": self.times, "account": list(ACCOUNTS), "entry": [*FACTORS, "worn"], "nation": list(self.nations)}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "residual": self.residual}
        return xarray.Dataset(columns, coords=coordinates, attrs=attributes)

    def __repr__(self) -> str:
        """What stands at the end."""
        last = self.standing[-1].sum(axis=1)
        parts = ", ".join(f"{account} {part:.4g}" for account, part in zip(ACCOUNTS, last, strict=True))
        return f"<arms at t = {self.times[-1]:g} by what they were built out of: {parts}>"


def build_up(run: Trajectory) -> BuildUp:
    """Arms along a run by what they were built out of, in a ledger that adds up at every time.

    Parameters
    ----------
    run : Trajectory
        Of `models.security_dilemma`, with instant fear or fear as a state.

    Returns
    -------
    BuildUp

    Raises
    ------
    InvalidInputError, NotAutonomousError
        If the run is one of another model.
    ComputationError
        If the ledger cannot be kept along it.

    Notes
    -----
    This project's proposal. Along the run ẋᵢ = fear + grievance + ambition − aᵢ(1 + qᵢxᵢ)·xᵢ. Each nation's arms are kept in four
    accounts: what fear, grievance and ambition add goes into theirs, what was there at the start into a fourth, and every account
    wears out at the rate aᵢ(1 + qᵢxᵢ) of the run, for a weapon wears out alike whatever it was built for. The accounts add up to
    the arms. Where the run settles they tend to each term over the wear: the composition of what is spent there. That is not the
    share in *maintenance* of `arming_shares`, which asks what would remain: fear that grievance feeds counts as fear here.
    Ambition above its target is negative, and so may its account be.

    Examples
    --------
    >>> from richardson.dynamics.integrate import integrate
    >>> from richardson.models import security_dilemma
    >>> found = build_up(integrate(security_dilemma(), [5.0, 5.0], [0, 1, 60]))
    >>> found.standing[1, :, 0].round(3).tolist()
    [4.365, 0.288, 0.0, 1.475]
    """
    if not isinstance(run, Trajectory):
        raise InvalidInputError(f"{WHAT} is read along a run; got {run!r}. Give one of integrate(model, start, times).")
    race = Flagship.of(run.model, WHAT)
    if run.dense is None or len(run) < 2:
        raise InvalidInputError(f"{WHAT} needs a run over some time; this one has {len(run)} times. Integrate further.")
    standing, built = _kept(race, run)
    arms = run.states[:, : race.size]
    sums = standing.sum(axis=1) - arms, built.sum(axis=1) - (arms - arms[0])
    return BuildUp(
        times=run.times,
        nations=race.nations,
        standing=standing,
        built=built,
        residual=float(max(np.abs(one).max() for one in sums)),
        model=run.model,
        provenance=record(run.model, verb="build_up", relative=RELATIVE, absolute=ABSOLUTE),
    )


def _kept(race: Flagship, run: Trajectory) -> tuple[FloatArray, FloatArray]:
    """The accounts, and what was built and wore out, each (t, 4, N)."""
    n, size = race.size, float(np.abs(run.states[:, : race.size]).max()) or 1.0
    start = np.zeros((2, len(ACCOUNTS), n))
    start[0, -1] = run.states[0, :n]

    def change(time: float, flat: FloatArray) -> FloatArray:
        accounts = flat.reshape(start.shape)[0]
        state = run.at(time)
        terms = race.terms(state)
        added = np.stack((terms.fear, terms.grievance, terms.ambition))
        rates = np.empty_like(start)
        rates[0, :-1], rates[0, -1] = added, 0.0
        rates[0] -= terms.wear * accounts
        rates[1, :-1], rates[1, -1] = added, -terms.wear * state[:n]
        return rates.ravel()

    span = float(run.times[0]), float(run.times[-1])
    found = solve_ivp(change, span, start.ravel(), method="LSODA", t_eval=run.times, rtol=RELATIVE, atol=ABSOLUTE * size)
    if not found.success or found.y.shape[1] != len(run):
        raise ComputationError(f"The ledger of '{run.model.name}' could not be kept along the run: {found.message} Give a shorter run.")
    kept = found.y.T.reshape(-1, *start.shape)
    return np.ascontiguousarray(kept[:, 0]), np.ascontiguousarray(kept[:, 1])
