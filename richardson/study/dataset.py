"""What the arrays of an ensemble are called and mean in a dataset, in memory and in files, after the manner of the CF conventions.

Names are letters, digits and underscores, which every program reads; ``long_name``, ``units`` and flags say what stands there. Units
are the model's, of which udunits does not know all (arms, for one).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import FloatArray
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.study.binding import quantity_at
from richardson.study.layout import MEMBER, MEMBER_MEANING, OUTCOME, Arrays, Coordinate, Layout, Variable, native
from richardson.symbolic.concepts import members
from richardson.symbolic.dimensions import YEAR
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.indexed_text import to_texts
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Quantity, State, unit_exponents
from richardson.symbolic.write import to_text

if TYPE_CHECKING:
    from richardson.study.ensemble import Ensemble
    from richardson.study.plan import Study

TIME, STOPPED_AT = "time", "stopped_at"
FLOAT, CODE = "<f8", "|i1"
OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)  # a code is a position in it
PART, NAME = "part", "name"  # attributes: what an array is of an ensemble, and its name there
DESIGN, STATE, RECORD, END = "design", "state", "record", "end"
LONGEST_NAME = 100  # signs; netCDF takes 256
SHOWN = 6  # parameters of a concept, in its meaning
SIGNS = {"**": " to the ", "*": " times ", "/": " over ", "+": " plus ", "-": " minus ", "<": " below ", ">": " above "}


class Rows(NamedTuple):
    """Some members of an ensemble.

    Attributes
    ----------
    samples : ndarray, shape (n, p)
        In the order of the design's names.
    states : ndarray, shape (n, t, d)
        Of the model alone.
    records : ndarray, shape (n, r)
    codes : ndarray of int8, shape (n,)
        Positions in ``list(Outcome)``.
    stopped_at : ndarray, shape (n,)
    """

    samples: FloatArray
    states: FloatArray
    records: FloatArray
    codes: npt.NDArray[np.int8]
    stopped_at: FloatArray


def layout_of(
    model: Model, columns: Sequence[str], times: FloatArray | None, labels: Sequence[str], count: int, *, about: dict[str, Any]
) -> Layout:
    """The layout of an ensemble's arrays, in one block.

    Parameters
    ----------
    model : Model
    columns : sequence of str
        Names of the design.
    times : ndarray, shape (t,), or None
        When states are kept; None for the end only.
    labels : sequence of str
        Of the records.
    count : int
        Members.
    about : dict
        Attributes of the whole.
    """
    clock = _clock(model)
    taken = {MEMBER, TIME, OUTCOME, STOPPED_AT}
    along = (MEMBER,) if times is None else (MEMBER, TIME)
    states = [_state(each, along, taken) for each in model.states]
    designs = [design_variable(model, name, taken) for name in columns]
    ends = [
        Variable(OUTCOME, (MEMBER,), CODE, {**attributes_of(END, OUTCOME, "how the run ended"), **outcome_flags()}),
        Variable(STOPPED_AT, (MEMBER,), FLOAT, attributes_of(END, STOPPED_AT, "when the run ended", clock)),
    ]
    records = [Variable(free_name(_spelt(label), RECORD, taken), (MEMBER,), FLOAT, attributes_of(RECORD, label, label)) for label in labels]
    kept = () if times is None else (Coordinate(TIME, times, {"long_name": "time", "units": clock}),)
    return Layout(count, count, (*designs, *states, *records, *ends), kept, about)


def laid_out(runs: Ensemble) -> tuple[Layout, Arrays]:
    """Layout and arrays of an ensemble.

    Parameters
    ----------
    runs : Ensemble
        What made it is written out in attributes.
    """
    about = described(runs.model) | made(runs.provenance)
    layout = layout_of(runs.model, runs.design.names, runs.times, runs.labels, len(runs), about=about)
    return layout, arrays_of(layout, Rows(runs.design.samples, runs.states, runs.records, runs.codes, runs.stopped_at))


def study_layout(study: Study) -> Layout:
    """The layout of what a study computes, in one block; `Layout.in_blocks` divides it.

    Parameters
    ----------
    study : Study
        Whose configuration is written out in an attribute.
    """
    about = {**described(study.model), "configuration": json.dumps(study.configuration(), ensure_ascii=True)}
    return layout_of(study.model, study.members.names, study.kept, study.recording.labels, len(study), about=about)


def described(model: Model) -> dict[str, Any]:
    """Attributes that say which model was run: its equations as text, values and units."""
    units = {quantity.name: quantity.unit for quantity in (*model.states, *model.parameters)}
    return {
        "title": f"Runs of the model {model.name}",
        "model": model.name,
        "equations": equations_text(model),
        "fingerprint": model.fingerprint,
        "parameters": json.dumps(dict(zip(model.parameter_names, model.numbers, strict=True))),
        "units": json.dumps(units),
        "references": "\n".join(model.references),
        "missing_values": "NaN",
    }


def equations_text(model: Model) -> str:
    """The equations as one reads them, a line each; those over nations as JSON."""
    if isinstance(model, IndexedModel):
        return json.dumps(to_texts(model.equations))
    form = "d{}/dt = {}" if model.kind == "flow" else "next {} = {}"
    return "\n".join(form.format(state.name, to_text(rate)) for state, rate in zip(model.states, model.rates, strict=True))


def made(provenance: Provenance) -> dict[str, Any]:
    """Attributes that say how, from what, where and when a result was made."""
    plain = provenance.to_dict()
    source = f"richardson {plain['versions']['richardson']}"
    return {
        "source": source,
        "history": f"{provenance.time} {plain['settings'].get('verb', 'made')} by {source}",
        "created": provenance.time,
        "platform": provenance.platform,
        "settings": json.dumps(plain["settings"]),
        "entropy": json.dumps(plain["entropy"]),
        "versions": json.dumps(plain["versions"]),
    }


def to_dataset(layout: Layout, arrays: Mapping[str, Any], numbers: npt.NDArray[np.int64]) -> Any:
    """The arrays as an xarray Dataset; a text too long for an attribute is a variable without dimensions.

    Parameters
    ----------
    layout : Layout
    arrays : mapping of str to array
        numpy's or dask's.
    numbers : ndarray of int, shape (n,)
        Which members they are.

    Raises
    ------
    MissingExtraError
        If xarray, of the extra ``data``, is not installed.
    """
    xarray = extras.require("xarray", "data")
    attributes, texts = layout.described
    cells: dict[str, Any] = {each.name: (each.axes, arrays[each.name], native(each.attributes)) for each in layout.variables}
    axes: dict[str, Any] = {each.name: (each.name, each.values, dict(each.attributes)) for each in layout.coordinates}
    axes |= {MEMBER: (MEMBER, numbers, {"long_name": MEMBER_MEANING})}
    return xarray.Dataset(cells | {name: ((), text) for name, text in texts.items()}, coords=axes, attrs=attributes)


def arrays_of(layout: Layout, rows: Rows) -> Arrays:
    """The arrays of some members by the names of the layout.

    Parameters
    ----------
    layout : Layout
        As `layout_of` makes it.
    rows : Rows
        Of these members.
    """
    columns: dict[str, Iterable[npt.NDArray[Any]]] = {
        DESIGN: iter(rows.samples.T),
        STATE: iter(np.moveaxis(rows.states, 2, 0)),
        RECORD: iter(rows.records.T),
        END: iter((rows.codes, rows.stopped_at)),
    }
    found = {}
    for variable in layout.variables:
        column = next(iter(columns[variable.attributes[PART]]))
        found[variable.name] = column[:, 0] if variable.attributes[PART] == STATE and TIME not in variable.axes else column
    return found


def rows_of(layout: Layout, arrays: Arrays) -> Rows:
    """The members whose arrays these are: what `arrays_of` was given.

    Parameters
    ----------
    layout : Layout
    arrays : dict of str to ndarray
        All of the layout's.
    """
    parts: dict[str, list[npt.NDArray[Any]]] = {DESIGN: [], STATE: [], RECORD: [], END: []}
    for variable in layout.variables:
        parts[variable.attributes[PART]].append(arrays[variable.name])
    codes, stopped_at = parts[END]
    states = np.stack(parts[STATE], axis=-1)
    return Rows(
        samples=np.stack(parts[DESIGN], axis=-1),
        states=states if states.ndim == 3 else states[:, np.newaxis],
        records=np.stack(parts[RECORD], axis=-1) if parts[RECORD] else np.empty((codes.size, 0)),
        codes=codes.astype(np.int8),
        stopped_at=stopped_at,
    )


def names_of(layout: Layout, part: str) -> tuple[str, ...]:
    """Names, as an ensemble has them, of the arrays of one part."""
    return tuple(variable.attributes[NAME] for variable in layout.variables if variable.attributes[PART] == part)


def attributes_of(part: str, name: str, meaning: str, unit: str | None = None) -> dict[str, Any]:
    """What a variable says of itself: which part of a result it is, its name there, its meaning and unit."""
    return {"long_name": meaning, **({} if unit is None else {"units": unit}), PART: part, NAME: name}


def outcome_flags() -> dict[str, Any]:
    """What the codes of outcomes mean."""
    return {
        "flag_values": list(range(len(OUTCOMES))),
        "flag_meanings": " ".join(outcome.name for outcome in OUTCOMES),
        "comment": "; ".join(f"{outcome.name}: {outcome.value}" for outcome in OUTCOMES),
    }


def _state(state: State, along: tuple[str, ...], taken: set[str]) -> Variable:
    return Variable(free_name(state.name, STATE, taken), along, FLOAT, attributes_of(STATE, state.name, state.meaning, state.unit))


def outcome_codes(layout: Layout) -> npt.NDArray[np.int8]:
    """Positions in ``list(Outcome)`` by the codes of a layout: outcomes go by their names, whatever their numbers were."""
    meanings = next(each for each in layout.variables if each.name == OUTCOME).attributes["flag_meanings"].split()
    return np.array([OUTCOMES.index(Outcome[name]) for name in meanings], dtype=np.int8)


def design_variable(model: Model, name: str, taken: set[str]) -> Variable:
    """A column of the design, in words of what it moves; a concept stands for several parameters, alike in unit."""
    if name in model.state_names:
        moved: Quantity = model.states[model.state_names.index(name)]
        meaning = f"{moved.meaning} at the start"
    else:
        own = tuple(members(name, model.parameter_names, model.state_names))
        moved = quantity_at(model, model.parameter_names.index(own[0]))
        meaning = f"{name}: {', '.join(own[:SHOWN])}{', …' if len(own) > SHOWN else ''}"
        meaning = moved.meaning if own == (moved.name,) else name if own == (name,) else meaning
    return Variable(free_name(f"{DESIGN}_{name}", DESIGN, taken), (MEMBER,), FLOAT, attributes_of(DESIGN, name, meaning, moved.unit))


def _clock(model: Model) -> str:
    """Unit of time: years where anything is measured in them, else none that the model tells."""
    return YEAR if any(YEAR in unit_exponents(quantity.unit) for quantity in (*model.states, *model.parameters)) else "1"


def _spelt(label: str) -> str:
    """An expression in words that make a name."""
    for sign, word in SIGNS.items():
        label = label.replace(sign, word)
    return re.sub(r"\W+", "_", label, flags=re.ASCII).strip("_")[:LONGEST_NAME]


def free_name(name: str, prefix: str, taken: set[str]) -> str:
    """A name that no other array has, letters, digits and underscores, which is taken then."""
    if name in taken or not name or name[0].isdigit():
        name = f"{prefix}_{name}"
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free
