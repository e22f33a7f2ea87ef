"""What is saved is loaded again, field by field; what is not ours is refused and never executed."""

import dataclasses
import enum
import importlib
import io
import json
import os
import pickle
import pkgutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import richardson
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles import LimitCycle, limit_cycle
from richardson.continuation.cycles_continue import continue_cycle
from richardson.continuation.diagram import equilibrium_diagram
from richardson.continuation.loci import continue_point
from richardson.data import rivalry, warheads
from richardson.dynamics.events import Event
from richardson.dynamics.integrate import integrate
from richardson.errors import InvalidInputError, OutputError, RichardsonError
from richardson.estimation.estimate import estimate
from richardson.files import load, save
from richardson.files.archive import CHECKSUM, DOCUMENT
from richardson.files.known import CLASSES
from richardson.landscape.basins import basins
from richardson.landscape.boundary import boundary_dimension
from richardson.landscape.cycles import cycles
from richardson.landscape.early_warning import early_warning
from richardson.landscape.edges import edge_state
from richardson.landscape.entropy import basin_entropy
from richardson.landscape.global_diagram import global_diagram
from richardson.landscape.lyapunov import lyapunov_spectrum
from richardson.landscape.orbits import orbit_diagram
from richardson.landscape.overshoot import safe_overshoot
from richardson.landscape.poincare import poincare_section
from richardson.landscape.remedy import remedy
from richardson.landscape.resilience import resilience
from richardson.landscape.shares import basin_shares
from richardson.landscape.stability_map import stability_map
from richardson.landscape.tipping import tipping
from richardson.landscape.zero_one import zero_one_test
from richardson.models import (
    battle_end,
    collective_security,
    deterrence_cone,
    lanchester_square,
    linear,
    missile_war,
    nations,
    saperstein,
    security_dilemma,
    submissive,
)
from richardson.models import rivalry as rivalry_model
from richardson.outcome import Outcome
from richardson.stability.capture import capture
from richardson.stability.equilibria import Equilibria, equilibria
from richardson.stability.portrait import phase_portrait
from richardson.stability.portraits import phase_portraits
from richardson.stability.robust import is_stable_for_all
from richardson.stability.spectrum import spectrum
from richardson.stability.window import Window
from richardson.study.design import Design
from richardson.study.elasticities import elasticities
from richardson.study.robustness import robustness
from richardson.study.run import run_ensemble
from richardson.study.sensitivity import sensitivity
from richardson.symbolic.model import Model
from richardson.symbolic.scales import nondimensional
from richardson.symbolic.series import Series
from richardson.theory.blocs import blocs
from richardson.theory.build_up import build_up
from richardson.theory.diagnose import diagnose
from richardson.theory.dyads import destabilising_dyads
from richardson.theory.feedback_nash import feedback_nash
from richardson.theory.game import prisoners_dilemma
from richardson.theory.groups import unstable_groups
from richardson.theory.shares import arming_shares
from richardson.theory.statics import comparative_statics
from richardson.theory.worlds import four_worlds
from tests.study.recorded import discovery_by_hand, dynamics_by_hand, policies_by_hand
from tests.theory.made_up import made_up_comparison

DILEMMA = security_dilemma()
OSCILLATOR = Model.from_equations({"x": "y", "y": "mu*(1 - x**2)*y - x"}, {"mu": 1.0})
TWO_SIDED = Model.from_equations({"x": "1.8*x - x**3", "y": "0.5*y"}, kind="map")
PARABOLA = Model.from_equations({"x": "(x - 1)**2"})
WINDOW = Window(x=(0, 60), y=(0, 60))
BEAD, BEAD_WINDOW = Model.from_equations({"x": "m + x - x**3"}, {"m": 0.0}), Window(x=(-2, 2))
IN_BLOCKS = Design.for_sensitivity({"x": (0, 1), "balance": (-1, 1)}, size=16, second_order=True, rng=1)
DISC = np.hypot(*np.indices((200, 200))) < 150.0


@cache
def found() -> Equilibria:
    """The three equilibria of the flagship."""
    return equilibria(DILEMMA, WINDOW)


