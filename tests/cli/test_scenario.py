"""Scenarios: what they may say, where each refusal points, and the script that does the same."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import richardson as rn
from richardson.cli.calls import perform, script
from richardson.cli.recipe import study_lines
from richardson.cli.scenario import Document, read_scenario
from richardson.errors import InvalidInputError

WHOLE = """
title = "what a scenario can say"

[model]
catalogue = "security_dilemma"
values = { balance = 0.05 }
options = { fear = "instant" }

[model.drives]
alarm_x = "1 + 0.01*t"
alarm_y = { times = [0, 10, 400], values = [1, 2, 3], interpolation = "linear" }

[[design]]
kind = "sobol"
size = 8
rng = 1
ranges = { defence = [0.1, 0.6], x = [0, 30] }

[[design]]
kind = "grid"
axes = { grievance = { low = 0.1, high = 0.4, count = 3, spacing = "ratio" }, strain = [0, 0.1] }

[run]
start = { y = 2 }
method = "DOP853"
relative = 1e-6
bound = inf

[record]
times = [0, 10, 200]
expressions = ["x + y"]
minimum = ["x - y"]
maximum = ["x"]
crossing = [{ expression = "x - 4", direction = 1 }, "y - 4"]
integral = ["x*y"]
"""

SMALL = """
[model]
catalogue = "linear"

[design]
kind = "grid"
axes = { defence = [0.25, 0.5] }

[run]
start = { x = 1, y = 1 }

[record]
end = 5
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


def study_of(document: Document) -> Any:
    return perform(study_lines(document), document.refusal)["study"]


def read(folder: Path, text: str) -> Any:
    return study_of(read_scenario(written(folder, text)))


def test_a_scenario_makes_the_study_that_the_library_makes_of_the_same_words(tmp_path: Path) -> None:
    model = rn.models.security_dilemma(balance=0.05).with_drive(
        alarm_x="1 + 0.01*t", alarm_y=rn.Series([0, 10, 400], [1, 2, 3], interpolation="linear")
    )
    drawn = rn.Design.sobol({"defence": (0.1, 0.6), "x": (0, 30)}, size=8, rng=1)
    design = drawn * rn.Design.grid({"grievance": np.geomspace(0.1, 0.4, 3), "strain": [0, 0.1]})
    crossings = (rn.FirstCrossing("x - 4", direction=1), rn.FirstCrossing("y - 4"))
    record = ("x + y", rn.Minimum("x - y"), rn.Maximum("x"), *crossings, rn.Integral("x*y"))
    rules: Any = {"method": "DOP853", "relative": 1e-6, "bound": np.inf, "record": record}
    made = rn.Study(model, design, {"y": 2}, [0, 10, 200], **rules)
    assert read(tmp_path, WHOLE).configuration() == made.configuration()


def test_the_script_makes_the_same_study(tmp_path: Path) -> None:
    document = read_scenario(written(tmp_path, WHOLE))
    variables: dict[str, Any] = {}
    exec(script(study_lines(document)), variables)
    assert variables["study"].fingerprint == study_of(document).fingerprint


def test_what_a_scenario_leaves_out_keeps_the_default_of_the_library(tmp_path: Path) -> None:
    made = rn.Study(rn.models.linear(), rn.Design.grid({"defence": [0.25, 0.5]}), {"x": 1, "y": 1}, 5)
    assert read(tmp_path, SMALL).configuration() == made.configuration()


MODELS: dict[str, tuple[str, rn.Model]] = {
    "theory": ('theory = "offensive_realism"\nvalues = { ambition = 2 }', rn.theories.offensive_realism(ambition=2)),
    "nations": (
        'catalogue = "nations"\noptions = { nations = ["x", "y"] }\nvalues = { defence = [[0, 0.3], [0.2, 0]] }',
        rn.models.nations(["x", "y"], defence=[[0, 0.3], [0.2, 0]]),
    ),
    "matrix in a file": (
        'catalogue = "nations"\noptions = { nations = ["x", "y"] }\nvalues = { defence = { file = "defence.csv" } }',
        rn.models.nations(["x", "y"], defence=[[0, 0.3], [0.2, 0]]),
    ),
    "equations": (
        'equations = { x = "k*y - a*x", y = "k*x - a*y" }\nparameters = { k = 1, a = 2 }\nlower = { x = 0 }\nvalues = { a = 3 }',
        rn.Model.from_equations({"x": "k*y - a*x", "y": "k*x - a*y"}, {"k": 1, "a": 2}, lower={"x": 0}).with_values(a=3),
    ),
    "file": ('file = "own.richardson"\nvalues = { defence = 0.4 }', rn.models.linear(defence=0.4)),
}


