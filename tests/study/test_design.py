import itertools
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

import richardson
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.files import load, save
from richardson.study.design import Design

BOX = {"balance": (-1, 1), "x": (0, 5)}
UNIT = {"a": (0, 1), "b": (0, 1), "c": (0, 1)}
DRAWN = {"latin_hypercube": Design.latin_hypercube, "sobol": Design.sobol, "halton": Design.halton}
names = st.text("ab_c", min_size=1, max_size=5)
numbers = st.floats(allow_nan=False, allow_infinity=False)
axes = st.dictionaries(names, st.lists(numbers, min_size=1, max_size=4), min_size=1, max_size=4)


@pytest.fixture(params=DRAWN)
def draw(request: pytest.FixtureRequest) -> Any:
    return DRAWN[request.param]


@given(axes=axes)
def test_a_grid_is_the_product_of_its_axes_in_order(axes: dict[str, list[float]]) -> None:
    design = Design.grid(axes)
    assert design.names == tuple(axes)
    assert [tuple(row) for row in design.samples.tolist()] == list(itertools.product(*axes.values()))


@given(first=axes, second=axes)
def test_a_product_pairs_every_member_with_every_other_in_order(first: dict[str, list[float]], second: dict[str, list[float]]) -> None:
    second = {f"other_{name}": axis for name, axis in second.items()}  # no name in both
    a, b = Design.grid(first), Design.grid(second)
    product = a * b
    assert product.names == (*first, *second)
    assert product.samples.tolist() == [one + other for one, other in itertools.product(a.samples.tolist(), b.samples.tolist())]


def test_a_product_is_associative_and_says_what_it_is_made_of() -> None:
    one, two, three = Design.grid({"a": [1, 2]}), Design.from_table({"b": [3, 4], "c": [5, 6]}), Design.halton({"d": (0, 1)}, size=3, rng=1)
    left, right = (one * two) * three, one * (two * three)
    assert np.array_equal(left.samples, right.samples)
    assert repr(left) == repr(right) == "Design(grid × table × halton, 12 members: a, b, c, d)"
    assert left.ranges == right.ranges == (("d", 0.0, 1.0),)
    assert left.entropy == right.entropy == 1


def test_a_product_keeps_the_entropy_and_the_settings_of_both_factors() -> None:
    product = Design.halton({"a": (0, 1)}, size=2, rng=7) * Design.sobol({"b": (0, 1)}, size=2, rng=[8, 9])
    assert product.entropy == product.provenance.entropy == (7, 8, 9)
    settings = dict(product.provenance.settings)
    assert [dict(settings[factor])["verb"] for factor in ("first", "second")] == ["Design.halton", "Design.sobol"]


@pytest.mark.parametrize("other", [2, None, "x", [1, 2]], ids=repr)
def test_only_designs_multiply(other: Any) -> None:
    with pytest.raises(TypeError):
        _ = Design.grid({"x": [1]}) * other


def test_columns_are_got_by_name_and_are_copies() -> None:
    design = Design.from_table({"balance": [-1, 0, 1], "x": [5, 6, 7]})
    design["x"][:] = 0.0
    assert len(design) == 3
    assert design["x"].tolist() == [5.0, 6.0, 7.0]
    with pytest.raises(UnknownNameError, match="no column 'balnce'.*mean 'balance'"):
        _ = design["balnce"]


def test_samples_cannot_be_changed_through_the_design_or_the_array_it_came_from() -> None:
    column = np.array([1.0, 2.0])
    design = Design.from_table({"x": column})
    column[0] = 9.0
    assert design.samples.tolist() == [[1.0], [2.0]]
    assert design.samples.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        design.samples[0, 0] = 9.0


def test_a_table_comes_back_from_its_design() -> None:
    table = {"x": [1.5, 2.0], "y": [0.0, -1.0]}
    assert {name: column.tolist() for name, column in Design.from_table(table).to_table().items()} == table


