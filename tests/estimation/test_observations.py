import pickle

import numpy as np
import pytest

from richardson.errors import DataError, InvalidInputError, UnknownNameError
from richardson.estimation.observations import Observations

YEARS = [2000, 2001, 2002]


def race(**changes):
    return Observations(YEARS, {"x": [1, 2, 4], "y": [1, np.nan, 3], **changes}, unit="bn USD", source="invented")


def write(folder, text):
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_and_an_array_give_the_same_observations():
    array = Observations(YEARS, [[1, 1], [2, np.nan], [4, 3]], unit="bn USD", names=["x", "y"])
    assert np.array_equal(array.values, race().values, equal_nan=True) and array.names == race().names


def test_a_series_is_found_by_name():
    assert race()["x"].tolist() == [1, 2, 4]


def test_changing_what_is_returned_changes_nothing():
    own = race()
    own["x"][0] = 99.0
    assert own["x"][0] == 1.0


def test_a_misspelt_series_is_refused_with_the_nearest():
    own = Observations(YEARS, {"India": [1, 2, 3]}, unit="bn USD")
    with pytest.raises(UnknownNameError, match="Did you mean 'India'"):
        own["Indai"]


def test_the_total_is_missing_where_a_part_is():
    total = race().sum()
    assert total.names == ("total",) and np.array_equal(total["total"], [2, np.nan, 7], equal_nan=True)


def test_a_sum_of_named_series_says_of_which():
    assert race(z=[1, 1, 1]).sum(["x", "z"])["x + z"].tolist() == [2, 3, 5]


def test_select_keeps_years_with_both_ends_and_names_in_their_order():
    part = race(z=[7, 8, 9]).select(years=(2001, 2002), names=["z", "x"])
    assert part.names == ("z", "x") and part.times.tolist() == [2001, 2002] and part.values.tolist() == [[8, 2], [9, 4]]


def test_select_keeps_unit_and_source():
    part = race().select(years=(2001, 2002))
    assert (part.unit, part.source) == ("bn USD", "invented")


@pytest.mark.parametrize("years", [(2002, 2000), (2002, 2009), (1900, 1910)])
def test_a_span_with_fewer_than_two_times_is_refused(years):
    with pytest.raises(DataError, match="at least two"):
        race().select(years=years)


def test_a_single_text_is_not_a_list_of_names():
    with pytest.raises(InvalidInputError, match=r"Write \['x'\]"):
        race().select(names="x")
    with pytest.raises(InvalidInputError, match=r"pair \(first, last\); got 1950"):
        race().select(years=1950)


@pytest.mark.parametrize(
    ("times", "values", "names", "said"),
    [
        ([2000, 2002, 2001], [[1], [2], [3]], ["x"], "must increase"),
        ([2000, 2000, 2001], [[1], [2], [3]], ["x"], "must increase"),
        (YEARS, [[1], [2]], ["x"], "shape"),
        (YEARS, [[1, 2]] * 3, ["x"], "shape"),
        (YEARS, [1, 2, 3], ["x"], "shape"),
        (YEARS, [[1, 2]] * 3, ["x", "x"], "named twice"),
        (YEARS, [[1], [np.inf], [3]], ["x"], "'x' at 2001 is infinite"),
        (YEARS, [["a"], ["b"], ["c"]], ["x"], "numbers"),
        (YEARS, [[1], [2], [3]], None, "need names="),
        (YEARS, {"x": [1, 2]}, None, "'x' has shape"),
        (YEARS, {"x": [1, 2, 3]}, ["x"], "given twice"),
        (YEARS, {}, None, "at least one series"),
        ([2000], [[1]], ["x"], "at least two"),
        ([2000, np.nan, 2002], [[1], [2], [3]], ["x"], "finite"),
    ],
)
def test_bad_parts_are_refused_in_words(times, values, names, said):
    with pytest.raises(InvalidInputError, match=said):
        Observations(times, values, unit="bn USD", names=names)


def test_unit_is_not_optional():
    with pytest.raises(TypeError, match="unit"):
        Observations(YEARS, {"x": [1, 2, 3]})


def test_observations_survive_pickling():
    back = pickle.loads(pickle.dumps(race()))
    assert np.array_equal(back.values, race().values, equal_nan=True) and back.names == ("x", "y")


def test_the_table_has_time_first():
    assert list(race().to_table()) == ["time", "x", "y"]


def test_the_repr_tells_span_length_and_gaps():
    assert repr(race()) == "<Observations x, y: 2000–2002, 3 times, 1 missing, bn USD>"


def test_names_are_escaped_in_html():
    assert "<b>" not in Observations(YEARS, {"<b>": [1, 2, 3]}, unit="1")._repr_html_()


def test_a_csv_of_ones_own_is_read_with_gaps(tmp_path):
    own = Observations.from_csv(write(tmp_path, "\ufeffyear,A land,B\n2000,1.5,2\n\n2001,,3e1\n"), unit="bn USD")
    assert own.names == ("A land", "B") and own.source == "own.csv"
    assert np.array_equal(own.values, [[1.5, 2], [np.nan, 30]], equal_nan=True)


def test_columns_of_a_csv_can_be_chosen_and_time_named(tmp_path):
    own = Observations.from_csv(write(tmp_path, "A,when,note\n1,2000,x\n2,2001,y\n"), unit="1", time="when", names=["A"], source="mine")
    assert own.values.tolist() == [[1.0], [2.0]] and own.source == "mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year,A\n2000,1\n2001,two\n", "line 3, column 'A': 'two' is not a number"),
        ("year,A\n2000,1\n2001\n", "line 3: 1 fields where the header names 2"),
        ("year,A\n2000,1,2\n2001,1\n", "line 2: 3 fields"),
        ("jahr,A\n2000,1\n2001,2\n", "no column 'year'.*jahr, A"),
        ("year;A\n2000;1\n2001;2\n", "separated by commas"),
        ("", "empty"),
        ("year,A\n2000,1\n,2\n", "without a year"),
    ],
)
def test_a_faulty_csv_is_refused_by_line_and_column(tmp_path, text, said):
    with pytest.raises(DataError, match=said):
        Observations.from_csv(write(tmp_path, text), unit="1")


def test_a_repeated_column_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="named twice"):
        Observations.from_csv(write(tmp_path, "year,A,A\n2000,1,2\n2001,3,4\n"), unit="1")


def test_a_csv_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        Observations.from_csv(tmp_path / "none.csv", unit="1")


def test_a_csv_without_the_column_asked_for_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="Did you mean 'India'"):
        Observations.from_csv(write(tmp_path, "year,India\n2000,1\n2001,2\n"), unit="1", names=["Inda"])


def test_a_masked_value_is_a_missing_one_and_not_what_the_mask_hides() -> None:
    hidden = np.ma.masked_array([1.0, 999.0, 3.0], mask=[False, True, False])
    seen = Observations([1950, 1951, 1952], {"x": hidden, "y": [1.0, 2.0, 3.0]}, unit="USD")
    np.testing.assert_array_equal(seen["x"], [1.0, np.nan, 3.0])