@cache
def cycle() -> LimitCycle:
    """The cycle of van der Pol."""
    return limit_cycle(OSCILLATOR, [2.0, 0.0])


MAKERS: dict[str, Callable[[], Any]] = {
    "model": lambda: DILEMMA,
    "trajectory": lambda: integrate(DILEMMA, {"x": 1, "y": 2}, np.linspace(0, 10, 11), events=[Event("x - 1.2", name="arms pass")]),
    "escaped trajectory": lambda: integrate(linear(defence=2), {"x": 1, "y": 1}, np.linspace(0, 100, 5), bound=1e6),
    "equilibria": found,
    "equilibrium": lambda: found()[1],
    "equilibria with an undecided box": lambda: equilibria(PARABOLA, Window(x=(0, 3)), method="certified"),
    "stability over a box": lambda: is_stable_for_all(linear(), {"defence": (0.5, 1.5)}),
    "capture": lambda: capture(DILEMMA, found()[0], WINDOW, cells=8),
    "spectrum": lambda: spectrum(DILEMMA, found()[0]),
    "portrait": lambda: phase_portrait(DILEMMA, WINDOW),
    "global diagram": lambda: global_diagram(DILEMMA, "balance", [-0.2, 0.0], WINDOW, half_width=0.1),
    "edge state": lambda: edge_state(DILEMMA, [0, 3], [25, 8], WINDOW),
    "portraits": lambda: phase_portraits(linear(), Window(x=(0, 2), y=(0, 2)), "defence", [0.2, 2.0]),
    "diagram": lambda: equilibrium_diagram(DILEMMA, "balance", (-0.3, 0.3), WINDOW),
    "cycle": cycle,
    "branch of cycles": lambda: continue_cycle(OSCILLATOR, cycle(), "mu", (0.9, 1.1)),
    "observations": lambda: rivalry("Greece", "Turkey"),
    "observations with gaps": warheads,
    "estimate": lambda: estimate(linear(), rivalry("Greece", "Turkey"), rng=1),
    "map": lambda: stability_map(DILEMMA, {"balance": np.linspace(-1, 1, 4), "distinguishability": np.linspace(0, 1, 3)}),
    "shares": lambda: basin_shares(DILEMMA, WINDOW, half_width=0.05, rng=1),
    "entropy": lambda: basin_entropy(DISC),
    "boundary": lambda: boundary_dimension(DISC),
    "remedy": lambda: remedy(linear(defence=2.0), "defence"),
    "resilience": lambda: resilience(BEAD, equilibria(BEAD, BEAD_WINDOW)[-1], BEAD_WINDOW, parameters="m"),
    "early warning": lambda: early_warning(np.sin(np.arange(60.0) ** 1.5), surrogates=2),
    "basins": lambda: basins(TWO_SIDED, Window(x=(-2, 2), y=(-1, 1)), resolution=(6, 5), bound=100.0),
    "balance or hegemony": made_up_comparison,
    "diagnosis": lambda: diagnose(DILEMMA),
    "arming shares": lambda: arming_shares(DILEMMA, found()[2]),
    "build-up": lambda: build_up(integrate(DILEMMA, [5.0, 5.0], [0, 1, 10])),
    "worlds": lambda: four_worlds(DILEMMA, resolution=(6, 5)),
    "game": lambda: prisoners_dilemma(linear(), 0.75),
    "game that looks ahead": lambda: feedback_nash(discount=0.05, depreciation=0.1, weight=1, margin=1, ratio=0.5),
    "dyads": lambda: destabilising_dyads(nations(3, defence_x_y=0.3)),
    "dyads of many": lambda: destabilising_dyads(nations(7, defence_n1_n2=0.2)),
    "groups": lambda: unstable_groups(nations(3, defence=0.12, fatigue=0.2)),
    "statics": lambda: comparative_statics(linear()),
    "blocs": lambda: blocs({("x", "y"): 0.8, ("x", "z"): -0.5}, ("x", "y", "z")),
    "window": lambda: Window(x=(0, 1), y=2.0),
    "ensemble": lambda: run_ensemble(linear(), Design.grid({"defence": [0.2, 1.5], "x": [1, 2]}), {"y": 1}, 40.0, bound=1e3),
    "design": lambda: Design.sobol({"balance": (-1, 1)}, size=4, rng=1) * Design.grid({"x": [0.5, 1.0]}),
    "sensitivity": lambda: sensitivity(lambda members: members[:, 0] + members[:, 1] ** 2, IN_BLOCKS, resamples=20, rng=1),
    "elasticities": lambda: elasticities(linear(defence=0.5), {"x": 1, "y": 1}, parameters=["defence", "fatigue"]),
    "locus": lambda: continue_point(
        Model.from_equations({"x": "m + l*x - x**3"}, {"m": 0, "l": 3}),
        SpecialPoint("fold", 2.0, np.array([-1.0]), (2.0, 2.0), 0.0),
        ("m", "l"),
        ((-3, 3), (-1, 4)),
    ),
    "nondimensional form": lambda: nondimensional(DILEMMA),
    "series": lambda: Series([1990, 2000], [0.0, 0.1], interpolation="linear"),
    "driven trajectory": lambda: integrate(
        DILEMMA.with_drive(balance=Series([0, 5, 10], [0.0, 0.1, 0.0], interpolation="linear"), terrain="t/100"),
        {"x": 1, "y": 2},
        np.linspace(0, 10, 3),
    ),
    "exponents": lambda: lyapunov_spectrum(saperstein(), [0.3, 0.3], horizon=500),
    "cycles of a map": lambda: cycles(Model.from_equations({"x": "3.3*x*(1 - x)"}, kind="map"), Window(x=(0, 1)), 2),
    "tipping": lambda: tipping(DILEMMA, found()[0], "balance", 0.3, 0.05),
    "safe overshoot": lambda: safe_overshoot(DILEMMA, found()[0], "balance", [0.01, 0.1], [5.0, 20.0, 80.0], towards=0.3),
    "orbits": lambda: orbit_diagram(saperstein(), "reaction", [0.7, 0.8], [0.3, 0.3], keep=4),
    "section": lambda: poincare_section(OSCILLATOR, [2.0, 0.0], "y", count=3),
    "test for chaos": lambda: zero_one_test(np.sin(np.arange(500.0)), count=5),
    "battle": lambda: battle_end(lanchester_square(), [1000, 800]),
    "even battle": lambda: battle_end(lanchester_square(), [800, 800]),
    "deterrence": lambda: deterrence_cone(missile_war(), tolerable={"x": 1, "y": 2}),
    "no deterrence": lambda: deterrence_cone(missile_war(casualties_per_missile_x=0), tolerable={"x": 1, "y": 2}),
    "discovery": discovery_by_hand,
    "dynamics": dynamics_by_hand,
    "robustness": lambda: robustness(policies_by_hand(), "defence", "cost", satisfies="cost < 3"),
    "special point": lambda: SpecialPoint("cusp", (0.1, 0.2), np.array([1.0]), (0.0, 0.3), 1e-12),
}
HEAVY = frozenset(
    {
        "capture",
        "edge state",
        "global diagram",
        "map",
        "shares",
        "basins",
        "resilience",
        "worlds",
        "ensemble",
        "exponents",
        "orbits",
        "section",
        "tipping",
        "safe overshoot",
        "diagnosis",
        "estimate",
        "remedy",
        "cycles of a map",
        "balance or hegemony",
        "locus",
        "branch of cycles",
    }
)  # they compile kernels over lanes or take seconds
KINDS = [pytest.param(kind, marks=pytest.mark.slow) if kind in HEAVY else kind for kind in MAKERS]