@pytest.mark.extra
def test_a_data_frame_is_a_table_and_must_not_repeat_a_label() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas comes with the extra data; .ci/run has it")
    frame = pandas.DataFrame({"x": [1, 2], "y": [3.5, 4.5]})
    assert Design.from_table(frame).samples.tolist() == [[1.0, 3.5], [2.0, 4.5]]
    with pytest.raises(InvalidInputError, match="'x' twice"):
        Design.from_table(frame.rename(columns={"y": "x"}))


@pytest.mark.extra
@pytest.mark.parametrize("name", ["x", "member"])
def test_a_dataset_lies_over_the_members(name: str) -> None:
    pytest.importorskip("xarray", reason="xarray comes with the extra data; .ci/run has it")
    found = Design.from_table({name: [4, 5]}).to_xarray()
    assert dict(found.sizes) == {"member": 2}
    assert found[name].values.tolist() == [4.0, 5.0]


@pytest.mark.parametrize("depth", range(6))
def test_every_dyadic_interval_of_a_sobol_design_holds_the_same_number_of_members(depth: int) -> None:
    design = Design.sobol(UNIT, size=2**8, rng=3)
    for name in design.names:
        counts = np.bincount((design[name] * 2**depth).astype(int), minlength=2**depth)
        assert set(counts) == {2 ** (8 - depth)}


def test_every_quarter_of_a_face_of_a_sobol_design_holds_the_same_number_of_members() -> None:
    design = Design.sobol({"a": (0, 1), "b": (0, 1)}, size=2**8, rng=3)  # the first two dimensions are a (0, m, 2)-net in base 2
    cells = (design.samples * 16).astype(int)
    assert set(np.bincount(cells[:, 0] * 16 + cells[:, 1], minlength=256)) == {1}


