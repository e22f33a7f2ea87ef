"""What decides the rows of a study and where they come from, as plain data, and its checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from richardson.errors import InvalidInputError
from richardson.study.design import Design
from richardson.study.recording import FirstCrossing, Integral, Last, Maximum, Minimum, Record
from richardson.symbolic.spec import number_node, read_number, to_spec
from richardson.symbolic.write import to_text

if TYPE_CHECKING:
    from richardson.study.plan import Study

FORMAT = 1  # of a configuration; raised when the same entries would mean something else
KINDS: dict[str, type[Record]] = {kind.__name__: kind for kind in (Last, Minimum, Maximum, Integral, FirstCrossing)}


def configuration_of(study: Study) -> dict[str, Any]:
    """All that decides the rows of a study, as JSON holds it: `Study.configuration`."""
    members, accuracy, kept = study.bound_members, study.accuracy, study.kept
    starts = zip(study.model.state_names, members.base_start.tolist(), strict=True)
    moved = {study.model.state_names[place] for place in members.start_columns}
    return {
        "format": FORMAT,
        "kind": "ensemble",
        "model": to_spec(study.model),
        "design": design_node(study.members),
        "start": {name: value for name, value in starts if name not in moved},
        "times": None if kept is None else kept.tolist(),
        "span": [number_node(moment) for moment in study.span],
        "method": accuracy.method,
        "relative": accuracy.relative,
        "absolute": accuracy.absolute,
        "step_limit": accuracy.step_limit,
        "bound": number_node(study.bound),
        "settle": bool(study.settle),
        "record": [record_node(record) for record in study.recording.records],
        "repeats": study.repeats,
    }


def design_node(design: Design) -> dict[str, Any]:
    """A design by the checksum of its samples, with how they were made and, where a sensitivity analysis compares them, their blocks.

    The blocks go without their own checksum, which follows from that of the samples and the ranges.
    """
    blocks = {} if design.blocks is None else asdict(design.blocks)
    blocks.pop("sha256", None)
    return ({"blocks": blocks} if blocks else {}) | {
        "names": list(design.names),
        "members": len(design),
        "sha256": hashlib.sha256(design.samples.astype("<f8", copy=False).tobytes()).hexdigest(),
        "method": design.method,
        "entropy": list(design.entropy) if isinstance(design.entropy, tuple) else design.entropy,
        "ranges": [[name, low, high] for name, low, high in design.ranges],
    }


def record_node(record: Record) -> dict[str, Any]:
    """A record by its class and the text of its expression."""
    text = record.expression if isinstance(record.expression, str) else to_text(record.expression)
    node: dict[str, Any] = {"kind": type(record).__name__, "expression": text}
    return node | {"direction": record.direction} if isinstance(record, FirstCrossing) else node


def read_record(node: Mapping[str, Any]) -> Record:
    """The record that `record_node` wrote.

    Raises
    ------
    InvalidInputError
        If it is of no kind that this version knows.
    """
    kind = KINDS.get(node["kind"])
    if kind is None:
        raise InvalidInputError(f"There is a record of kind {node['kind']!r}, which this version of richardson does not know.")
    return FirstCrossing(node["expression"], node["direction"]) if kind is FirstCrossing else kind(node["expression"])


def study_arguments(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """What a `Study` of a configuration is made of, apart from its model and design."""
    kept, end = configuration["times"], read_number(configuration["span"][1])
    names = ("method", "relative", "absolute", "step_limit", "settle")
    return {
        "start": configuration["start"],
        "times": kept if kept is not None else None if end == float("inf") else end,
        "record": tuple(read_record(node) for node in configuration["record"]),
        "bound": read_number(configuration["bound"]),
        **{name: configuration[name] for name in names},
    }


def canonical(configuration: Any) -> str:
    """JSON text that is the same for equal data: keys sorted, no spaces, exact floats."""
    return json.dumps(configuration, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)


def digest(configuration: Any) -> str:
    """The sha256 of the canonical text."""
    return hashlib.sha256(canonical(configuration).encode("ascii")).hexdigest()
