"""N nations: written out for a few, as loops for many, the same numbers either way; and collective security."""

import pickle
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from richardson import errors
from richardson.compiled.field import Field
from richardson.compiled.kernels.layout import constant_rows, jacobian_rows
from richardson.dynamics.integrate import integrate
from richardson.models import collective_security, nations
from richardson.models.nations import _families, _race
from richardson.models.quantities import arms
from richardson.stability.equilibria import equilibria
from richardson.stability.spectrum import spectrum
from richardson.stability.window import Window
from richardson.study.binding import bind
from richardson.study.design import Design
from richardson.study.run import run_ensemble
from richardson.symbolic.indexed import ARMS, EACH, MUTUAL, PAIR, SHARED, Family, OverNations, mutual, other, own, pair, shared, total
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model

MANY = 9  # more than are written out; one number for most tests, so that loops are compiled once
ROUNDING = 1e-14  # sums of few terms, in another order


def wide(model: Model, low: float = -1e3, high: float = 1e3) -> Window:
    """A window of all states."""
    return Window(**dict.fromkeys(model.state_names, (low, high)))


def random_race(count: int, seed: int = 1, share: float = 0.8) -> tuple[Model, np.ndarray]:
    """A stable race of many nations, and its reactions: rows add up to less than fatigue."""
    rng = np.random.default_rng(seed)
    defence = rng.uniform(0, 2 * share / (count - 1), (count, count))
    np.fill_diagonal(defence, 0)
    defence *= share / defence.sum(axis=1, keepdims=True)
    return nations(count).with_values(defence=defence, fatigue=1, grievance=rng.uniform(0.1, 1, count)), defence


def as_loops(model: Model, equations: OverNations) -> IndexedModel:
    """The same equations and numbers as a written-out model, compiled as loops."""
    states = tuple(arms(nation) for nation in equations.nations)
    return IndexedModel(model.name, states, equations.families, model.numbers, equations=equations)


def nonlinear() -> tuple[Model, IndexedModel]:
    """Every kind of index, with own states within a sum, both ways."""
    names = ("x", "y", "z", "u")
    kinds = {"bias": SHARED, "fatigue": EACH, "weight": PAIR, "barrier": MUTUAL}
    families = tuple(Family(name, default=0.3, index=index, nations=names) for name, index in kinds.items())
    inner = pair("weight") * other(ARMS) / (1 + mutual("barrier") + own(ARMS) ** 2) * other("fatigue")
    rate = total(inner) ** 2 * shared("bias") - own("fatigue") * own(ARMS) + total(mutual("barrier") * other(ARMS))
    equations = OverNations(names, (ARMS,), families, (rate,))
    rng = np.random.default_rng(2)
    parameters = {name: rng.uniform(0.1, 1) for family in families for name in family.names}
    rates = dict(zip(names, equations.written_out(), strict=True))
    plain = Model.from_equations(rates, parameters)
    return plain, as_loops(plain, equations)


def test_loops_give_the_rates_and_the_jacobian_of_what_is_written_out() -> None:
    for plain, loops in (
        nonlinear(),
        (
            three := nations(3, defence_x_y=0.3),
            as_loops(
                three,
                OverNations(
                    three.state_names, (ARMS,), tuple(_families(three.state_names)), (_race(total(pair("defence") * other(ARMS))),)
                ),
            ),
        ),
    ):
        state = np.random.default_rng(3).uniform(0, 2, len(plain.states))
        for one, same in zip(Field(plain).rates_and_jacobian(0.0, state), Field(loops).rates_and_jacobian(0.0, state), strict=True):
            np.testing.assert_allclose(same, one, rtol=ROUNDING, atol=ROUNDING)
        np.testing.assert_allclose(Field(loops).rates(0.0, state), Field(plain).rates(0.0, state), rtol=ROUNDING, atol=ROUNDING)


def test_the_parameters_of_many_have_the_names_and_the_order_of_the_written_out_ones() -> None:
    plain, loops = nonlinear()
    assert loops.parameter_names == plain.parameter_names


