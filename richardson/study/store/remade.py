"""The design, the provenance and the ensemble of a stored study, made again from what its blocks and its manifest say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import DataError
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.study.blocks import Blocks
from richardson.study.dataset import OUTCOMES, RECORD, Rows, names_of
from richardson.study.design import Design
from richardson.study.ensemble import Audit, Ensemble
from richardson.study.layout import OUTCOME
from richardson.study.store.journal import CARD
from richardson.study.store.manifest import Manifest
from richardson.symbolic.model import Model


def design_of(folder: Path, configuration: Mapping[str, Any], names: tuple[str, ...], samples: FloatArray) -> Design:
    """The design of a study, of the samples that its blocks hold, shape (m, p).

    Raises
    ------
    DataError
        If these are not the samples that the study was begun with.
    """
    told = configuration["design"]
    if hashlib.sha256(np.ascontiguousarray(samples, dtype="<f8").tobytes()).hexdigest() != told["sha256"]:
        raise DataError(f"The design in {folder} is not the one that the study was begun with. Run the study again in another folder.")
    entropy = tuple(told["entropy"]) if isinstance(told["entropy"], list) else told["entropy"]
    ranges = tuple((str(name), float(low), float(high)) for name, low, high in told["ranges"])
    provenance = record(None, entropy=entropy, verb="open_study", method=told["method"])
    blocks = Blocks(**told["blocks"]) if "blocks" in told else None
    return Design(names, samples, entropy, told["method"], ranges, provenance, blocks)


def ensemble_of(
    manifest: Manifest, model: Model, sessions: Sequence[Mapping[str, Any]], design: Design, rows: Rows, *, audit: Audit | None
) -> Ensemble:
    """Members of a study as `run_ensemble` returns them, outcomes by their names, whatever their numbers were when they were written."""
    layout = manifest.layout
    meanings = next(each for each in layout.variables if each.name == OUTCOME).attributes["flag_meanings"].split()
    return Ensemble(
        design=design,
        times=next((coordinate.values for coordinate in layout.coordinates), None),
        states=np.ascontiguousarray(rows.states),
        records=np.ascontiguousarray(rows.records),
        labels=names_of(layout, RECORD),
        codes=np.array([OUTCOMES.index(Outcome[name]) for name in meanings], dtype=np.int8)[rows.codes],
        stopped_at=rows.stopped_at,
        audit=audit,
        model=model,
        provenance=provenance_of(manifest, model, sessions),
    )


def provenance_of(manifest: Manifest, model: Model, sessions: Sequence[Mapping[str, Any]]) -> Provenance:
    """Who computed a study, with the settings of its configuration."""
    settings = {name: value for name, value in manifest.configuration.items() if name not in {"model", "design", "format", "kind"}}
    first = sessions[0] if sessions else {}
    settings["engine"] = "cuda" if first.get("on") == CARD else "local"
    now = record(model, entropy=manifest.configuration["design"]["entropy"], verb="run_ensemble", **settings)
    versions = tuple((str(name), str(number)) for name, number in first.get("versions", dict(now.versions)).items())
    return replace(now, versions=versions, platform=first.get("platform", now.platform), time=manifest.created)
