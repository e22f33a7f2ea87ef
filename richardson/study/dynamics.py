"""Analyse the dynamics of a model at every member of a design, as run_ensemble runs it at every member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from richardson.stability.window import Window
from richardson.study.design import Design
from richardson.study.dynamics_measures import AT_REST
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.dynamics_run import analyse
from richardson.symbolic.model import Model


def run_dynamics(
    model: Model,
    design: Design,
    window: Window | None = None,
    start: Mapping[str, float] | None = None,
    *,
    measure: str | Sequence[str] = AT_REST,
    parameters: str | Sequence[str] = (),
    parameter_scales: Mapping[str, float] | None = None,
    farthest: float | None = None,
    half_width: float | None = None,
    settled_within: float | None = None,
    horizon: float | None = None,
    bound: float = 1e9,
    rng: Any = 0,
    engine: Any = "local",
    store: str | PathLike[str] | None = None,
    resume: bool = False,
    storage: str = "netcdf",
    progress: bool | None = None,
) -> DynamicsStudy:
    """Analyse the dynamics of a model once for every member of a design: equilibria, stability, basins, distance to what ends them.

    Parameters
    ----------
    model : Model
        An autonomous flow.
    design : Design
        Its names are parameters, bare concepts or states (start values).
    window : Window, optional
        Where equilibria and basins are looked for; measures of these need it.
    start : mapping, optional
        Start values of the states that the design does not name; zero arms and fear by default.
    measure : str or sequence of str
        Of the equilibrium in which the run from the start comes to rest: "kind", "spiral_number", "max_real_eigenvalue",
        "relaxation_time", and "distance", in scales of the ``parameters``, to the nearest critical point. Of the run there:
        "settling_time", after which every state stays near it, infinite for a run that comes to no rest. Of the window: "count",
        "stable_count" and "kinds" of the equilibria, "is_complete" where these are proved to be all. Of the basins: "attractor_count"
        and "attractors", which tells the kind of each, as in "cycle; stable focus"; "share_reached", that of the equilibrium reached,
        with its interval "share_reached_low" and "share_reached_high"; "share_escaped", "share_left_domain" and "share_undecided".
        "shares" stands for all eight of the basins, which cost as much as one.
    parameters : str or sequence of str
        For the distance: parameters or concepts that may move.
    parameter_scales : mapping of str to float, optional
        What counts as one step of them, the same for all members. Of those not named it is the range of the parameter where that is
        finite, else its size in ``model``, else one: not its size in a member, which `resilience` of that member takes.
    farthest : float, optional
        For the distance: how far critical points are looked for, 10 scales by default; the distance is infinite where there is none.
    half_width : float, optional
        For shares: of their 95 % intervals, at most; 0.05 by default.
    settled_within : float, optional
        For the settling time: share of its largest distance from rest, 0.02 by default, within which a state has to stay.
    horizon : float, optional
        Time after which a run that has not come to rest is given up, as REACHED_END; without it runs go on to the step limit.
    bound : float
        Size of a state beyond which a run has escaped.
    rng : int, Generator or None
        What the random streams of the members are drawn from: each has its own, by its number.
    engine : str, Processes, Dask or distributed.Client
        Where members are run and analysed, as in `run_ensemble`. "local" analyses them one after the other in a single thread;
        "processes", or `Processes` with their number, on all processors of this machine, to the same bits; "cuda" is refused.
    store : path-like, optional
        A folder that keeps the rows block by block as they are finished, each block some seconds of work: absent or empty, or with
        ``resume`` that of the same study. `open_study` opens it.
    resume : bool
        Whether to go on with what the folder holds; every finished block is checked and none is computed again.
    storage : str
        "netcdf": a file for every block. "zarr": one group for all, which needs ``richardson[scale]``.
    progress : bool, optional
        Whether a progress bar is shown on stderr, as in `run_ensemble`.

    Returns
    -------
    DynamicsStudy
        A member whose analysis fails is a row with the outcome NOT_ANALYSED; nothing is dropped. After Ctrl-C the members that were not
        reached are INTERRUPTED, and a store goes on from there with ``resume``.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, NotAutonomousError
        If an argument is not what it should be, or a measure needs a window or parameters that are not given.
    OutputError, MissingExtraError, ComputationError
        If the store or the engine cannot be used, as in `run_ensemble`.

    Notes
    -----
    Kinds of attractors are "stable node", "stable focus" and other equilibria, "cycle" and "strange attractor", at most 16 of them,
    in order of the least that the first state is on each. Their places are not kept, since a cycle has no fixed number of them:
    ``basin_shares(found.model_at(member), window)`` gives the attractors of a member with their states, periods and shares.

    Threads would not be faster: most of the work is Python's, of which one thread runs at a time, and proofs set the working precision
    of a library for the whole process. So take ``engine="processes"`` as soon as an analysis takes longer than the seconds in which
    processes start; `cost` with ``workers=`` tells how long either takes.

    Members do not know of each other: a row has the same bits in any order and any choice of members, except that the streams of
    shares go by the number of a member. The run to rest takes microseconds a member, "settling_time" milliseconds, the equilibria of
    the window hundredths of seconds, "distance" and "shares" tenths of seconds to seconds. Where the rates are linear in the states,
    spiral number and leading eigenvalue belong to the equations, and are given also where no equilibrium is reached.

    The settling time is the last moment at which some state is farther from the equilibrium that is reached than ``settled_within``
    of the largest distance that this state has from it in the whole run: of a lone decay ln(1 / settled_within) relaxation times. A run
    that escapes, leaves its domain or does not come to rest before the ``horizon`` never settles, and that of a run that failed is
    not known. Where a run swings, a swing that just no longer passes the border makes it jump. What lies within a hundred tolerances of
    rest, 10⁻⁶ of its size, counts as there.

    Examples
    --------
    >>> from richardson.models import linear
    >>> found = run_dynamics(linear(), Design.grid({"defence": [0.5, 1.5]}))
    >>> found
    DynamicsStudy(linear, 2 members, kind, spiral_number, max_real_eigenvalue, relaxation_time: 1 SETTLED, 1 ESCAPED)
    >>> found["spiral_number"].tolist(), found["kind"].tolist()
    ([0.5, 1.5], ['stable node', ''])
    """
    plan = DynamicsPlan(
        model,
        design,
        window,
        start,
        measure=measure,
        parameters=parameters,
        parameter_scales=parameter_scales,
        farthest=farthest,
        half_width=half_width,
        settled_within=settled_within,
        horizon=horizon,
        bound=bound,
        rng=rng,
    )
    return analyse(plan, engine, store=store, resume=resume, storage=storage, progress=progress)
