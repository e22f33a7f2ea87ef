"""Any row of a study once more, to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from richardson.errors import ComputationError, InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.study.configuration import study_arguments
from richardson.study.dataset import OUTCOMES
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.layout import read_member
from richardson.study.plan import Study
from richardson.study.run import run_study
from richardson.study.store.opened import StoredStudy

ROW = ("states", "records", "codes", "stopped_at")


def reproduce(runs: Ensemble | Study | StoredStudy, member: int) -> Ensemble:
    """One member run again by itself, to the same bits.

    Parameters
    ----------
    runs : Ensemble, Study or StoredStudy
        Of an ensemble, however it was computed, or loaded from a file, the row is compared with the one that it holds. So it is of a
        study that `open_study` opened, complete or not, of which the member's block alone is read: it may be larger than the memory.
    member : int
        Its number, from 0.

    Returns
    -------
    Ensemble
        Of that one member.

    Raises
    ------
    InvalidInputError
        If there is no such member, or none yet, or the ensemble does not say how it was run.
    DataError
        If the member's block was changed since it was written.
    ComputationError
        If the row comes out otherwise than it stands in the ensemble, as it may on another processor or with other versions.

    Examples
    --------
    >>> from richardson.models import linear
    >>> study = Study(linear(), Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}), {"y": 1}, 50.0)
    >>> runs = run_study(study)
    >>> bool(reproduce(runs, 3)["x"][0] == runs["x"][3])
    True
    """
    held = runs.row(member) if isinstance(runs, StoredStudy) else runs
    study = held if isinstance(held, Study) else _study_of(held)
    place = 0 if isinstance(runs, StoredStudy) else read_member(member, len(study))
    row = study.members.samples[place]
    design = Design.from_table({name: [value] for name, value in zip(study.members.names, row.tolist(), strict=True)})
    alone = replace(study, design=design, repeats=1, audit=0)
    engine = "local" if isinstance(held, Study) or _setting(held.provenance, "engine") != "cuda" else "cuda"
    again = run_study(alone, engine=engine, progress=False)
    if isinstance(held, Ensemble):
        _compare(held, place, again, number=member)
    return again


def _study_of(runs: Any) -> Study:
    """The study that an ensemble came of, with the members as they stand in it."""
    if not isinstance(runs, Ensemble) or _setting(runs.provenance, "verb") != "run_ensemble":
        raise InvalidInputError(
            f"A member of an ensemble, or of a study, can be run again; got {runs!r}. Give what run_ensemble returned, or what open_study "
            "opened."
        )
    settings = {name: _thawed(name, value) for name, value in runs.provenance.settings}
    return Study(runs.model, runs.design, **study_arguments(settings))


def _compare(runs: Ensemble, place: int, again: Ensemble, *, number: int) -> None:
    """Refuse a row that is not the one at a place of the ensemble, where member ``number`` of the study stands."""
    if OUTCOMES[runs.codes[place]] is Outcome.INTERRUPTED:  # it never ran
        return
    for part in ROW:
        before, after = getattr(runs, part)[place : place + 1], getattr(again, part)
        after = after[:, -before.shape[1] :] if part == "states" else after  # of an ensemble that kept the end only
        if before.tobytes() != np.ascontiguousarray(after).tobytes():
            raise ComputationError(
                f"Member {number} does not come out as it stands: its {part} differ. The ensemble was made on "
                f"{runs.provenance.platform} with {_versions(runs.provenance)}, and this is {again.provenance.platform} with "
                f"{_versions(again.provenance)}. Run it where it was made; within the tolerances it should agree here too."
            )


def _setting(provenance: Provenance, name: str) -> Any:
    return dict(provenance.settings).get(name)


def _versions(provenance: Provenance) -> str:
    found = dict(provenance.versions)
    return ", ".join(f"{name} {found[name]}" for name in ("richardson", "numpy", "numba") if name in found)


def _thawed(name: str, value: Any) -> Any:
    """A setting as the configuration had it: provenance keeps mappings as pairs."""
    if name == "record":
        return [dict(each) for each in value]
    if name == "start":
        return dict(value)
    return [_number(each) for each in value] if name == "span" else _number(value) if name == "bound" else value


def _number(node: Any) -> float | Mapping[str, Any]:
    return dict(node) if isinstance(node, tuple) else node