@pytest.mark.parametrize("source", MODELS)
def test_a_model_comes_from_every_source(source: str, tmp_path: Path) -> None:
    text, expected = MODELS[source]
    rn.save(rn.models.linear(), tmp_path / "own.richardson")
    (tmp_path / "defence.csv").write_text("nation,x,y\nx,,0.3\ny,0.2,\n")
    rest = '[design]\nkind = "grid"\naxes = { x = [0, 1] }\n[run]\nstart = { y = 1 }\n[record]\nend = 5\n'
    assert read(tmp_path, f"[model]\n{text}\n{rest}").model == expected


DESIGNS: dict[str, tuple[str, rn.Design]] = {
    "table in a file": ('kind = "table"\nfile = "cases.csv"', rn.Design.from_table({"defence": [0.25, 0.5], "x": [0, 1]})),
    "columns": ('kind = "table"\ncolumns = { x = [0.25, 0.5] }', rn.Design.from_table({"x": [0.25, 0.5]})),
    "halton": ('kind = "halton"\nranges = { x = [0, 1] }\nsize = 3\nrng = [1, 2]', rn.Design.halton({"x": (0, 1)}, size=3, rng=[1, 2])),
    "latin hypercube": (
        'kind = "latin_hypercube"\nranges = { x = [0, 1] }\nsize = 3\nrng = 1',
        rn.Design.latin_hypercube({"x": (0, 1)}, size=3, rng=1),
    ),
    "part of a sequence": (
        'kind = "sobol"\nranges = { x = [0, 1] }\nsize = 16\nrng = 1\npart = [1, 4]',
        rn.Design.sobol({"x": (0, 1)}, size=16, rng=1, part=(1, 4)),
    ),
    "part of a grid": ('kind = "grid"\naxes = { x = [0, 1, 2] }\npart = [1, 2]', rn.Design.grid({"x": [0, 1, 2]}, part=(1, 2))),
    "even steps": ('kind = "grid"\naxes = { x = { low = 0, high = 1, count = 5 } }', rn.Design.grid({"x": np.linspace(0, 1, 5)})),
}


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_design_is_of_every_kind(kind: str, tmp_path: Path) -> None:
    text, expected = DESIGNS[kind]
    (tmp_path / "cases.csv").write_text("defence,x\n0.25,0\n\n0.5,1\n")
    made = read(tmp_path, f'[model]\ncatalogue = "linear"\n[design]\n{text}\n[run]\nstart = {{ y = 1 }}\n[record]\nend = 5\n').design
    assert (made.names, made.samples.tolist(), made.entropy) == (expected.names, expected.samples.tolist(), expected.entropy)