@cache
def made(kind: str) -> Any:
    """One of that kind of thing that is saved."""
    return MAKERS[kind]()


def same(one: Any, other: Any) -> bool:
    """Equality of type and of every field, arrays to the last bit and NaN equal to NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one) if field.init)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other) or (isinstance(one, float) and np.isnan(one) and np.isnan(other))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_result_comes_back(kind: str, tmp_path: Path) -> None:
    thing = made(kind)
    save(thing, tmp_path / "thing.rn")
    assert same(load(tmp_path / "thing.rn"), thing)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_loaded_is_saved_to_the_same_bytes(kind: str, tmp_path: Path) -> None:
    save(made(kind), tmp_path / "one.rn")
    save(load(tmp_path / "one.rn"), tmp_path / "two.rn")
    assert (tmp_path / "one.rn").read_bytes() == (tmp_path / "two.rn").read_bytes()


@pytest.mark.parametrize(
    "model",
    [
        linear(defence=0.9),
        rivalry_model(),
        submissive(),
        nations(6),
        collective_security(8, pact=("n1", "n5"), defence_n1_n2=0.3),
        security_dilemma(4, fear="state"),
        Model.from_equations(
            {"x": "hill(x, h, 2) - sqrt(x)/3 + exp(-t)*min(x, 1) + heaviside(x)"}, {"h": 0.1}, lower={"x": 0}, kind="flow"
        ),
        Model.from_equations({"E": "4*a*E*(1 - E)"}, {"a": 1 / 3}, meanings={"E": "arms of É"}, kind="map", name="ö"),
    ],
    ids=lambda model: model.name,
)
def test_a_model_comes_back_with_its_equations_numbers_and_fingerprint(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "model.rn")
    back = load(tmp_path / "model.rn")
    assert back == model
    assert same(back, model)
    assert back.fingerprint == model.fingerprint


def test_every_result_class_of_the_library_is_saved() -> None:
    found = {name for name, kind in library_classes().items() if "provenance" in {field.name for field in dataclasses.fields(kind)}}
    assert found - set(CLASSES) == set()


@pytest.mark.slow
def test_every_class_that_a_file_may_hold_is_met_in_these_tests() -> None:
    met: set[str] = set()
    collect([made(kind) for kind in MAKERS], met)
    assert set(CLASSES) - met == set()


def collect(thing: Any, met: set[str]) -> None:
    """Names of all dataclasses within a thing."""
    if dataclasses.is_dataclass(thing):
        met.add(type(thing).__name__)
        collect([vars(thing).get(field.name) for field in dataclasses.fields(thing)], met)  # a model of many nations has no rates
    elif isinstance(thing, dict | list | tuple):
        for part in thing.values() if isinstance(thing, dict) else thing:
            collect(part, met)


def library_classes() -> dict[str, type]:
    """Every dataclass of the library that says where it comes from."""
    found = {}
    for module in pkgutil.walk_packages(richardson.__path__, "richardson."):
        if ".cli" not in module.name:
            for name, kind in vars(importlib.import_module(module.name)).items():
                if isinstance(kind, type) and dataclasses.is_dataclass(kind):
                    found[name] = kind
    return found


def test_plain_data_with_infinities_comes_back(tmp_path: Path) -> None:
    thing = {"a": (1, 2.5, None, True, "é\ud800"), 2: [np.inf, -np.inf, np.nan, 1 + 2j, -0.0], "o": Outcome.ESCAPED, "z": np.array(3.0)}
    save(thing, tmp_path / "plain.rn")
    assert same(load(tmp_path / "plain.rn"), thing)


@pytest.mark.parametrize(
    "thing",
    [object(), {1, 2}, len, np.array([object()]), [lambda: 1], Event("x")],
    ids=["object", "set", "built-in", "array of objects", "function", "event"],
)
def test_what_is_no_data_of_this_library_is_refused_and_nothing_is_written(thing: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be saved"):
        save(thing, tmp_path / "thing.rn")
    assert list(tmp_path.iterdir()) == []


def test_a_class_of_the_same_name_is_not_taken_for_ours(tmp_path: Path) -> None:
    @dataclasses.dataclass(frozen=True)
    class Trajectory:
        times: float

    class Outcome(enum.Enum):
        ESCAPED = "elsewhere"

    for stranger in (Trajectory(1.0), Outcome.ESCAPED):
        with pytest.raises(InvalidInputError, match="cannot be saved"):
            save(stranger, tmp_path / "thing.rn")


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        save(DILEMMA, tmp_path / "absent" / "model.rn")


def test_a_path_below_a_file_or_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file" / "model.rn", tmp_path):
        with pytest.raises(OutputError, match="cannot be written"):
            save(DILEMMA, path)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(DILEMMA, tmp_path / "model.rn")
    before = (tmp_path / "model.rn").read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="no space left"):
        save(linear(), tmp_path / "model.rn")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"model.rn": before}


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def resealed(members: dict[str, bytes], change: Any) -> dict[str, bytes]:
    """The members with a changed document whose checksums are right again."""
    import hashlib

    document = json.loads(members[DOCUMENT])
    change(document)
    arrays = {name: content for name, content in members.items() if name not in (DOCUMENT, CHECKSUM)}
    document["arrays"] = {name: hashlib.sha256(content).hexdigest() for name, content in arrays.items()}
    text = json.dumps(document).encode()
    return {DOCUMENT: text, **arrays, CHECKSUM: hashlib.sha256(text).hexdigest().encode()}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save(made("trajectory"), tmp_path / "run.rn")
    return tmp_path / "run.rn"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no such file"):
        load(tmp_path / "absent.rn")


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04", pickle.dumps([1]), b"PK\x05\x06" + bytes(18)], ids=repr)
def test_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(InvalidInputError, match="cannot be loaded"):
        load(tmp_path / "other")


def test_a_file_cut_off_anywhere_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in range(0, len(whole), max(len(whole) // 60, 1)):
        saved.write_bytes(whole[:length])
        with pytest.raises(InvalidInputError, match="cannot be loaded"):
            load(saved)


def test_a_changed_byte_is_never_loaded_as_another_result(saved: Path) -> None:
    whole = saved.read_bytes()
    for place in range(0, len(whole), max(len(whole) // 400, 1)):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            back = load(saved)
        except InvalidInputError:
            continue
        assert same(back, made("trajectory"))  # a byte that means nothing, such as a time stamp


def test_a_changed_number_is_refused(saved: Path) -> None:
    members = members_of(saved)
    members["array_0.npy"] = members["array_0.npy"][:-8] + np.float64(7.0).tobytes()
    write(saved, members)
    with pytest.raises(InvalidInputError, match="changed or damaged"):
        load(saved)


def test_a_missing_array_is_refused(saved: Path) -> None:
    members = members_of(saved)
    del members["array_0.npy"]
    write(saved, members)
    with pytest.raises(InvalidInputError, match="changed or damaged"):
        load(saved)


def test_a_compressed_archive_is_refused_before_it_is_read(tmp_path: Path) -> None:
    write(tmp_path / "bomb.rn", {DOCUMENT: b"0" * 100_000_000}, zipfile.ZIP_DEFLATED)
    with pytest.raises(InvalidInputError, match="compressed"):
        load(tmp_path / "bomb.rn")


@pytest.mark.parametrize(("field", "kind"), [('"at_most":"",', "Parameter"), ('"ceiling":"",', "State"), ('"times":', "Trajectory")])
def test_what_another_version_wrote_is_refused_with_the_field_and_a_way_out(field: str, kind: str, tmp_path: Path) -> None:
    save(integrate(linear(), [1, 1], [0, 1], method="RK45"), tmp_path / "run.rn")
    members = members_of(tmp_path / "run.rn")
    text = json.dumps(json.loads(members[DOCUMENT]), separators=(",", ":"), sort_keys=True)
    assert field in text
    other = json.loads(text.replace(field, field.replace('":', 'er":')))
    write(tmp_path / "run.rn", resealed(members, lambda document: document.update(other)))
    name = field.split('"')[1]
    with pytest.raises(
        InvalidInputError, match=rf"its {kind} lacks '{name}' and has an unknown '{name}er'.*another version.*make what it holds again"
    ):
        load(tmp_path / "run.rn")


def test_a_file_of_a_newer_format_says_so(saved: Path) -> None:
    write(saved, resealed(members_of(saved), lambda document: document.update(version=99)))
    with pytest.raises(InvalidInputError, match="format 99.*install a newer one"):
        load(saved)


@pytest.mark.parametrize(
    "node",
    [
        {"class": "Popen", "fields": {"args": "true"}},
        {"class": "Trajectory", "fields": {}},
        {"class": "Window", "fields": {"axes": "x"}},
        {"class": "Observations", "fields": {"times": 1, "values": 2, "names": 3, "unit": 4, "source": 5}},
        {"enumeration": "Outcome", "member": "__class__"},
        {"enumeration": "Popen", "member": "x"},
        {"array": "../../etc/passwd"},
        {"array": DOCUMENT},
        {"model": 17},
        {"model": "x"},
        {"float": "__import__('os')"},
        {"tuple": 3},
        {"mapping": [[{"mapping": []}, 1]]},
        {"python": "object"},
        {},
        {"float": "1", "tuple": []},
    ],
    ids=str,
)
def test_a_crafted_document_is_refused(node: Any, saved: Path) -> None:
    write(saved, resealed(members_of(saved), lambda document: document.update(thing=node)))
    with pytest.raises(InvalidInputError, match="cannot be loaded"):
        load(saved)


def test_crafted_equations_meet_the_safe_parser(tmp_path: Path) -> None:
    save(linear(), tmp_path / "model.rn")

    def inject(document: dict[str, Any]) -> None:
        document["models"][0]["rates"][0] = "__import__('os').system('touch " + str(tmp_path / "broken") + "')"

    write(tmp_path / "model.rn", resealed(members_of(tmp_path / "model.rn"), inject))
    with pytest.raises(InvalidInputError, match="cannot be loaded"):
        load(tmp_path / "model.rn")
    assert not (tmp_path / "broken").exists()


def test_other_equations_under_an_old_fingerprint_are_refused(tmp_path: Path) -> None:
    save(linear(), tmp_path / "model.rn")

    def swap(document: dict[str, Any]) -> None:
        document["models"][0]["rates"][0] = "x - y"

    write(tmp_path / "model.rn", resealed(members_of(tmp_path / "model.rn"), swap))
    with pytest.raises(InvalidInputError, match="not those that were written"):
        load(tmp_path / "model.rn")


@pytest.mark.parametrize("descr", ["'|O'", "'<f8'", "'<V8'"])
def test_an_array_that_claims_more_than_it_holds_or_holds_objects_is_refused(descr: str, saved: Path) -> None:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': (1000000000000,), }}".ljust(117).encode() + b"\n"
    members = members_of(saved)
    members["array_0.npy"] = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(8)
    write(saved, resealed(members, lambda document: None))
    with pytest.raises(InvalidInputError, match="cannot be loaded"):
        load(saved)


def test_deep_nesting_is_refused(saved: Path) -> None:
    text = b'{"format":"richardson","version":1,"arrays":{},"models":[],"thing":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    write(saved, {DOCUMENT: text, CHECKSUM: b""})
    with pytest.raises(InvalidInputError, match="cannot be loaded"):
        load(saved)


def test_nothing_is_written_beside_the_file(tmp_path: Path) -> None:
    save(linear(), tmp_path / "model.rn")
    assert [file.name for file in tmp_path.iterdir()] == ["model.rn"]


def test_members_are_stored_and_carry_no_date(saved: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(saved.read_bytes())) as archive:
        assert {(entry.compress_type, entry.date_time) for entry in archive.infolist()} == {(zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))}


@pytest.mark.parametrize("path", [None, 5, b"bytes", ""])
def test_what_is_no_path_is_refused(path: Any) -> None:
    with pytest.raises(RichardsonError):
        save(1, path)
    with pytest.raises(InvalidInputError):
        load(path)


def test_endless_things_are_refused(tmp_path: Path) -> None:
    ring: list[Any] = []
    ring.append(ring)
    for thing in (ring, 10**5000):
        with pytest.raises(InvalidInputError, match="cannot be saved"):
            save(thing, tmp_path / "endless.rn")
    assert list(tmp_path.iterdir()) == []
