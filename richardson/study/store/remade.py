"""What a study returned, made again from its folder: rows, design and provenance."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.errors import DataError, InvalidInputError
from richardson.provenance import Provenance, record
from richardson.study.blocks import Blocks
from richardson.study.collect import CODES
from richardson.study.dataset import DESIGN, NAME, PART, RECORD, names_of, outcome_codes, rows_of
from richardson.study.design import Design
from richardson.study.dynamics_layout import MEASURE, as_told, unpack
from richardson.study.dynamics_plan import window_of
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble
from richardson.study.layout import Arrays, Variable
from richardson.study.memory import check_memory
from richardson.study.store.journal import CARD

if TYPE_CHECKING:
    from richardson.study.store.opened import StoredStudy

Read: TypeAlias = Callable[[Variable], npt.NDArray[Any]]

HELD = {"ensemble": "runs", "dynamics": "the dynamics of members"}  # by the kind of a configuration
MAKER = {"ensemble": "to_ensemble", "dynamics": "to_dynamics"}
REMEDY = "Take the variables that you need one by one, or install dask (richardson[scale]) and use to_xarray(), which reads them in parts."
NOT_SETTINGS = {"model", "design", "format", "kind", "rng"}  # entries of a configuration that provenance keeps otherwise


def ensemble_of(study: StoredStudy, read: Read) -> Ensemble:
    """The runs of a study, of whose members ``read`` gives a variable.

    Raises
    ------
    InvalidInputError
        If it is not complete, does not fit into memory, or no study of runs.
    DataError
        If the design or the audit was changed since it was written.
    """
    rows = rows_of(study.layout, _arrays(study, read, "ensemble"))
    return Ensemble(
        design=_design(study, rows.samples),
        times=next((coordinate.values for coordinate in study.layout.coordinates), None),
        states=np.ascontiguousarray(rows.states),
        records=np.ascontiguousarray(rows.records),
        labels=names_of(study.layout, RECORD),
        codes=outcome_codes(study.layout)[rows.codes],
        stopped_at=rows.stopped_at,
        audit=study.audit,
        model=study.model,
        provenance=_provenance(study, study.configuration["design"]["entropy"], "run_ensemble"),
    )


def dynamics_of(study: StoredStudy, read: Read) -> DynamicsStudy:
    """What was found of the members of a study, of which ``read`` gives a variable.

    Raises
    ------
    InvalidInputError
        If it is not complete, does not fit into memory, or no study of dynamics.
    DataError
        If the design was changed since it was written.
    """
    layout, configuration, arrays = study.layout, study.configuration, _arrays(study, read, "dynamics")
    parts = {part: [each for each in layout.variables if each.attributes[PART] == part] for part in (DESIGN, MEASURE)}
    drawn = configuration["rng"] or {"entropy": None}
    return DynamicsStudy(
        design=_design(study, np.stack([arrays[each.name] for each in parts[DESIGN]], axis=-1)),
        window=window_of(configuration),
        measures=tuple(configuration["measure"]),
        columns={each.attributes[NAME]: as_told(each, arrays[each.name]) for each in parts[MEASURE]},
        codes=unpack(layout, arrays)[CODES],
        model=study.model,
        provenance=_provenance(study, drawn["entropy"], "run_dynamics"),
    )


def _arrays(study: StoredStudy, read: Read, kind: str) -> Arrays:
    """All arrays of every member of a study of this kind."""
    if (own := study.configuration["kind"]) != kind:
        raise InvalidInputError(f"{study.folder} keeps {HELD[own]}, not {HELD[kind]}. Take {MAKER[own]}() of it.")
    if not study.is_complete:
        raise InvalidInputError(
            f"{len(study.blocks)} of the {study.layout.block_count} blocks in {study.folder} are finished, and {MAKER[kind]}() gives every "
            "member. Finish the study with resume=True, or look at what is there with to_xarray()."
        )
    check_memory(study.layout.count * study.layout.member_bytes, f"{study.layout.count} members", REMEDY)
    return {variable.name: read(variable) for variable in study.layout.variables}


def _design(study: StoredStudy, samples: FloatArray) -> Design:
    """The design of a study, of the samples that its blocks hold, shape (m, p).

    Raises
    ------
    DataError
        If these are not the samples that the study was begun with.
    """
    told, names = study.configuration["design"], names_of(study.layout, DESIGN)
    if hashlib.sha256(np.ascontiguousarray(samples, dtype="<f8").tobytes()).hexdigest() != told["sha256"]:
        raise DataError(
            f"The design in {study.folder} is not the one that the study was begun with. Run the study again in another folder."
        )
    entropy = tuple(told["entropy"]) if isinstance(told["entropy"], list) else told["entropy"]
    ranges = tuple((str(name), float(low), float(high)) for name, low, high in told["ranges"])
    provenance = record(None, entropy=entropy, verb="open_study", method=told["method"])
    blocks = Blocks(**told["blocks"]) if "blocks" in told else None
    return Design(names, samples, entropy, told["method"], ranges, provenance, blocks)


def _provenance(study: StoredStudy, entropy: Any, verb: str) -> Provenance:
    """Who computed a study, with the settings of its configuration."""
    settings = {name: value for name, value in study.configuration.items() if name not in NOT_SETTINGS}
    first = study.sessions[0] if study.sessions else {}
    settings["engine"] = "cuda" if first.get("on") == CARD else "local"
    now = record(study.model, entropy=entropy, verb=verb, **settings)
    versions = tuple((str(name), str(number)) for name, number in first.get("versions", dict(now.versions)).items())
    return replace(now, versions=versions, platform=first.get("platform", now.platform), time=study.manifest.created)
