"""What a study returned, made again from its folder: rows, design and provenance."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray
from richardson.errors import DataError, InvalidInputError, UnknownNameError, counted, nearest
from richardson.provenance import Provenance, record
from richardson.study.blocks import Blocks, Ranges
from richardson.study.collect import CODES
from richardson.study.configuration import canonical
from richardson.study.dataset import DESIGN, END, NAME, PART, RECORD, STATE, Rows, names_of, outcome_codes, rows_of
from richardson.study.design import Design
from richardson.study.dynamics_layout import MEASURE, as_told, unpack
from richardson.study.dynamics_plan import window_of
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Audit, Ensemble
from richardson.study.layout import Arrays, Layout, Variable
from richardson.study.memory import check_memory
from richardson.study.planned import MAKER
from richardson.study.store.journal import CARD

if TYPE_CHECKING:
    from richardson.study.store.opened import StoredStudy

Read: TypeAlias = Callable[[Variable], npt.NDArray[Any]]

HELD = {"ensemble": "runs", "dynamics": "the dynamics of members"}  # by the kind of a configuration
REMEDY = "Take the variables that you need one by one, or install dask (richardson[scale]) and use to_xarray(), which reads them in parts."
NOT_SETTINGS = {"model", "design", "format", "kind", "rng"}  # entries of a configuration that provenance keeps otherwise


def ensemble_of(study: StoredStudy, design: Design, rows: Rows, *, audit: Audit | None) -> Ensemble:
    """Members of a study as `run_ensemble` returns them."""
    return Ensemble(
        design=design,
        times=next((coordinate.values for coordinate in study.layout.coordinates), None),
        states=np.ascontiguousarray(rows.states),
        records=np.ascontiguousarray(rows.records),
        labels=names_of(study.layout, RECORD),
        codes=outcome_codes(study.layout)[rows.codes],
        stopped_at=rows.stopped_at,
        audit=audit,
        model=study.model,
        provenance=_provenance(study, study.configuration["design"]["entropy"], verb="run_ensemble"),
    )


def dynamics_of(study: StoredStudy, design: Design, arrays: Arrays, *, first: int = 0) -> DynamicsStudy:
    """What was found of the members of a study, whose design and arrays these are, and of which the first has that number."""
    layout, configuration = study.layout, study.configuration
    found = [each for each in layout.variables if each.attributes[PART] == MEASURE]
    drawn = configuration["rng"] or {"entropy": None, "streams": None}
    return DynamicsStudy(
        design=design,
        window=window_of(configuration),
        measures=tuple(configuration["measure"]),
        columns={each.attributes[NAME]: as_told(each, arrays[each.name]) for each in found},
        codes=unpack(layout, arrays)[CODES],
        model=study.model,
        provenance=_provenance(study, drawn["entropy"], verb="run_dynamics", streams=drawn["streams"], first_member=first),
    )


def samples_of(layout: Layout, arrays: Arrays) -> FloatArray:
    """Numbers of members in the design, shape (n, p), out of their arrays."""
    return np.stack([arrays[each.name] for each in layout.variables if each.attributes[PART] == DESIGN], axis=-1)


def row_of(study: StoredStudy, member: int, read: Callable[..., Arrays]) -> Ensemble | DynamicsStudy:
    """One member of a study, as what the study returned has it, alone; ``read`` gives arrays of a block.

    Raises
    ------
    InvalidInputError
        If there is no such member, or it has not been computed yet.
    """
    index, place = study.layout.place(member)
    entry = next((entry for entry in study.blocks if entry.block == index), None)
    if entry is None:
        raise InvalidInputError(f"Member {member} is not there yet: finish block {index} of {study.folder} with resume=True.")
    block = read(index, entry.sha256, study.layout.names)
    arrays = {name: array[place : place + 1] for name, array in block.items()}
    named = zip(names_of(study.layout, DESIGN), samples_of(study.layout, arrays).T, strict=True)
    design = Design.from_table(dict(named))
    if study.configuration["kind"] == "dynamics":
        return dynamics_of(study, design, arrays, first=int(member))
    return ensemble_of(study, design, rows_of(study.layout, arrays), audit=None)


def variable_of(layout: Layout, name: str) -> Variable:
    """The variable of a name in a result, or in the dataset; of two of one name that of the result.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    known = {variable.name: variable for variable in layout.variables}
    for part in (DESIGN, RECORD, MEASURE, END, STATE):  # of two of one name the later, as in an ensemble
        known |= {variable.attributes[NAME]: variable for variable in layout.variables if variable.attributes[PART] == part}
    if name not in known:
        raise UnknownNameError(f"This study has no state, record, measure or column {name!r}. {nearest(str(name), known)}")
    return known[name]


def made_by(study: StoredStudy) -> dict[str, Any]:
    """Attributes that say who computed a study."""
    told = {"created": study.manifest.created, "sessions": json.dumps(list(study.sessions))}
    return {**told, "configuration": canonical(study.configuration)}


def whole(study: StoredStudy, read: Read, kind: str) -> Arrays:
    """All arrays of every member of a study of a kind, of which ``read`` gives each.

    Raises
    ------
    InvalidInputError
        If it is of another kind, not complete, or does not fit into memory.
    """
    check_kind(study, kind)
    if not study.is_complete:
        raise InvalidInputError(
            f"{study.folder} holds {len(study.blocks)} of the {counted(study.layout.block_count, 'block')}, and {MAKER[kind]}() gives "
            "every member. Finish the study with resume=True, or look at what is there with to_xarray()."
        )
    check_memory(study.layout.count * study.layout.member_bytes, counted(study.layout.count, "member"), REMEDY)
    return {variable.name: read(variable) for variable in study.layout.variables}


def check_kind(study: StoredStudy, kind: str) -> None:
    """Refuse to take runs for dynamics, or dynamics for runs.

    Raises
    ------
    InvalidInputError
        If the study is of another kind.
    """
    if (own := study.configuration["kind"]) != kind:
        raise InvalidInputError(f"{study.folder} keeps {HELD[own]}, not {HELD[kind]}. Take {MAKER[own]}() of it.")


def design_of(study: StoredStudy, samples: FloatArray) -> Design:
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
    blocks = _blocks_of(told["blocks"], samples, ranges) if "blocks" in told else None
    return Design(names, samples, entropy, told["method"], ranges, provenance, blocks)


def _blocks_of(told: Mapping[str, Any], samples: FloatArray, ranges: Ranges) -> Blocks:
    """The blocks of samples whose checksum has been compared."""
    return Blocks.sealed(told["method"], samples, ranges, second_order=told["second_order"])


def _provenance(study: StoredStudy, entropy: Any, **more: Any) -> Provenance:
    """Who computed a study, with the settings of its configuration and more."""
    settings = {name: value for name, value in study.configuration.items() if name not in NOT_SETTINGS} | more
    first = study.sessions[0] if study.sessions else {}
    settings["engine"] = "cuda" if first.get("on") == CARD else "local"
    now = record(study.model, entropy=entropy, **settings)
    versions = tuple((str(name), str(number)) for name, number in first.get("versions", dict(now.versions)).items())
    return replace(now, versions=versions, platform=first.get("platform", now.platform), time=study.manifest.created)
