import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import richardson.data as shipped
from richardson.errors import UnknownNameError

FOLDER = Path(shipped.__file__).parent
PROVENANCE = tomllib.loads((FOLDER / "provenance.toml").read_text(encoding="utf-8"))


def test_every_shipped_file_is_described_and_every_description_has_a_file():
    assert {path.name for path in FOLDER.glob("*.csv")} == set(PROVENANCE["files"])


@pytest.mark.parametrize("name", sorted(PROVENANCE["files"]))
def test_a_shipped_file_has_the_recorded_bytes(name):
    content = (FOLDER / name).read_bytes()
    described = PROVENANCE["files"][name]
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (described["sha256"], described["bytes"])


@pytest.mark.parametrize("name", sorted(PROVENANCE["files"]))
def test_a_shipped_file_names_a_source_with_citation_and_terms(name):
    source = PROVENANCE[PROVENANCE["files"][name]["source"]]
    assert source["citation"] and source["terms"]


def test_warheads_carry_the_attribution_that_their_licence_asks():
    assert "Federation of American Scientists" in shipped.warheads().source and "CC BY 4.0" in shipped.warheads().source


@pytest.mark.parametrize("entry", shipped.rivalries(), ids=lambda entry: "-".join(entry.states))
def test_a_listed_rivalry_loads_over_its_listed_years_without_gaps(entry):
    race = shipped.rivalry(*entry.states)
    first, last = entry.years
    assert race.names == entry.states and race.times.tolist() == list(range(first, last + 1))
    assert (race.values > 0).all()


@pytest.mark.parametrize("entry", shipped.rivalries(), ids=lambda entry: "-".join(entry.states))
def test_the_listed_years_are_those_of_the_provenance(entry):
    assert PROVENANCE["files"][entry.file]["years"] == list(entry.years)


def test_expenditure_is_the_files_thousands_in_billions():
    # first line of the file: 1950,131400,197876
    assert shipped.rivalry("Greece", "Turkey").values[0] == pytest.approx([0.1314, 0.197876], rel=1e-15)


def test_columns_follow_the_order_asked():
    there, back = shipped.rivalry("Greece", "Turkey"), shipped.rivalry("Turkey", "Greece")
    assert back.names == ("Turkey", "Greece")
    assert (there["Greece"] == back["Greece"]).all()


@pytest.mark.parametrize("pair", [("US", "USSR"), ("usa", "soviet union"), ("United States of America", "russia"), (" America ", "RUS")])
def test_other_names_and_case_stand_for_the_state(pair):
    assert shipped.rivalry(*pair).names == ("United States", "Russia")


def test_every_other_name_that_is_listed_is_found():
    for entry in shipped.rivalries():
        first, second = entry.states
        for alias in entry.aliases[first]:
            assert shipped.rivalry(alias, second).names == entry.states


def test_an_unknown_state_is_refused_with_the_nearest_and_the_list():
    with pytest.raises(UnknownNameError, match=r"'Grece'.*Did you mean 'Greece'.*India–Pakistan"):
        shipped.rivalry("Grece", "Turkey")


@pytest.mark.parametrize("second", ["India", "Greece"])
def test_a_pair_that_is_not_shipped_is_refused_with_the_list(second):
    with pytest.raises(UnknownNameError, match="Shipped rivalries: Greece–Turkey"):
        shipped.rivalry("Greece", second)


def test_the_russian_breaks_are_told():
    assert "317.9 to 119.4" in shipped.rivalry("US", "USSR").source
    russia = shipped.rivalry("US", "USSR").select(years=(1988, 1989))["Russia"]
    assert russia.round(1).tolist() == [317.9, 119.4]


def test_richardsons_table_is_marked_unverified_wherever_it_shows():
    assert "UNVERIFIED" in shipped.richardson_1909().source
    assert "UNVERIFIED" in shipped.richardson_1909.__doc__
    assert "UNVERIFIED" in PROVENANCE["richardson"]["status"]


def test_richardsons_table_has_four_states_and_five_years():
    table = shipped.richardson_1909()
    assert table.names == ("France", "Russia", "Germany", "Austria-Hungary")
    assert table.unit == "million GBP" and table.times.tolist() == [1909, 1910, 1911, 1912, 1913]
    assert table["Germany"].tolist() == [63.1, 62.0, 62.5, 68.2, 95.4]


def test_warheads_have_ten_states_and_no_world():
    stock = shipped.warheads()
    assert len(stock.names) == 10 and "World" not in stock.names
    assert stock["Russia"].max() == 40159  # the Soviet peak of 1986 in this release
    assert stock.times[np.argmax(stock["Russia"])] == 1986


def test_loading_the_data_imports_neither_sympy_nor_numba_nor_scipy():
    code = "import sys, richardson.data as d; d.rivalry('US', 'USSR'); sys.exit(any(m in sys.modules for m in ('sympy', 'numba', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=FOLDER.parent.parent).returncode == 0