REFUSED = {  # what is changed in the whole scenario, where the refusal points, and a word that it holds
    ("[record]", "[recrd]"): ("recrd", "'record'"),
    ("size = 8", "sise = 8"): ("design[0].sise", "'size'"),
    ("size = 8\n", ""): ("design[0].size", "missing"),
    ("rng = 1\n", ""): ("design[0].rng", "missing"),
    ('kind = "sobol"\n', ""): ("design[0].kind", "latin_hypercube"),
    ('"sobol"', '"sobl"'): ("design[0].kind", "'sobol'"),
    ("size = 8", "size = 8.5"): ("design[0].size", "a whole number"),
    ("size = 8", "size = true"): ("design[0].size", "true"),
    ("size = 8", "size = 7"): ("design[0].size", "power"),
    ("size = 8", "size = 0"): ("design[0].size", "at least 1"),
    ("size = 8", "size = 4611686018427387904"): ("design[0].size", "memory"),
    ("rng = 1", "rng = -1"): ("design[0].rng", "-1"),
    ("rng = 1", "rng = 1\npart = [2, 2]"): ("design[0].part", "counted from 0"),
    ("rng = 1", "rng = 1\npart = [0, 3]"): ("design[0].part", "power of two"),
    ("rng = 1", "rng = 1\npart = [0.5, 2]"): ("design[0].part[0]", "a whole number"),
    ("rng = 1", "rng = 1\npart = 2"): ("design[0].part", "a list"),
    ('"sobol"', '"latin_hypercube"\npart = [0, 2]'): ("design[0].part", "no such key"),
    ("[0.1, 0.6]", "[0.6, 0.1]"): ("design[0].ranges.defence", "low to high"),
    ("[0.1, 0.6]", "[0.1, 0.6, 1]"): ("design[0].ranges.defence", "2 numbers"),
    ("[0.1, 0.6]", '[0.1, "b"]'): ("design[0].ranges.defence[1]", "'b'"),
    ("[0.1, 0.6]", "[-0.1, 0.6]"): ("design[0].ranges.defence", "must lie in"),
    ("[0.1, 0.6]", "[0.1, inf]"): ("design[0].ranges.defence", "finite"),
    ("defence = [", "defense = ["): ("design[0].ranges.defense", "'defence'"),
    ("strain = [0, 0.1]", "strain = []"): ("design[1].axes.strain", "at least one"),
    ("strain = [", "x = ["): ("design", "Both designs"),
    ("count = 3", "count = 1"): ("design[1].axes.grievance.count", "from 2"),
    ("low = 0.1", "low = -0.1"): ("design[1].axes.grievance.spacing", "one sign"),
    ('"ratio"', '"log"'): ("design[1].axes.grievance.spacing", "even"),
    ('"security_dilemma"', '"securty_dilema"'): ("model.catalogue", "'security_dilemma'"),
    ('"security_dilemma"', '"battle_end"'): ("model.catalogue", "no model"),
    ('catalogue = "security_dilemma"', 'theory = "ofensive_realism"'): ("model.theory", "'offensive_realism'"),
    ('catalogue = "security_dilemma"\n', ""): ("model", "none"),
    ("[model]\n", '[model]\ntheory = "offensive_realism"\n'): ("model", "catalogue and theory"),
    ("[model]\n", "[model]\nlower = { x = 0 }\n"): ("model.lower", "does not go with catalogue"),
    ("fear =", "faer ="): ("model.options.faer", "'fear'"),
    ('"instant"', '"slow"'): ("model.options.fear", "Fear"),
    ("balance = 0.05", "balanc = 0.05"): ("model.values.balanc", "'balance'"),
    ("balance = 0.05", "balance = nan"): ("model.values.balance", "finite"),
    ("balance = 0.05", "nations = 3"): ("model.values.nations", "options"),
    ("balance = 0.05", '"2b" = 3'): ("model.values.2b", "no parameter"),
    ("balance = 0.05", "balance = false"): ("model.values.balance", "a number"),
    ('"1 + 0.01*t"', '"1 +"'): ("model.drives.alarm_x", "ends after"),
    ('"1 + 0.01*t"', '"1 + x"'): ("model.drives.alarm_x", "state"),
    ('"linear"', '"linar"'): ("model.drives.alarm_y.interpolation", "'linear'"),
    ("y = 2 }", "z = 2 }"): ("run.start.z", "no state"),
    ("y = 2 }", "y = -2 }"): ("run.start.y", "must lie in"),
    ('"DOP853"', '"DOP8"'): ("run.method", "'DOP853'"),
    ("relative = 1e-6", "relative = 0"): ("run.relative", "tolerance"),
    ("bound = inf", "bound = -1"): ("run.bound", "positive"),
    ("bound = inf", "step_limit = 0"): ("run.step_limit", "at least 1"),
    ("bound = inf", "audit = -1"): ("run.audit", "0 or more"),
    ("bound = inf", "repeats = 0"): ("run.repeats", "1 or more"),
    ("[0, 10, 200]", "[0, 10, 5]"): ("record.times", "increase"),
    ("[0, 10, 200]", "[0, 10, 200]\nend = 5"): ("record.end", "record.times"),
    ("times = [0, 10, 200]\n", ""): ("record", "need an end"),
    ("[0, 10, 200]", "[0, 10, 200]\nsettle = true"): ("record.settle", "cannot settle"),
    ('["x"]', '["x +"]'): ("record.maximum[0]", "ends after"),
    ('["x"]', '["q"]'): ("record.maximum[0]", "'q'"),
    ('["x"]', "[\"__import__('os')\"]"): ("record.maximum[0]", "does not belong"),
    ('["x"]', "[3]"): ("record.maximum[0]", "a text"),
    ("direction = 1", "direction = 2"): ("record.crossing[0].direction", "must be"),
    ("direction = 1", "directon = 1"): ("record.crossing[0].directon", "'direction'"),
    ("[run]", "[engine]\nname = 'local'\nworker = 2\n[run]"): ("engine.worker", "'workers'"),
    ("[run]", "[store]\nfolder = 3\n[run]"): ("store.folder", "a text"),
}


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: " → ".join(map(repr, change)))
def test_a_refusal_names_the_file_and_the_path_of_the_key(change: tuple[str, str], tmp_path: Path) -> None:
    assert WHOLE.count(change[0]) >= 1
    place, word = REFUSED[change]
    with pytest.raises(InvalidInputError) as refused:
        read(tmp_path, WHOLE.replace(*change, 1))
    assert str(refused.value).startswith(f"{tmp_path / 'scenario.toml'}: {place}: ")
    assert word in str(refused.value)


