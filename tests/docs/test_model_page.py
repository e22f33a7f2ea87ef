"""The flagship's page says of every parameter what the model itself says."""

import re
from pathlib import Path

import pytest

from richardson.models import security_dilemma
from richardson.symbolic.model import Model

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "security-dilemma.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (\S+) \| (\S+) \| ([\[(].*?[\])]) \| (\S+) \| (.+?) \|$", re.MULTILINE)
TABLE = {name: rest for name, *rest in ROW.findall(PAGE)}
LETTERS = {r"\beta": "β", r"\gamma": "γ", r"\delta": "δ", r"\rho": "ρ", r"\varphi": "φ", r"\tau": "τ", r"\mu": "μ"}
LETTERS |= {r"\chi": "χ", r"\nu": "ν", r"\varepsilon": "ε", r"\ell^{0}": "l⁰", r"w_{\mathrm{lo}}": "w_lo", r"w_{\mathrm{hi}}": "w_hi"}
LETTERS |= {"o_{0}": "o₀", r"o_{\infty}": "o_∞", "x_{c}": "x_c"}
THREE = security_dilemma(3, fear="state")
WITH_ALL = security_dilemma(3, fear="state", beliefs=True, balance_scaling=True)
DESCRIBED = {term.name: term for term in (*THREE.parameters, *WITH_ALL.parameters)}


def row_name(parameter: str) -> str:
    """``exposure_x_y`` is the page's ``exposure_i_j``, ``defence_x`` its ``defence_i``."""
    return re.sub(r"_[xyz]$", "_i", re.sub(r"_[xyz]_[xyz]$", "_i_j", parameter))


def test_the_page_lists_exactly_the_parameters_of_the_model() -> None:
    assert set(TABLE) == {row_name(name) for name in DESCRIBED}


@pytest.mark.parametrize("term", DESCRIBED.values(), ids=DESCRIBED)
def test_letter_unit_range_and_meaning_are_those_of_the_model(term: object) -> None:
    letter, unit, interval, _, meaning = TABLE[row_name(term.name)]
    own = re.sub(r"_\{[xyz]( [xyz])?\}$", "", term.symbol)
    assert (letter, unit) == (LETTERS.get(own, own), term.unit)
    assert interval == term.interval.replace("inf", "∞").replace("-", "−")
    assert meaning.startswith(re.split(r" of [xyz]\b", term.meaning)[0])
    assert not term.at_most or meaning.endswith(f"at most `{term.at_most}`")


def two_nation_rows(model: Model) -> dict[str, float]:
    """Defaults of two nations under the names of the page, which are those of three."""
    pairs = {"terrain": "terrain_i_j", "exposure_i": "exposure_i_j", "prior_i": "prior_i_j"}
    rows = ((row_name(name), value) for name, value in model.values.items())
    return {pairs.get(name, name): value for name, value in rows}


def test_the_defaults_are_those_of_two_nations() -> None:
    both = security_dilemma(fear="state"), security_dilemma(fear="state", beliefs=True, balance_scaling=True)
    written = {name: float(row[3].replace("−", "-")) for name, row in TABLE.items()}
    assert written == two_nation_rows(both[0]) | two_nation_rows(both[1])


def test_the_default_reaction_of_three_nations_is_shared_out_as_the_page_says() -> None:
    assert THREE.values["defence_x"] == 0.45 / (3 - 1)
