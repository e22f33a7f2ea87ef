"""What a scenario comes to: the lines of Python that make its study, each with the tables that asked for it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Any, get_type_hints

from richardson import models
from richardson.cli.calls import Call, Line, Name
from richardson.cli.scenario import Document
from richardson.cli.sections import (
    Axis,
    DrawnDesign,
    DynamicsSection,
    EngineSection,
    GridDesign,
    ModelSection,
    RecordSection,
    Section,
    SeriesPath,
    TableDesign,
)
from richardson.errors import nearest
from richardson.symbolic.model import Model
from richardson.theory import theories

MODEL = "model"
SOURCES = ("catalogue", "theory", "file", "equations")
PACKAGES = {"catalogue": "models", "theory": "theories"}
OF_EQUATIONS = ("parameters", "lower", "upper", "units", "meanings", "symbols", "at_most", "name")  # that only equations take
WITH_PROCESSES = ("processes", "dask")  # engines
OF_DYNAMICS = ("start", "bound")  # what [run] says of an analysis too
INSTEAD = {  # what to do about what [run] cannot say of an analysis
    "repeats": "Leave it out, and write one scenario for each design.rng: every member is analysed once.",
    "rng": "Give rng in [dynamics], from which the random streams of members are drawn.",
}
OUT = "Leave it out."
KINDS = {"sensitivity": "for_sensitivity"}  # of designs, whose makers are called otherwise
MATRIX_KEYS = {"file"}
MOST_MEMBERS = 10**12
MOST_VALUES = 10**8  # on one axis: a gigabyte


def study_lines(document: Document) -> list[Line]:
    """The lines that make ``model``, ``design`` and ``study``.

    Parameters
    ----------
    document : Document

    Raises
    ------
    InvalidInputError
        If keys exclude one another, or ask for what there is not; what is found only by computing is refused when the lines are run.
    """
    record, dynamics = document.scenario.record, document.scenario.dynamics
    if record is not None and dynamics is None:
        asked, call = "record", _study(document, record)
    elif dynamics is not None and record is None:
        asked, call = "dynamics", _plan(document, dynamics)
    else:
        got = "none" if record is None else "both"
        raise document.fault("record", f"a study has one of the tables [record], for runs, and [dynamics]; this has {got}. Give one.")
    study = Line("study", call, ("design", "run", asked, "model"))
    return [*_model(document), Line("design", _product(document), ("design",)), study]


def run_line(document: Document, folder: Path, *, resume: bool) -> Line:
    """The line that runs ``study`` and keeps it in a folder.

    Parameters
    ----------
    document : Document
    folder : Path
    resume : bool
        Whether to go on with what is there.

    Raises
    ------
    InvalidInputError
        If the engine does not take what is given.
    """
    engine, store = document.scenario.engine, document.scenario.store
    named = {"engine": _engine(document, engine), "store": folder, **({"resume": True} if resume else {})}
    record = document.scenario.record
    named |= given(store, ("storage",)) | ({} if record is None else given(record, ("keep",)))
    call = Call("rn.run_study", (Name("study"),), named)
    return Line("runs", call, ("engine", "store", "record" if record is not None else "dynamics"), is_guarded=engine.name in WITH_PROCESSES)


def analysis_lines(document: Document) -> list[Line]:
    """The lines that make ``index``, ``boxes`` and ``ranking`` of ``runs``, where the scenario asks for them."""
    scenario = document.scenario
    lines, is_guarded = [], scenario.engine.name in WITH_PROCESSES
    if scenario.sensitivity is not None:
        call = Call("rn.sensitivity", (Name("runs"),), given(scenario.sensitivity))
        lines.append(Line("index", call, ("sensitivity",), is_guarded=is_guarded))
    if scenario.discovery is not None:
        where, *rest = scenario.discovery.__struct_fields__
        call = Call("rn.discover", (Name("runs"), getattr(scenario.discovery, where)), given(scenario.discovery, rest))
        lines.append(Line("boxes", call, ("discovery",), is_guarded=is_guarded))
    if scenario.robustness is not None:
        levers, measure, *rest = scenario.robustness.__struct_fields__
        asked = (getattr(scenario.robustness, levers), getattr(scenario.robustness, measure))
        call = Call("rn.robustness", (Name("runs"), *asked), given(scenario.robustness, rest))
        lines.append(Line("ranking", call, ("robustness",), is_guarded=is_guarded))
    return lines


def _engine(document: Document, engine: EngineSection) -> Any:
    for key in ("address", "patience"):
        if getattr(engine, key) is not None and engine.name != "dask":
            raise document.fault(f"engine.{key}", f"this goes with the engine 'dask', and the engine is '{engine.name}'. Leave it out.")
    if engine.workers is not None and engine.name not in WITH_PROCESSES:
        more = "Set RICHARDSON_THREADS" if engine.name == "local" else "Leave it out"
        raise document.fault("engine.workers", f"this goes with {' and '.join(WITH_PROCESSES)}, not with '{engine.name}'. {more}.")
    if engine.name == "dask" and given(engine, ("address", "workers", "patience")):
        return Call("rn.Dask", () if engine.address is None else (engine.address,), given(engine, ("workers", "patience")))
    return Call("rn.Processes", (engine.workers,)) if engine.workers is not None else engine.name


def _model(document: Document) -> list[Line]:
    """The model: made, moved to its values, driven."""
    section = document.scenario.model
    source = _source(document, section)
    values = {name: _value(document, name, value) for name, value in (section.values or {}).items()}
    lines = []
    if source in ("catalogue", "theory"):
        made, values = _listed(document, source, values), {}
    elif source == "file":
        made = Call("rn.load", (document.file(str(section.file)),))
    else:
        made = Call("rn.Model.from_equations", (section.equations,), given(section, OF_EQUATIONS))
    lines.append(Line(MODEL, made, ("model",), Model))
    if values:
        lines.append(Line(MODEL, Call("with_values", named=values, object=Name(MODEL)), ("model",)))
    if section.drives:
        drives = {name: _drive(drive) for name, drive in section.drives.items()}
        lines.append(Line(MODEL, Call("with_drive", named=drives, object=Name(MODEL)), ("model",)))
    return lines


def _source(document: Document, section: ModelSection) -> str:
    """Which key says where the model comes from; refuses keys that go with another."""
    sources = [key for key in SOURCES if getattr(section, key) is not None]
    if len(sources) != 1:
        got = f"this one has {' and '.join(sources)}" if sources else "this one has none"
        raise document.fault("model", f"a model comes from one of {', '.join(SOURCES)}, and {got}. Give one.")
    (source,) = sources
    allowed = {"equations": OF_EQUATIONS, "file": ()}.get(source, ("options",))
    for key in (*OF_EQUATIONS, "options"):
        if getattr(section, key) is not None and key not in allowed:
            raise document.fault(f"model.{key}", f"this does not go with {source}, where the model comes from. Leave it out.")
    for key in ("values", "drives"):
        for name in getattr(section, key) or {}:
            if not name.isidentifier() or name == "self":
                raise document.fault(f"model.{key}.{name}", "no parameter is called so. Give the name of a parameter or of a concept.")
    return source


def _listed(document: Document, source: str, values: Mapping[str, Any]) -> Call:
    """A model of the catalogue, or a theory, at its values."""
    section = document.scenario.model
    word, package = ("model", models) if source == "catalogue" else ("theory", theories)
    known = [name for name in package.__all__ if _makes_a_model(getattr(package, name))]
    name = getattr(section, source)
    if name not in known:
        raise document.fault(f"model.{source}", f"there is no {word} '{name}'. {nearest(name, known)}")
    parameters = inspect.signature(getattr(package, name)).parameters.values()
    allowed = [parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
    options = section.options or {}
    for option in options:
        if option not in allowed:
            raise document.fault(f"model.options.{option}", f"'{name}' has no such option. {nearest(option, allowed)}")
    for value in values:
        if value in allowed:
            raise document.fault(f"model.values.{value}", f"this is an option of '{name}'. Give it in [model.options].")
    return Call(f"rn.{PACKAGES[source]}.{name}", named={**options, **values})


def _makes_a_model(maker: Any) -> bool:
    return callable(maker) and get_type_hints(maker).get("return") is Model


def _value(document: Document, name: str, value: Any) -> Any:
    """Numbers of a parameter or family; a table that holds nothing but a file's name stands for the matrix in it."""
    if not isinstance(value, dict) or set(value) != MATRIX_KEYS:
        return value
    if not isinstance(value["file"], str):
        raise document.fault(f"model.values.{name}.file", 'this must be the name of a csv file, such as "defence.csv".')
    return Call("rn.data.read_matrix", (document.file(value["file"]),))


