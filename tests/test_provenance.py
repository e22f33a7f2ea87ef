"""Provenance: complete, immutable, picklable, looked up once."""

import json
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.provenance import RECORDED_PACKAGES, Provenance, record


@dataclass(frozen=True)
class Quantity:
    name: str
    unit: str


@dataclass(frozen=True)
class Race:
    """The least that provenance asks of a model."""

    fingerprint: str = "3f" * 32
    states: tuple[Quantity, ...] = (Quantity("x", "arms"),)
    parameters: tuple[Quantity, ...] = (Quantity("fatigue", "1/yr"), Quantity("grievance", "arms/yr"))
    values: dict[str, float] = field(default_factory=lambda: {"fatigue": 0.2, "grievance": 1.0})

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.values)

    @property
    def numbers(self) -> tuple[float, ...]:
        return tuple(self.values.values())


def test_a_record_holds_equations_numbers_units_settings_and_entropy() -> None:
    made = record(Race(), entropy=7, method="LSODA", relative=1e-8)
    assert made.fingerprint == "3f" * 32
    assert made.values == (("fatigue", 0.2), ("grievance", 1.0))
    assert made.units == (("x", "arms"), ("fatigue", "1/yr"), ("grievance", "arms/yr"))
    assert made.settings == (("method", "LSODA"), ("relative", 1e-8))
    assert made.entropy == 7


def test_the_words_of_an_array_are_kept_as_plain_whole_numbers() -> None:
    assert record(None, entropy=np.array([1, 2])).entropy == (1, 2)


def test_a_record_names_the_version_of_everything_that_computes() -> None:
    versions = dict(record(None).versions)
    assert set(versions) == {"python", "richardson", *RECORDED_PACKAGES}
    assert versions["numpy"] == np.__version__
    assert versions["python"] == sys.version.split()[0]


def test_a_result_without_a_model_has_a_record_too() -> None:
    made = record(None, source="table")
    assert (made.fingerprint, made.values, made.units) == (None, (), ())


def test_the_time_is_now_in_utc() -> None:
    made = datetime.fromisoformat(record(None).time)
    assert made.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - made) < timedelta(seconds=60)  # a minute: clocks of one machine


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        record(None).time = "yesterday"  # type: ignore[misc]


def test_changing_what_was_given_does_not_change_the_record() -> None:
    window = {"x": [0.0, 1.0]}
    made = record(None, window=window)
    window["x"][1] = 2.0
    assert made.settings == (("window", (("x", (0.0, 1.0)),)),)


def test_a_record_survives_pickling_and_hashing() -> None:
    made = record(Race(), entropy=(1, 2), times=np.linspace(0, 1, 3), tolerances={"x": 1e-3})
    copy: Provenance = pickle.loads(pickle.dumps(made))
    assert copy == made
    assert hash(copy) == hash(made)


def test_equal_calls_give_equal_records_but_for_time() -> None:
    first, second = record(Race(), relative=1e-8), record(Race(), relative=1e-8)
    assert replace(first, time="") == replace(second, time="")


def test_a_record_as_a_dictionary_survives_json() -> None:
    made = record(Race(), entropy=(1, 2**127), grid=np.eye(2), size=np.int64(3), events=("x - 1",), bound=None)
    plain = made.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["settings"] == {"grid": [[1.0, 0.0], [0.0, 1.0]], "size": 3, "events": ["x - 1"], "bound": None}
    assert plain["entropy"] == [1, 2**127]
    assert plain["values"] == {"fatigue": 0.2, "grievance": 1.0}


def test_a_setting_that_could_not_be_saved_is_refused_by_name() -> None:
    with pytest.raises(InvalidInputError, match="setting 'callback' is a function"):
        record(None, callback=lambda: None)


def test_the_short_form_names_equations_and_version() -> None:
    assert repr(record(Race())).startswith("Provenance(equations 3f3f3f3f3f3f, richardson 0.1.0, ")
    assert "no model" in repr(record(None))


def test_versions_and_machine_are_looked_up_once() -> None:
    first, second = record(None), record(Race())
    assert first.versions is second.versions
    assert first.platform is second.platform


def test_a_record_imports_nothing_that_it_names(repository: Path) -> None:
    program = (
        "import sys, richardson.provenance as p; p.record(None); print(sorted({'numpy', 'sympy', 'numba', 'matplotlib'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=repository).stdout == "[]\n"
