"""Any row of a study once more, to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, overload

import numpy as np

from richardson.errors import ComputationError, InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.study.configuration import study_arguments
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.dynamics_plan import DynamicsPlan, plan_arguments
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.dynamics_run import analyse_alone
from richardson.study.ensemble import Ensemble
from richardson.study.layout import read_member
from richardson.study.plan import Study
from richardson.study.run import run_study
from richardson.study.store.opened import StoredStudy

ROW = ("states", "records", "codes", "stopped_at")
SAID = {Ensemble: "span", DynamicsStudy: "first_member"}  # settings that only what was computed has
NOUN = {Ensemble: "ensemble", DynamicsStudy: "analysis"}


@overload
def reproduce(runs: Ensemble | Study, member: int) -> Ensemble: ...


@overload
def reproduce(runs: DynamicsStudy | DynamicsPlan, member: int) -> DynamicsStudy: ...


@overload
def reproduce(runs: StoredStudy, member: int) -> Ensemble | DynamicsStudy: ...


def reproduce(runs: Ensemble | Study | DynamicsStudy | DynamicsPlan | StoredStudy, member: int) -> Ensemble | DynamicsStudy:
    """One member run, or analysed, again by itself, to the same bits.

    Parameters
    ----------
    runs : Ensemble, Study, DynamicsStudy, DynamicsPlan or StoredStudy
        Of a result, however it was computed, or loaded from a file, the row is compared with the one that it holds. So it is of a
        study that `open_study` opened, complete or not, of which the member's block alone is read: it may be larger than the memory.
    member : int
        Its number, from 0. Of dynamics the random stream goes by it, so that shares come out again too.

    Returns
    -------
    Ensemble or DynamicsStudy
        Of that one member: of runs an ensemble, of an analysis dynamics.

    Raises
    ------
    InvalidInputError
        If there is no such member, or none yet, or the result does not say how it was computed.
    DataError
        If the member's block was changed since it was written.
    ComputationError
        If the row comes out otherwise than it stands in the result, as it may on another processor or with other versions; what differs
        is named.

    Examples
    --------
    >>> from richardson.models import linear
    >>> study = Study(linear(), Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}), {"y": 1}, 50.0)
    >>> runs = run_study(study)
    >>> bool(reproduce(runs, 3)["x"][0] == runs["x"][3])
    True
    >>> found = run_study(DynamicsPlan(linear(), Design.grid({"defence": [0.5, 1.5]}), measure="spiral_number"))
    >>> reproduce(found, 1)
    DynamicsStudy(linear, 1 member, spiral_number: 1 ESCAPED)
    """
    held = runs.row(member) if isinstance(runs, StoredStudy) else runs
    _check(held)
    place = 0 if isinstance(runs, StoredStudy) else read_member(member, len(held))
    again = _run(held, place) if isinstance(held, Ensemble | Study) else _analysed(held, place)
    if isinstance(held, Ensemble | DynamicsStudy) and OUTCOMES[held.codes[place]] is not Outcome.INTERRUPTED:  # else it never ran
        _compare(held, place, again, number=member)
    return again


def _check(held: Any) -> None:
    """Refuse what has no members, or does not say how they were computed."""
    if not isinstance(held, Ensemble | Study | DynamicsStudy | DynamicsPlan):
        raise InvalidInputError(
            f"A member of an ensemble, of analysed dynamics, or of a study, can be run again; got {held!r}. Give what run_ensemble or "
            "run_dynamics returned, or what open_study opened."
        )
    if isinstance(held, Ensemble | DynamicsStudy) and SAID[type(held)] not in dict(held.provenance.settings):
        raise InvalidInputError(f"{held!r} does not say how it was made. Give what run_ensemble or run_dynamics returned, as it is.")


def _run(held: Ensemble | Study, place: int) -> Ensemble:
    """The member at a place of a study, run alone where the others were run."""
    study = held if isinstance(held, Study) else _study_of(held)
    alone = replace(study, design=_design_at(study.members, place), repeats=1, audit=0)
    engine = "local" if isinstance(held, Study) or dict(held.provenance.settings)["engine"] != "cuda" else "cuda"
    return run_study(alone, engine=engine, progress=False)


def _study_of(runs: Ensemble) -> Study:
    """The study that an ensemble came of, with the members as they stand in it."""
    settings = {name: _thawed(name, value) for name, value in runs.provenance.settings}
    return Study(runs.model, runs.design, **study_arguments(settings))


def _analysed(held: DynamicsStudy | DynamicsPlan, place: int) -> DynamicsStudy:
    """The member at a place of an analysis alone, with the random stream that it has there."""
    design = _design_at(held.design, place)
    if isinstance(held, DynamicsPlan):
        return analyse_alone(replace(held, design=design, rng=0), place, held.drawn)  # rng=0: a generator in use would go on
    settings: dict[str, Any] = {name: _thawed(name, value) for name, value in held.provenance.settings}
    alone = DynamicsPlan(held.model, design, **plan_arguments(settings))
    drawn = (settings["streams"] or 0, held.provenance.entropy)  # without shares nothing is drawn
    return analyse_alone(alone, settings["first_member"] + place, drawn)


def _design_at(design: Design, place: int) -> Design:
    return Design.from_table({name: [value] for name, value in zip(design.names, design.samples[place].tolist(), strict=True)})


def _compare(held: Ensemble | DynamicsStudy, place: int, again: Ensemble | DynamicsStudy, *, number: int) -> None:
    """Refuse a row that is not the one at a place of a result, where member ``number`` of the study stands, and name what differs."""
    if isinstance(held, Ensemble):
        differing = _differing_parts(held, place, again)
    else:
        then, now = _told(held, place), _told(again, 0)
        differing = [f"{name} ({then.get(name)} there, {value} here)" for name, value in now.items() if then.get(name) != value]
    if differing:
        before, after = held.provenance, again.provenance
        raise ComputationError(
            f"Member {number} does not come out as it stands: its {', '.join(differing)} differ. The {NOUN[type(held)]} was made on "
            f"{before.platform} with {_versions(before)}, and this is {after.platform} with {_versions(after)}. "
            "Run it where it was made; within the tolerances it should agree here too."
        )


def _differing_parts(runs: Ensemble, place: int, again: Any) -> list[str]:
    """What an ensemble holds otherwise at a place."""
    differing = []
    for part in ROW:
        before, after = getattr(runs, part)[place : place + 1], getattr(again, part)
        after = after[:, -before.shape[1] :] if part == "states" else after  # of an ensemble that kept the end only
        if before.tobytes() != np.ascontiguousarray(after).tobytes():
            differing.append(part)
    return differing


def _told(found: Any, place: int) -> dict[str, str]:
    """What an analysis found of a member as text, of numbers to the last bit; all NaN are one."""
    columns = {name: repr(column[place].item()) for name, column in found.columns.items()}
    return {"outcome": OUTCOMES[found.codes[place]].name, **columns}


def _versions(provenance: Provenance) -> str:
    found = dict(provenance.versions)
    return ", ".join(f"{name} {found[name]}" for name in ("richardson", "numpy", "numba") if name in found)


def _thawed(name: str, value: Any) -> Any:
    """A setting as the configuration had it: provenance keeps mappings as pairs."""
    if name == "record":
        return [dict(each) for each in value]
    if name == "start" or (name == "parameter_scales" and value is not None):
        return dict(value)
    return [_number(each) for each in value] if name == "span" else _number(value) if name == "bound" else value


def _number(node: Any) -> float | Mapping[str, Any]:
    return dict(node) if isinstance(node, tuple) else node