def test_many_nations_have_the_rates_of_a_matrix_product() -> None:
    model, defence = random_race(MANY)
    state = np.linspace(0, 3, MANY)
    np.testing.assert_allclose(Field(model).rates(0.0, state), defence @ state - state + model.values["grievance"], rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(Field(model).jacobian(0.0, state), defence - np.eye(MANY))


@pytest.mark.parametrize("count", [MANY, pytest.param(100, marks=pytest.mark.slow)])
def test_many_nations_have_their_one_equilibrium_with_proof(count: int) -> None:
    model, defence = random_race(count)
    found = equilibria(model, wide(model))
    np.testing.assert_allclose(found[0].state, np.linalg.solve(np.eye(count) - defence, model.values["grievance"]), rtol=1e-12)
    certificate = found[0].certificate
    assert (len(found), found.is_complete, found[0].is_stable, certificate.is_stable, certificate.method) == (1, True, True, True, "linear")
    assert (certificate.upper - certificate.lower < 1e-12).all()
    assert found[0].spiral_number == pytest.approx(0.8, rel=1e-12)  # every row of D⁻¹P adds up to it


def test_a_race_that_runs_away_is_proved_unstable() -> None:
    """N identical nations: λ = (N − 1)k − a."""
    model = nations(MANY, defence=0.14, fatigue=1)
    one = equilibria(model, wide(model))[0]
    assert one.certificate.is_stable is False
    assert one.eigenvalues[0].real == pytest.approx(8 * 0.14 - 1, rel=1e-10)
    assert spectrum(model, one).spiral_number == pytest.approx(8 * 0.14, rel=1e-12)


@pytest.mark.parametrize("blocs", [1, 4])
def test_a_bloc_that_runs_away_is_proved_unstable_though_others_do_not_answer_it(blocs: int) -> None:
    """Pairs with k = 1.2: λ = 0.2, and of several alike no vector is the leading one."""
    table = np.zeros((MANY, MANY))
    for first in range(0, 2 * blocs, 2):
        table[first, first + 1] = table[first + 1, first] = 1.2
    one = equilibria(nations(MANY, defence=table), wide(nations(MANY)))[0]
    assert (one.is_stable, one.certificate.is_stable, one.eigenvalues[0].real) == (False, False, pytest.approx(0.2, rel=1e-12))


@pytest.mark.parametrize("count", [4, MANY])
def test_the_units_of_each_nations_arms_do_not_change_whether_its_rest_is_stable(count: int) -> None:
    model, defence = random_race(count)
    units = 10.0 ** np.random.default_rng(6).uniform(-6, 6, count)
    scaled = model.with_values(defence=defence * units[:, None] / units, grievance=0)
    one, same = (spectrum(each, np.zeros(count)) for each in (model.with_values(grievance=0), scaled))
    assert (same.is_stable, same.kind) == (one.is_stable, one.kind)
    np.testing.assert_allclose(np.sort(same.eigenvalues), np.sort(one.eigenvalues), rtol=1e-10)


def test_an_equilibrium_outside_the_window_is_proved_absent() -> None:
    model, _ = random_race(MANY)
    found = equilibria(model, wide(model, 1000, 1001))
    assert (len(found), found.is_complete) == (0, True)


def test_a_singular_matrix_is_refused() -> None:
    model = nations(MANY, defence=0.125, fatigue=1)
    with pytest.raises(errors.ComputationError, match="singular"):
        equilibria(model, wide(model))


def test_many_nations_come_to_rest_where_the_matrix_says() -> None:
    model, defence = random_race(MANY)
    run = integrate(model, np.zeros(MANY), [0, 200])
    np.testing.assert_allclose(run.states[-1], np.linalg.solve(np.eye(MANY) - defence, model.values["grievance"]), rtol=1e-6)


def test_more_than_six_nations_pickle_compare_and_change_values() -> None:
    model, defence = random_race(7)
    other_one = model.with_values(defence_n1_n2=0.5, fatigue={"n3": 2.0})
    assert pickle.loads(pickle.dumps(model)) == model
    assert model != other_one
    assert hash(model) == hash(replace(model))
    assert model.fingerprint == other_one.fingerprint != nations(8).fingerprint
    assert (other_one.values["defence"][0, 1], other_one.values["fatigue"].tolist()[2]) == (0.5, 2.0)
    np.testing.assert_array_equal(model.values["defence"], defence)


def test_a_member_wins_over_its_family_in_any_order() -> None:
    for model in (nations(8, defence_n1_n2=0.5, defence=0.1), nations(8, defence=0.1, defence_n1_n2=0.5)):
        assert model.values["defence"][0, 1:3].tolist() == [0.5, 0.1]


@pytest.mark.parametrize("verb", ["rates", "jacobian"])
def test_what_needs_every_rate_as_a_formula_is_refused_with_what_to_do(verb: str) -> None:
    with pytest.raises(errors.ModelError, match="at most 6 nations"):
        getattr(nations(7), verb)


def test_a_parameter_of_loops_is_not_moved_along_a_branch() -> None:
    with pytest.raises(errors.ModelError, match="at most 6 nations"):
        nations(7).resolve("fatigue")
    with pytest.raises(errors.UnknownNameError, match="fatigue"):
        nations(7).resolve("fatige")


@pytest.mark.parametrize("count", [3, 7])
@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        (np.ones((2, 2)), "entries"),
        (np.ones(3), "entries"),
        ({("n1", "n9"): 1.0}, "no nation here"),
        ({"a": {"a": 1.0}}, "different nations"),
        ({"a": 1.0}, "different nations"),
        ([["much"] * 7] * 7, "entries|itself"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(count: int, value: object, refusal: str) -> None:
    names = tuple("abcdefg"[:count])
    with pytest.raises(errors.RichardsonError, match=refusal):
        nations(names, defence=value)


@pytest.mark.parametrize("count", [3, 7])
def test_an_entry_that_is_no_number_is_refused_by_its_pair(count: int) -> None:
    for wrong in ("much", float("nan"), None):
        with pytest.raises(errors.OutOfBoundsError, match="a to c|a_c"):
            nations(tuple("abcdefg"[:count]), defence={("a", "c"): wrong})


@pytest.mark.parametrize("count", [3, 7])
def test_a_diagonal_that_says_something_is_refused(count: int) -> None:
    with pytest.raises(errors.InvalidInputError, match="itself"):
        nations(count, defence=np.eye(count))


def test_a_few_nations_take_arrays_and_mappings_too() -> None:
    table = np.array([[0, 0.1, 0.2], [0.3, 0, 0.4], [0.5, 0.6, np.nan]])
    by_array = nations(3, defence=table, fatigue=[1, 2, 3])
    by_pair = nations(
        3, defence={("x", "y"): 0.1, "x": {"z": 0.2}, "y": {"x": 0.3, "z": 0.4}, "z": {"x": 0.5, "y": 0.6}}, fatigue={"y": 2, "z": 3}
    )
    assert by_array == by_pair
    assert by_array.values["defence_z_y"] == 0.6


def test_one_number_takes_no_table() -> None:
    for count in (3, 7):
        with pytest.raises(errors.InvalidInputError, match="one number"):
            collective_security(count, commitment=[0.1, 0.2])


def test_without_commitment_a_pact_is_the_race_of_nations() -> None:
    for count in (3, 8):
        race, paper = nations(count), collective_security(count, commitment=0)
        state = np.linspace(0.5, 2, count)
        np.testing.assert_allclose(Field(paper).rates(0.0, state), Field(race).rates(0.0, state), rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize(("commitment", "leading"), [(0, 0.04), (1 / 3, 0.0), (1, -0.08)])
def test_a_pact_of_three_calms_the_race_as_the_closed_form_says(commitment: float, leading: float) -> None:
    """λ = k[(N − 1)(1 − κ) + κ] − a at k = .12, a = .2."""
    model = collective_security(3, defence=0.12, fatigue=0.2, commitment=commitment)
    assert np.linalg.eigvals(Field(model).jacobian(0.0, np.ones(3))).real.max() == pytest.approx(leading, abs=1e-15)


@pytest.mark.parametrize("count", [2, 8])
def test_full_commitment_makes_a_race_of_all_a_race_of_two(count: int) -> None:
    jacobian = Field(collective_security(count, defence=0.12, fatigue=0.2, commitment=1)).jacobian(0.0, np.ones(count))
    assert np.linalg.eigvals(jacobian).real.max() == pytest.approx(-0.08, abs=1e-13)


def test_members_and_outsiders_are_feared_as_the_form_says() -> None:
    for names in (("a", "b", "c", "d"), tuple("abcdefgh")):
        jacobian = Field(collective_security(names, pact=("a", "c", "d"), defence=1, commitment=0.6)).jacobian(0.0, np.ones(len(names)))
        assert jacobian[0, 2] == pytest.approx(1 - 0.6 + 0.6 / 2)
        assert jacobian[0, 1] == pytest.approx(1 - 0.6 + 0.6 / 3)
        assert jacobian[1, 0] == 1.0


def test_the_leading_eigenvalue_never_rises_with_commitment() -> None:
    rng = np.random.default_rng(5)
    defence = rng.uniform(0, 1, (9, 9)) * ~np.eye(9, dtype=bool)
    model = collective_security(9, pact=("n1", "n4", "n5"), defence=defence)
    leading = [
        np.linalg.eigvals(Field(model.with_values(commitment=kappa)).jacobian(0.0, np.ones(9))).real.max()
        for kappa in np.linspace(0, 1, 11)
    ]
    assert (np.diff(leading) <= 1e-12).all()


@pytest.mark.parametrize("pact", [("x",), ("x", "x"), ("x", "w"), "xy", ()])
def test_a_pact_that_is_none_is_refused(pact: object) -> None:
    with pytest.raises(errors.RichardsonError, match="pact"):
        collective_security(3, pact=pact)  # type: ignore[arg-type] # wrong on purpose


def test_a_pact_belongs_to_the_equations() -> None:
    assert collective_security(7, pact=("n1", "n2")).fingerprint != collective_security(7).fingerprint


def test_a_race_with_negative_reactions_is_proved_by_the_race_that_has_them_positive() -> None:
    one = equilibria(nations(MANY, defence=-0.05, fatigue=1), wide(nations(MANY)))[0]
    assert one.certificate.is_stable is True
    assert one.spiral_number is None


def test_nothing_is_proved_of_the_stability_of_a_race_of_mixed_signs_that_no_vector_settles() -> None:
    """−0.2 everywhere: eigenvalues −1 − 8·0.2 and −1 + 0.2, all stable, although |−0.2|·8 > 1."""
    one = equilibria(nations(MANY, defence=-0.2, fatigue=1), wide(nations(MANY)))[0]
    assert (one.is_stable, one.certificate.is_stable) == (True, None)


@pytest.mark.parametrize("kind", ["linear", "of every index"])
def test_lanes_side_by_side_give_the_rates_and_slopes_of_each_run(kind: str) -> None:
    lanes, model = 4, nations(MANY) if kind == "linear" else nonlinear()[1]
    field = Field(model)
    d = field.dimension
    functions = field.over_lanes(lanes, with_slopes=True)
    block = np.full((constant_rows(d) + functions.constants) * lanes, np.nan)
    parameters = np.outer(field.parameters, np.linspace(1, 1.5, lanes))
    functions.derive(parameters.ravel(), block)
    rows = block.reshape(-1, lanes)
    rows[0], rows[1 : 1 + d] = 0.0, np.random.default_rng(4).uniform(0, 2, (d, lanes))
    functions.rates(block)
    functions.slopes(block)
    first = jacobian_rows(d)
    for lane in range(lanes):
        field.parameters = np.ascontiguousarray(parameters[:, lane])
        rates, jacobian = field.rates_and_jacobian(0.0, np.ascontiguousarray(rows[1 : 1 + d, lane]))
        np.testing.assert_allclose(rows[1 + d : 1 + 2 * d, lane], rates, rtol=ROUNDING, atol=ROUNDING)
        np.testing.assert_allclose(rows[first : first + d * d, lane].reshape(d, d), jacobian, rtol=ROUNDING, atol=ROUNDING)
        assert (rows[first + d * d : first + d * d + d, lane] == 0).all()


@pytest.mark.slow
def test_an_ensemble_of_many_nations_ends_where_single_runs_do() -> None:
    model, _ = random_race(MANY)
    design = Design.grid({"fatigue": [0.9, 1.5], "defence_n1_n2": [0.0, 0.2], "n3": [0.0, 2.0]})
    runs = run_ensemble(model, design, {name: 0.0 for name in model.state_names if name != "n3"}, 10.0)
    for (fatigue, defence, start), end in zip(design.samples, runs.states[:, 0], strict=True):
        changed = model.with_values(fatigue=fatigue, defence_n1_n2=defence)
        single = integrate(changed, [start if name == "n3" else 0.0 for name in model.state_names], [0, 10])
        np.testing.assert_allclose(end, single.states[-1], rtol=1e-6)


def test_a_design_out_of_bounds_of_its_family_is_refused() -> None:
    with pytest.raises(errors.OutOfBoundsError, match="commitment"):
        bind(collective_security(MANY), Design.grid({"fatigue": [0.5, 1.0], "commitment": [0.5, 1.5]}), np.zeros(MANY))


def test_a_record_of_loops_is_refused_with_what_to_do() -> None:
    with pytest.raises(errors.ModelError, match="at most 6 nations"):
        Field(nations(MANY)).over_lanes(4, with_slopes=False, records=["n1"])


@pytest.mark.parametrize("names", [("a", "a_b", "b_c", "c"), ("a", "a_b", "b_c", "c", "d", "e", "f")])
def test_pairs_that_would_share_a_name_are_refused(names: tuple[str, ...]) -> None:
    """a towards b_c and a_b towards c."""
    with pytest.raises(errors.ModelError, match="'defence_a_b_c' occurs twice"):
        nations(names)


@pytest.mark.parametrize("others", ["abcde", "abcdef"])
def test_a_nation_with_the_name_of_a_parameter_is_refused(others: str) -> None:
    with pytest.raises(errors.ModelError, match="'fatigue_a' occurs twice"):
        nations((*others, "fatigue_a"))


@pytest.mark.parametrize("value", [np.float32(0.25), np.array(0.25), Fraction(1, 4)], ids=["float32", "array", "fraction"])
def test_numbers_of_many_nations_are_floats_however_they_are_given(value: object) -> None:
    model = nations(7, defence_n1_n2=value)
    assert model == nations(7, defence_n1_n2=0.25)
    assert {type(number) for number in model.numbers} == {float}


def test_a_frame_whose_diagonal_is_missing_is_read_as_one_with_zeros() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame([[pandas.NA, 0.1], [0.2, pandas.NA]], index=["b", "a"], columns=["b", "a"])
    values = nations(("a", "b"), defence=frame).values
    assert (values["defence_b_a"], values["defence_a_b"]) == (0.1, 0.2)


def test_equations_whose_sums_hold_own_arms_are_not_taken_for_linear_ones_with_one_matrix() -> None:
    """Σ k (xⱼ − xᵢ): its own slope is a sum over pairs, which the proof's matrix does not write."""
    names = tuple("abcdefg")
    families = (Family("defence", default=0.1, index=PAIR, nations=names),)
    equations = OverNations(names, (ARMS,), families, (total(pair("defence") * (other(ARMS) - own(ARMS))),))
    model = IndexedModel("own", tuple(arms(name) for name in names), families, (0.1,) * families[0].size, equations=equations)
    assert not equations.is_linear
    np.testing.assert_allclose(np.diagonal(Field(model).jacobian(0.0, np.zeros(7))), -0.6, rtol=ROUNDING)
    with pytest.raises(errors.ComputationError, match="a whole curve of them"):  # all nations alike, at any level
        equilibria(model, wide(model))


@pytest.mark.parametrize("others", ["", "cdef"])
def test_a_nation_named_like_a_pair_of_others_is_not_taken_for_them(others: str) -> None:
    names = ("a", "b", "a_b", *others)
    table = np.arange(len(names) ** 2, dtype=float).reshape(len(names), -1) * ~np.eye(len(names), dtype=bool)
    jacobian = Field(nations(names, defence=table, fatigue=0)).jacobian(0.0, np.zeros(len(names)))
    np.testing.assert_array_equal(jacobian, table)