def test_a_single_design_has_no_number_in_its_path(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"toml: design\.axes\.defence\[0\]: this must be a number, and is 'a'"):
        read(tmp_path, SMALL.replace("[0.25, 0.5]", '["a", 1]'))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file"),
        (b"[model", "no TOML"),
        (b"a = " + b"[" * 100_000, "no TOML"),
        (b"title = '\xff'", "no text in UTF-8"),
        (b"", "model: this is missing"),
        (b"design = 3", "design: this must be a list"),
        (b'title = "\\u001b[31mred"', r"'\\x1b\[31mred' holds a control character"),
        (b'[model]\nvalues = { "a\\rb" = 1 }', r"'a\\rb' holds a control character"),
        (b"[[design]]\n[model]\n[record]", "design.*kind: this is missing"),
        (b"design = []\n[model]\n[record]\nend = 1", "catalogue, theory, file, equations"),
    ],
)
def test_what_is_no_scenario_is_refused(content: bytes | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=told):
        study_lines(read_scenario(path))


def test_a_file_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    rn.save(rn.Design.grid({"x": [1]}), tmp_path / "own.richardson")
    with pytest.raises(InvalidInputError, match=r"model: rn\.load.* is no model, but Design"):
        read(tmp_path, SMALL.replace('catalogue = "linear"', 'file = "own.richardson"'))


@pytest.mark.parametrize("name", ["linear", "economic_brake"])
def test_a_refusal_that_begins_with_the_name_of_the_model_points_to_what_it_refuses(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"toml: model\.values\.defense: .* has no parameter 'defense'"):
        read(tmp_path, SMALL.replace('"linear"', f'"{name}"\nvalues = {{ defense = 1 }}'))


def test_a_table_is_named_with_its_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("defence,x\n0.25,zero\n")
    with pytest.raises(InvalidInputError, match=r"design: Line 2, column 'x' of .*cases\.csv holds 'zero'"):
        read(tmp_path, SMALL.replace('kind = "grid"\naxes = { defence = [0.25, 0.5] }', 'kind = "table"\nfile = "cases.csv"'))


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.sampled_from(["x", "grid", "x - y", "1 +", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "kind", "low", "self", "a b", "file"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@settings(max_examples=40)
@given(place=st.integers(0, 10**6), value=ANYTHING)
def test_whatever_stands_in_a_scenario_it_is_a_study_or_refused(place: int, value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    import msgspec

    from richardson.cli.places import sentence_of
    from richardson.cli.sections import Scenario
    from richardson.errors import RichardsonError

    data = tomllib.loads(WHOLE)
    holders = list(_holders(data))
    holder, key = holders[place % len(holders)]
    holder[key] = value
    try:
        scenario = msgspec.convert(data, Scenario)
    except msgspec.ValidationError as error:
        assert sentence_of(error, data, Scenario).endswith((".", "?"))
        return
    document = Document(Path("scenario.toml"), data, scenario)
    try:
        study_of(document)
    except RichardsonError as error:
        assert str(error).startswith("scenario.toml: ")


def _holders(data: Any) -> Any:
    """Every table or list of a document, with every key in it."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield data, key
        if isinstance(value, dict | list):
            yield from _holders(value)