def _drive(drive: str | SeriesPath) -> Any:
    if isinstance(drive, str):
        return drive
    return Call("rn.Series", (drive.times, drive.values), given(drive, ("interpolation", "beyond")))


def _product(document: Document) -> Call:
    """The design, or all designs multiplied."""
    designs = document.scenario.design
    if not designs:
        raise document.fault("design", "a study needs at least one design. Give a table [design].")
    made = tuple(_design(document, place, design) for place, design in enumerate(designs))
    return made[0] if len(made) == 1 else Call("*", made)


def _design(document: Document, place: int, design: GridDesign | TableDesign | DrawnDesign) -> Call:
    where = f"design[{place}]"
    if isinstance(design, GridDesign):
        axes = {name: _numbers(document, f"{where}.axes.{name}", axis) for name, axis in design.axes.items()}
        return Call("rn.Design.grid", (axes,), given(design, ("part",)))
    if isinstance(design, TableDesign):
        if (design.file is None) == (design.columns is None):
            raise document.fault(where, "the rows of a table come from a file or from columns. Give one of the two.")
        rows = design.columns if design.file is None else Call("rn.data.read_table", (document.file(design.file),))
        return Call("rn.Design.from_table", (rows,))
    kind = KINDS.get(tag := str(design.__struct_config__.tag), tag)
    if design.size > MOST_MEMBERS:
        raise document.fault(f"{where}.size", f"this is more than {MOST_MEMBERS} members, which no memory holds. Ask for fewer.")
    own = given(design, [key for key in type(design).__struct_fields__ if key not in DrawnDesign.__struct_fields__])
    return Call(f"rn.Design.{kind}", (design.ranges,), {**own, "size": design.size, "rng": design.rng})