@given(size=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_a_latin_hypercube_has_one_member_in_each_stratum_of_each_name(size: int, seed: int) -> None:
    design = Design.latin_hypercube(UNIT, size=size, rng=seed)
    for name in design.names:
        assert sorted((design[name] * size).astype(int)) == list(range(size))


def test_low_discrepancy_designs_are_more_even_than_random_points_ever_are() -> None:
    random = [qmc.discrepancy(np.random.default_rng(seed).random((256, 3))) for seed in range(20)]
    for method in ("sobol", "halton"):
        assert qmc.discrepancy(DRAWN[method](UNIT, size=256, rng=1).samples) < 0.2 * min(random)


def test_a_halton_design_fills_the_fractions_of_the_base_of_each_name_evenly() -> None:
    design = Design.halton(UNIT, size=900, rng=5)  # 900 = 2² · 3² · 5²
    for name, base in zip(UNIT, (2, 3, 5), strict=True):
        counts = np.bincount((design[name] * base**2).astype(int), minlength=base**2)
        assert set(counts) == {900 // base**2}


def test_drawn_values_are_uniform_within_their_ranges(draw: Any) -> None:
    design = draw(BOX, size=1024, rng=2)
    for name, (low, high) in BOX.items():
        column = design[name]
        assert low <= column.min() < column.max() <= high
        # the mean of 1024 even points errs by far less than the 1 % that independent ones would
        assert abs(column.mean() - (low + high) / 2) < 0.01 * (high - low)
        assert abs(column.std() - (high - low) / 12**0.5) < 0.01 * (high - low)


@given(low=numbers, high=numbers, seed=st.integers(0, 100))
def test_no_rounding_carries_a_value_over_the_ends_of_its_range(low: float, high: float, seed: int) -> None:
    low, high = min(low, high), max(low, high)
    if low < high:
        samples = Design.latin_hypercube({"x": (low, high)}, size=8, rng=seed).samples
        assert ((samples >= low) & (samples <= high)).all()


def test_the_same_rng_gives_the_same_members_and_another_gives_others(draw: Any) -> None:
    once, again, other = (draw(BOX, size=16, rng=rng).samples for rng in (1, 1, 2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_all_that_starts_the_same_numbers_gives_the_same_members(draw: Any) -> None:
    sequence = np.random.SeedSequence(1)
    sources = (1, np.random.default_rng(1), np.random.PCG64(1), sequence, sequence)
    samples = [draw(BOX, size=16, rng=rng).samples for rng in sources]
    assert all(np.array_equal(samples[0], other) for other in samples)


def test_a_generator_moves_on_and_counts_what_was_drawn_before(draw: Any) -> None:
    generator = np.random.default_rng(1)
    first, second = (draw(BOX, size=16, rng=generator).samples for _ in range(2))
    assert not np.array_equal(first, second)


def test_a_generator_without_a_seed_sequence_will_do(draw: Any) -> None:
    generator = np.random.Generator(np.random.RandomState(1)._bit_generator)
    assert draw(BOX, size=16, rng=generator).entropy is None


def test_what_was_asked_and_drawn_from_is_recorded(draw: Any) -> None:
    design = draw(BOX, size=16, rng=12)
    settings = dict(design.provenance.settings)
    assert design.entropy == design.provenance.entropy == 12
    assert design.ranges == settings["ranges"] == (("balance", -1.0, 1.0), ("x", 0.0, 5.0))
    assert getattr(Design, design.method)(BOX, size=settings["size"], rng=design.entropy).samples.tolist() == design.samples.tolist()
    assert settings["verb"] == f"Design.{design.method}"


def test_without_rng_the_entropy_that_was_found_draws_the_design_again(draw: Any) -> None:
    design = draw(BOX, size=16)
    assert np.array_equal(draw(BOX, size=16, rng=design.entropy).samples, design.samples)


@pytest.mark.parametrize(
    ("design", "text"),
    [
        (Design.sobol(BOX, size=2**16, rng=1), "Design(sobol, 65536 members: balance, x)"),
        (Design.from_table({"x": [1]}), "Design(table, 1 member: x)"),
        (Design.grid({f"a{i}": [1] for i in range(100)}), "Design(grid, 1 member: a0, a1, a2, a3, a4, a5, a6, a7, …)"),
    ],
)
def test_a_design_names_itself_shortly(design: Design, text: str) -> None:
    assert repr(design) == text


def same(one: Design, other: Design) -> bool:
    """Whether two designs agree in every field, samples to the last bit."""
    return one.samples.tobytes() == other.samples.tobytes() and all(
        getattr(one, field) == getattr(other, field) for field in ("names", "entropy", "method", "ranges", "provenance")
    )


DESIGNS = (
    Design.sobol(BOX, size=8, rng=1),
    Design.latin_hypercube(BOX, size=5),
    Design.halton(BOX, size=5, rng=[1, 2]) * Design.grid({"y": [0, 1]}),
    Design.from_table({"x": [1, 2]}),
)


@pytest.mark.parametrize("design", DESIGNS, ids=repr)
def test_a_design_survives_pickling_and_stays_read_only(design: Design) -> None:
    copy = pickle.loads(pickle.dumps(design))
    assert same(copy, design)
    assert not copy.samples.flags.writeable


@pytest.mark.parametrize("design", DESIGNS, ids=repr)
def test_a_design_comes_back_from_a_file(design: Design, tmp_path: Path) -> None:
    save(design, tmp_path / "design.rn")
    assert same(load(tmp_path / "design.rn"), design)


def test_the_design_is_public() -> None:
    assert richardson.Design is Design


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        ((1, -1), r"'x' must run from low to high; got \(1, -1\). Did you mean \(-1, 1\)"),
        ((1, 1), r"got \(1, 1\). Fix 'x'"),
        ((0, float("inf")), "'x'.*finite.*inf"),
        ((float("nan"), 1), "'x'.*finite.*nan"),
        ((0, 1, 2), r"'x'.*pair.*\(0, 1, 2\)"),
        (3, "'x'.*pair.*got 3"),
        ("wide", "'x'.*pair.*'wide'"),
        (None, "'x'.*pair.*None"),
        ((0, 10**400), "'x'.*pair"),
        ([[0, 1]], "'x'.*pair"),
    ],
    ids=str,
)
def test_a_range_that_is_none_is_refused(draw: Any, span: Any, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        draw({"balance": (-1, 1), "x": span}, size=4, rng=1)


@pytest.mark.parametrize("size", [0, -4, 2.5, 16.0, True, "16", None, float("nan")], ids=repr)
def test_a_size_that_is_no_number_of_members_is_refused(draw: Any, size: Any) -> None:
    with pytest.raises(InvalidInputError, match=f"whole number, at least 1; got {size!r}"):
        draw(BOX, size=size, rng=1)


@pytest.mark.parametrize(("size", "neighbours"), [(3, (2, 4)), (1000, (512, 1024)), (np.int64(1025), (1024, 2048))])
def test_a_sobol_size_between_powers_of_two_is_refused_with_its_neighbours(size: Any, neighbours: tuple[int, int]) -> None:
    with pytest.raises(InvalidInputError, match=f"{size} members.*size={neighbours[0]} or size={neighbours[1]}"):
        Design.sobol(BOX, size=size, rng=1)


def test_more_names_than_the_sobol_sequence_has_dimensions_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="21202 names.*21201 dimensions.*latin_hypercube"):
        Design.sobol({f"a{i}": (0, 1) for i in range(21_202)}, size=1, rng=1)


@pytest.mark.parametrize("rng", [-1, "one", 1.5], ids=repr)
def test_an_rng_that_is_none_is_refused(draw: Any, rng: Any) -> None:
    with pytest.raises(InvalidInputError, match="rng="):
        draw(BOX, size=4, rng=rng)


MAKERS = {
    "grid": lambda name: Design.grid({"x": [1], name: [1]}),
    "table": lambda name: Design.from_table({"x": [1], name: [1]}),
    "sobol": lambda name: Design.sobol({"x": (0, 1), name: (0, 1)}, size=2),
}


@pytest.mark.parametrize("name", ["", "défense", "two words", "1x", "x-y", 3, None, ("x", "y")], ids=repr)
@pytest.mark.parametrize("maker", MAKERS)
def test_a_name_that_nothing_can_have_is_refused(maker: str, name: Any) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        MAKERS[maker](name)
    assert repr(name) in str(refusal.value)


@pytest.mark.parametrize("given", [{}, [], None, 5, "x", [("x", (0, 1))]], ids=repr)
@pytest.mark.parametrize("make", [Design.grid, Design.from_table, lambda ranges: Design.halton(ranges, size=4)])
def test_what_names_nothing_is_refused(make: Any, given: Any) -> None:
    with pytest.raises(InvalidInputError, match="must be a mapping of at least one name"):
        make(given)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], r"'y'.*at least one number; got shape \(0,\)"),
        (2.0, r"'y'.*sequence.*got shape \(\)"),
        ([[1, 2]], r"'y'.*shape \(1, 2\)"),
        (["a"], "'y' must be numbers"),
        ([1, float("nan")], r"1 of the 2 values of 'y'.*position 1 \(nan\)"),
        ([float("-inf"), float("nan"), 1], r"2 of the 3 values of 'y'.*position 0 \(-inf\)"),
    ],
    ids=str,
)
@pytest.mark.parametrize("make", [Design.grid, Design.from_table])
def test_a_column_that_is_no_sequence_of_finite_numbers_is_refused(make: Any, values: Any, reason: str) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        make({"x": [1, 2], "y": values})


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="equally long; got 'x' 2, 'y' 3"):
        Design.from_table({"x": [1, 2], "y": [1, 2, 3]})


def test_a_name_in_both_factors_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="Both designs give x"):
        _ = Design.grid({"x": [1], "y": [1]}) * Design.grid({"z": [1], "x": [2]})


def test_a_grid_beyond_the_memory_is_refused_at_once() -> None:
    with pytest.raises(InvalidInputError, match=r"100 × 100 .*combinations are 1(0{80}) members.*Give fewer values"):
        Design.grid({f"a{i}": np.arange(100) for i in range(40)})


@pytest.mark.parametrize("samples", [np.empty((0, 1)), [1.0], [[1.0, 2.0]], [[float("nan")]], "x"], ids=str)
def test_parts_that_do_not_fit_together_are_refused(samples: Any) -> None:
    known = Design.from_table({"x": [1]})
    with pytest.raises(InvalidInputError):
        Design(("x",), samples, None, "table", (), known.provenance)