def _numbers(document: Document, where: str, axis: list[float] | Axis) -> Any:
    """Numbers that stand there, or a line that makes them."""
    if not isinstance(axis, Axis):
        return axis
    if not 2 <= axis.count <= MOST_VALUES:
        raise document.fault(f"{where}.count", f"this must be a number of values from 2 to {MOST_VALUES}; it is {axis.count}.")
    if axis.spacing == "ratio" and not axis.low * axis.high > 0.0:
        raise document.fault(f"{where}.spacing", f"no even ratio leads from {axis.low:g} to {axis.high:g}. Give two numbers of one sign.")
    return Call("np.linspace" if axis.spacing == "even" else "np.geomspace", (axis.low, axis.high, axis.count))


def _study(document: Document, record: RecordSection) -> Call:
    run = document.scenario.run
    if record.times is not None and record.end is not None:
        raise document.fault("record.end", "the last of record.times is the end already. Leave one of the two out.")
    if record.times is None and record.end is None and not record.settle:
        raise document.fault("record", "runs need an end. Give end, times, or settle = true to go on until they settle.")
    named: dict[str, Any] = given(run, ("start",))
    if record.times is not None or record.end is not None:
        named["times"] = record.end if record.times is None else _numbers(document, "record.times", record.times)
    named |= given(run, ("method", "relative", "absolute", "bound", "step_limit", "repeats", "audit", "rng"))
    named |= given(record, ("settle",))
    if records := _records(record):
        named["record"] = records
    return Call("rn.Study", (Name(MODEL), Name("design")), named)


def _plan(document: Document, dynamics: DynamicsSection) -> Call:
    """What is to be analysed; refuses what belongs to runs that are recorded."""
    run = document.scenario.run
    for key in given(run):
        if key not in OF_DYNAMICS:
            why = "this is for runs that are recorded, and this scenario has [dynamics]"
            raise document.fault(f"run.{key}", f"{why}. {INSTEAD.get(key, OUT)}")
    for name in dynamics.window or {}:
        if not name.isidentifier() or iskeyword(name):  # of Python, in whose script it would be no name either
            raise document.fault(f"dynamics.window.{name}", "no state is called so. Give the name of a state.")
    window = {} if dynamics.window is None else {"window": Call("rn.Window", named=dynamics.window)}
    start, *rest = OF_DYNAMICS
    keys = [key for key in dynamics.__struct_fields__ if key != "window"]
    return Call("rn.DynamicsPlan", (Name(MODEL), Name("design")), window | given(run, (start,)) | given(dynamics, keys) | given(run, rest))


def _records(record: RecordSection) -> tuple[Any, ...]:
    """Expressions, then extremes, crossings and integrals, each in the order of the scenario."""
    made: list[Any] = list(record.expressions)
    made += [Call("rn.Minimum", (text,)) for text in record.minimum] + [Call("rn.Maximum", (text,)) for text in record.maximum]
    for crossing in record.crossing:
        text, way = (crossing, 0) if isinstance(crossing, str) else (crossing.expression, crossing.direction)
        made.append(Call("rn.FirstCrossing", (text,), {"direction": way} if way else {}))
    return (*made, *(Call("rn.Integral", (text,)) for text in record.integral))


def given(section: Section, keys: Sequence[str] | None = None) -> dict[str, Any]:
    """Those keys of a table, of some or of all, that the scenario has."""
    keys = section.__struct_fields__ if keys is None else keys
    return {key: getattr(section, key) for key in keys if getattr(section, key) is not None}
