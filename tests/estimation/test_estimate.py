import pickle

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from richardson.errors import DataError, InvalidInputError, NotIdentifiableError, OutOfBoundsError, UnknownNameError
from richardson.estimation import uncertainty
from richardson.estimation.estimate import estimate
from richardson.estimation.observations import Observations
from richardson.estimation.transition import transition
from richardson.models import linear, rivalry, security_dilemma
from richardson.symbolic.model import Model

A6 = np.array([[-0.2, 0.15, 20.0], [0.1, -0.2, 40.0]])
CALM = np.array([[-0.9, 0.4, 1.0], [0.3, -0.7, 2.0]])
NOISE = np.array([[0.5, 0.2], [0.2, 0.4]])
LENGTH = 400  # long enough for R to be defined in nearly all draws
DEFAULT_DRAWS = uncertainty.DRAWS


def simulated(system, noise, count, rng, *, spacing=1.0, start=None):
    """Exact Gaussian transitions of a linear system, from its equilibrium by default."""
    step = transition(system, spacing)
    state = np.linalg.solve(system[:, :-1], -system[:, -1]) if start is None else np.array(start, dtype=float)
    shocks = np.zeros((count, state.size)) if noise is None else rng.multivariate_normal(np.zeros(state.size), noise, size=count)
    path = [state]
    for shock in shocks:
        path.append(step[:, :-1] @ path[-1] + step[:, -1] + shock)
    names = ("x", "y", "z")[: state.size]
    return Observations(1900 + spacing * np.arange(count + 1), np.array(path), unit="bn USD", names=names)


@pytest.fixture(autouse=True, scope="module")
def few_draws():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uncertainty, "DRAWS", 1000)  # for speed; the default has a test of its own
        yield


def test_intervals_are_drawn_from_ten_thousand():
    assert DEFAULT_DRAWS == 10_000


@pytest.fixture(scope="module")
def noisy():
    return simulated(CALM, NOISE, LENGTH, np.random.default_rng(7))


@pytest.fixture(scope="module")
def fit(noisy):
    return estimate(linear(), noisy, rng=5)


def test_yearly_samples_of_an_exact_path_give_it_back():
    # An exact path of x' = -.2x + .15y + 20, y' = .1x - .2y + 40; yearly differences give e^A - I instead
    path = simulated(A6, None, 60, None, start=(100.0, 20.0))
    exact = estimate(linear(), path, rng=1)
    assert [exact[name].value for name in ("fatigue_x", "fatigue_y", "defence_x", "defence_y")] == pytest.approx(
        [0.2, 0.2, 0.15, 0.1], rel=1e-8
    )
    assert [exact["grievance_x"].value, exact["grievance_y"].value] == pytest.approx([20, 40], rel=1e-8)
    naive = estimate(linear(), path, method="differences", rng=1)
    assert naive["fatigue_x"].value == pytest.approx(0.175121, abs=5e-7)
    assert [naive["defence_x"].value, naive["defence_y"].value] == pytest.approx([0.123117, 0.082078], abs=5e-7)
    assert naive.differences.coefficients[:, :2] == pytest.approx(expm(A6[:, :2]) - np.eye(2), rel=1e-7)


def test_an_exact_path_has_no_uncertainty():
    exact = estimate(linear(), simulated(A6, None, 60, None, start=(100.0, 20.0)), rng=1)
    assert exact.log_likelihood == np.inf and exact.stable_probability == 1.0
    assert max(row.standard_error for row in exact.rows) < 1e-6


def test_the_model_returned_is_the_fitted_one(fit):
    assert fit.model.values == {row.name: row.value for row in fit.rows}


def test_long_series_give_the_truth_within_their_errors():
    fit = estimate(linear(), simulated(CALM, NOISE, 4000, np.random.default_rng(3)), rng=1)
    truth = {"fatigue_x": 0.9, "defence_x": 0.4, "grievance_x": 1.0, "fatigue_y": 0.7, "defence_y": 0.3, "grievance_y": 2.0}
    for name, value in truth.items():
        assert abs(fit[name].value - value) < 4 * fit[name].standard_error
    assert fit.innovation_covariance == pytest.approx(NOISE, rel=0.1)  # sampling error 1/√2000


def test_the_spacing_is_taken_into_account():
    fit = estimate(linear(), simulated(CALM, NOISE, 3000, np.random.default_rng(4), spacing=0.5), rng=1)
    assert abs(fit["fatigue_x"].value - 0.9) < 4 * fit["fatigue_x"].standard_error
    assert fit["fatigue_x"].standard_error < 0.1


def test_the_log_likelihood_is_that_of_the_innovations(fit):
    covariance = fit.residuals.T @ fit.residuals / len(fit.residuals)
    expected = multivariate_normal(np.zeros(2), covariance).logpdf(fit.residuals).sum()
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-10)


def test_criteria_count_the_innovations_covariance(fit):
    count, transitions = 6 + 3, LENGTH
    assert fit.criteria["AIC"] == pytest.approx(2 * count - 2 * fit.log_likelihood)
    assert fit.criteria["BIC"] == pytest.approx(count * np.log(transitions) - 2 * fit.log_likelihood)
    assert fit.criteria["AICc"] == pytest.approx(fit.criteria["AIC"] + 2 * count * (count + 1) / (2 * transitions - count - 1))


def test_rivalry_is_linear_in_other_words(noisy, fit):
    same = estimate(rivalry(), noisy, rng=5)
    assert same.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-10)
    assert same["fatigue_x"].value + same["defence_x"].value == pytest.approx(fit["fatigue_x"].value, rel=1e-8)
    assert same.derived["spiral_number"].value == pytest.approx(fit.derived["spiral_number"].value, rel=1e-8)


def negative_height(values, observations):
    """Concentrated likelihood of a race with equal fatigue and equal defence, written out anew."""
    k, a, g, h = values
    step = transition(np.array([[-a, k, g], [k, -a, h]]), 1.0)
    residuals = observations.values[1:] - observations.values[:-1] @ step[:, :2].T - step[:, 2]
    return len(residuals) / 2 * np.linalg.slogdet(residuals.T @ residuals / len(residuals))[1]


def test_a_restricted_fit_is_the_maximum_that_another_optimiser_finds(noisy):
    shared = estimate(linear(), noisy, free=["defence", "fatigue", "grievance_x", "grievance_y"], rng=1)
    other = minimize(
        negative_height, (0.3, 0.8, 1.0, 2.0), args=(noisy,), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 5000}
    )
    assert [row.value for row in shared.rows] == pytest.approx(other.x, rel=1e-5)  # the simplex stops at √(rounding)
    assert shared.model.values["defence_x"] == shared.model.values["defence_y"] == shared["defence"].value


def test_a_restricted_fit_has_the_errors_of_the_curvature(noisy):
    shared = estimate(linear(), noisy, free=["defence", "fatigue", "grievance_x", "grievance_y"], rng=1)
    best = np.array([row.value for row in shared.rows])
    steps = 1e-3 * np.array([row.standard_error for row in shared.rows])
    curvature = np.empty((4, 4))
    for i, first in enumerate(np.diag(steps)):
        for j, second in enumerate(np.diag(steps)):
            corners = [negative_height(best + s * first + t * second, noisy) * s * t for s in (-1, 1) for t in (-1, 1)]
            curvature[i, j] = sum(corners) / (4 * steps[i] * steps[j])
    observed = np.sqrt(np.diag(np.linalg.inv(curvature)) * LENGTH / (LENGTH - 4 / 2))
    assert [row.standard_error for row in shared.rows] == pytest.approx(observed, rel=0.1)  # expected against observed information


def test_a_restriction_costs_likelihood(noisy, fit):
    shared = estimate(linear(), noisy, free=["defence", "fatigue", "grievance"], rng=1)
    assert shared.log_likelihood < fit.log_likelihood


def test_fixed_parameters_keep_their_values(noisy):
    held = estimate(linear(), noisy, fixed={"fatigue": 0.8}, rng=1)
    assert held.model.values["fatigue_x"] == held.model.values["fatigue_y"] == 0.8
    assert held.free == ("defence_x", "defence_y", "grievance_x", "grievance_y")


def test_an_active_bound_is_reported_and_reached(noisy):
    bound = estimate(linear(), noisy, bounds={"defence_x": (0.0, 0.1)}, rng=1)
    row = bound["defence_x"]
    assert row.at_bound and row.value == 0.1 and np.isnan(row.standard_error) and np.isnan(row.lower)
    assert not bound["defence_y"].at_bound and bound["defence_y"].standard_error > 0
    assert all(derived.at_bound for derived in bound.derived.values())
    assert "a bound decided defence_x" in repr(bound)
    held = estimate(linear(), noisy, fixed={"defence_x": 0.1}, rng=1)
    assert bound["fatigue_y"].value == pytest.approx(held["fatigue_y"].value, rel=1e-6)


def test_bounds_that_do_not_bind_change_nothing(noisy, fit):
    wide = estimate(linear(), noisy, bounds={"defence": (0.0, 5.0), "fatigue": (0.0, 9.0)}, rng=5)
    assert [row.value for row in wide.rows] == pytest.approx([row.value for row in fit.rows], rel=1e-8)


def test_the_balance_can_be_estimated_when_all_else_is_declared_known(noisy):
    calm = security_dilemma(alarm=0, strain=0, defence=0.3, fatigue=0.8)
    others = [name for name in calm.parameter_names if name not in ("balance", "grievance_x", "grievance_y")]
    fit = estimate(calm, noisy, fixed=others, rng=1)
    assert not fit["balance"].identifiable and fit["grievance_x"].identifiable
    reaction = 0.3 * np.exp(fit["balance"].value)
    direct = estimate(linear(fatigue=0.8), noisy, free=["defence", "grievance_x", "grievance_y"], rng=1)
    assert reaction == pytest.approx(direct["defence"].value, rel=1e-6)


def test_the_spiral_number_and_its_critical_change_agree(fit):
    number, change = fit.derived["spiral_number"], fit.derived["critical_balance_change"]
    v = fit.model.values
    assert number.value == pytest.approx(np.sqrt(v["defence_x"] * v["defence_y"] / (v["fatigue_x"] * v["fatigue_y"])), rel=1e-12)
    assert change.value == pytest.approx(-np.log(number.value), rel=1e-12)
    assert change.lower == pytest.approx(-np.log(number.upper), rel=1e-3)  # percentiles between neighbouring draws
    raised = linear(**{**v, "defence_x": v["defence_x"] * np.exp(change.value), "defence_y": v["defence_y"] * np.exp(change.value)}).values
    assert raised["defence_x"] * raised["defence_y"] == pytest.approx(raised["fatigue_x"] * raised["fatigue_y"], rel=1e-12)


def test_the_equilibrium_is_where_the_rates_vanish(fit):
    v = fit.model.values
    x, y = fit.derived["equilibrium x"].value, fit.derived["equilibrium y"].value
    assert v["defence_x"] * y - v["fatigue_x"] * x + v["grievance_x"] == pytest.approx(0, abs=1e-12)


def test_linearised_errors_agree_with_the_draws_where_these_are_nearly_normal(fit):
    row = fit.derived["max_real_eigenvalue"]
    assert (row.upper - row.lower) / (2 * 1.96) == pytest.approx(row.standard_error, rel=0.1)


def test_intervals_widen_with_the_level(noisy, fit):
    wide = estimate(linear(), noisy, level=0.99, rng=5)
    for name in fit.free:
        assert wide[name].lower < fit[name].lower and wide[name].upper > fit[name].upper
    assert wide.derived["spiral_number"].upper > fit.derived["spiral_number"].upper


def test_the_same_rng_gives_the_same_intervals_and_is_recorded(noisy, fit):
    again = estimate(linear(), noisy, rng=5)
    assert again.derived == fit.derived and again.provenance.entropy == 5


def test_fresh_entropy_is_recorded_and_gives_the_fit_again(noisy):
    fresh = estimate(linear(), noisy)
    assert estimate(linear(), noisy, rng=fresh.provenance.entropy).derived == fresh.derived


def test_with_many_undefined_draws_the_headline_is_the_eigenvalue(fit):
    assert fit.headline.name == "spiral_number"
    friendly = np.array([[-0.9, -0.02, 1.0], [0.3, -0.7, 2.0]])  # about half the draws have k > 0
    doubtful = estimate(linear(), simulated(friendly, NOISE, 120, np.random.default_rng(1)), rng=1)
    assert 0.05 < doubtful.derived["spiral_number"].undefined_share < 1
    assert doubtful.headline.name == "max_real_eigenvalue"


def test_money_in_other_units_changes_only_money(noisy):
    for free in (None, ["defence", "fatigue", "grievance"]):
        own = estimate(linear(), noisy, free=free, rng=1)
        for factor in (1e6, 1e-5):
            scaled = Observations(noisy.times, noisy.values * factor, unit="other", names=noisy.names)
            other = estimate(linear(), scaled, free=free, rng=1)
            for row in own.rows:
                size = factor if row.name.startswith("grievance") else 1.0
                assert other[row.name].value == pytest.approx(row.value * size, rel=1e-7)
                assert other[row.name].standard_error == pytest.approx(row.standard_error * size, rel=1e-6)
            assert other.derived["max_real_eigenvalue"].value == pytest.approx(own.derived["max_real_eigenvalue"].value, rel=1e-7)
            assert other.stable_probability == own.stable_probability


def test_exchanging_the_nations_exchanges_the_rows(noisy, fit):
    mirrored = estimate(linear(), noisy.select(names=["y", "x"]), rng=5)
    assert mirrored["defence_y"].value == pytest.approx(fit["defence_x"].value, rel=1e-8)
    assert mirrored["fatigue_x"].standard_error == pytest.approx(fit["fatigue_y"].standard_error, rel=1e-8)


def test_three_nations_are_fitted_alike():
    from richardson.models import nations

    system = np.array([[-0.8, 0.2, 0.1, 1.0], [0.3, -0.9, 0.2, 1.0], [0.1, 0.2, -0.7, 1.0]])
    truth = simulated(system, 0.2 * np.eye(3), 3000, np.random.default_rng(2))
    fit = estimate(nations(3), truth, rng=1)
    assert abs(fit["defence_x_y"].value - 0.2) < 4 * fit["defence_x_y"].standard_error
    assert abs(fit["fatigue_z"].value - 0.7) < 4 * fit["fatigue_z"].standard_error


def test_a_fit_survives_pickling(fit):
    back = pickle.loads(pickle.dumps(fit))
    assert back.derived == fit.derived and back.model == fit.model


def test_the_table_has_a_row_for_everything(fit):
    table = fit.to_table()
    assert table["name"] == [*fit.free, *fit.derived] and {len(column) for column in table.values()} == {len(table["name"])}
    assert "defence_x" in fit._repr_html_() and "P(stable)" in repr(fit)


# -- what is refused


def short(count, **changes):
    values = np.random.default_rng(1).normal(10, 1, size=(count, 2))
    return Observations(np.arange(count) + 2000.0, {"x": values[:, 0], "y": values[:, 1], **changes}, unit="bn USD")


def test_series_that_alternate_have_no_continuous_form():
    hop = np.array([[-0.5, 0.1, 30.0], [0.05, 0.6, 4.0]])
    rng, path = np.random.default_rng(1), [np.array([20.0, 12.0])]
    for shock in rng.normal(size=(60, 2)):
        path.append(hop[:, :2] @ path[-1] + hop[:, 2] + shock)
    series = Observations(np.arange(61.0), np.array(path), unit="1", names=["x", "y"])
    with pytest.raises(NotIdentifiableError, match="no unique real logarithm"):
        estimate(linear(), series)
    with pytest.raises(NotIdentifiableError, match="rises without end"):
        estimate(linear(), series, fixed={"defence": 0.0})
    assert estimate(linear(), series, method="differences", rng=1)["fatigue_x"].value == pytest.approx(1.5, abs=0.3)


def test_gaps_are_named_with_a_window_without_them():
    values = np.random.default_rng(1).normal(10, 1, size=12)
    gappy = values.copy()
    gappy[[1, 4]] = np.nan
    series = Observations(np.arange(12) + 2000.0, {"x": values, "y": gappy}, unit="bn USD")
    with pytest.raises(DataError, match=r"missing at 2001, 2004.*select\(years=\(2005, 2011\)\)"):
        estimate(linear(), series)


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (short(5), "4 transitions; 2 series need at least 5"),
        (short(20).sum(), "2 states .* 1 series"),
        (short(20).select(names=["x"]), "2 states .* 1 series"),
        (short(20, y=np.full(20, 3.0)), "collinear"),
        (short(20, y=np.zeros(20)), "zero throughout"),
        (Observations([2000, 2001, 2002, 2003, 2004, 2006, 2007], np.ones((7, 2)), unit="1", names=["x", "y"]), "2004 is followed by 2006"),
    ],
    ids=["short", "one", "selected", "constant", "zero", "uneven"],
)
def test_unfit_series_are_refused_in_words(series, said):
    with pytest.raises(DataError, match=said):
        estimate(linear(), series)


def test_misspelt_and_contradictory_requests_are_refused(noisy):
    refused = [
        (UnknownNameError, "Did you mean 'transition'", {"method": "transitoin"}),
        (UnknownNameError, "Did you mean 'defence_x'", {"free": ["defense_x"]}),
        (UnknownNameError, "fatig", {"fixed": {"fatig": 1.0}}),
        (UnknownNameError, "fatig", {"bounds": {"fatig": (0, 1)}}),
        (InvalidInputError, "two names", {"free": ["defence", "defence_x"]}),
        (InvalidInputError, "both free and fixed", {"free": ["defence"], "fixed": ["defence_x"]}),
        (InvalidInputError, "Nothing is free", {"free": []}),
        (InvalidInputError, r"Write \['defence'\]", {"free": "defence"}),
        (InvalidInputError, r"Write \['defence'\]", {"fixed": "defence"}),
        (InvalidInputError, "between 0 and 1", {"level": 95}),
        (InvalidInputError, "must be numbers", {"level": "95 %"}),
        (UnknownNameError, "no method", {"method": ["transition"]}),
        (InvalidInputError, "nothing can move", {"bounds": {"defence": (1.0, 0.0)}}),
        (InvalidInputError, "must be a pair", {"bounds": {"defence": 1.0}}),
        (InvalidInputError, "rng='a'", {"rng": "a"}),
        (InvalidInputError, "rng=-1", {"rng": -1}),
        (InvalidInputError, "NaN", {"bounds": {"defence": (np.nan, 1.0)}}),
        (OutOfBoundsError, "finite", {"fixed": {"defence": np.inf}}),
    ]
    for kind, said, request in refused:
        with pytest.raises(kind, match=said):
            estimate(linear(), noisy, **request)


def test_what_are_no_observations_is_refused():
    with pytest.raises(InvalidInputError, match="needs Observations; got dict"):
        estimate(linear(), {"x": [1, 2, 3]})


def test_a_parameter_that_was_not_free_has_no_row(noisy):
    part = estimate(linear(), noisy, free=["defence_x", "grievance_x"], rng=1)
    with pytest.raises(UnknownNameError, match="was not estimated"):
        part["fatigue_x"]


def test_one_series_has_the_closed_form():
    race = Model.from_equations({"u": "-a*u + g"}, {"a": 0.5, "g": 1.0})
    truth = simulated(np.array([[-0.3, 2.0]]), np.array([[0.25]]), 80, np.random.default_rng(6))
    fit = estimate(race, truth, rng=1)
    before, after = truth.values[:-1, 0], truth.values[1:, 0]
    slope = np.cov(before, after)[0, 1] / np.var(before, ddof=1)
    residuals = after - after.mean() - slope * (before - before.mean())
    error = np.sqrt((residuals**2).sum() / (80 - 2) / ((before - before.mean()) ** 2).sum())
    assert fit["a"].value == pytest.approx(-np.log(slope), rel=1e-10)
    assert fit["a"].standard_error == pytest.approx(error / slope, rel=1e-8)


# -- over many samples


@pytest.mark.slow
@pytest.mark.parametrize("restricted", [False, True], ids=["free", "shared"])
def test_intervals_cover_the_truth_as_often_as_they_say(restricted):
    system = np.array([[-0.8, 0.3, 1.0], [0.3, -0.8, 2.0]])
    free = ["defence", "fatigue", "grievance_x", "grievance_y"] if restricted else None
    truth = linear(defence=0.3, fatigue=0.8, grievance_x=1.0, grievance_y=2.0).values
    rng, samples = np.random.default_rng(11), 200
    hits, values, errors = [], [], []
    for _ in range(samples):
        fit = estimate(linear(), simulated(system, NOISE, 300, rng), free=free, rng=rng)
        wanted = [truth.get(row.name, truth.get(f"{row.name}_x")) for row in fit.rows]
        hits.append([row.lower <= value <= row.upper for row, value in zip(fit.rows, wanted, strict=True)])
        values.append([row.value for row in fit.rows])
        errors.append([row.standard_error for row in fit.rows])
    coverage = np.mean(hits, axis=0)
    assert (np.abs(coverage - 0.95) < 4 * np.sqrt(0.95 * 0.05 / samples)).all()  # four binomial errors
    assert np.mean(errors, axis=0) == pytest.approx(np.std(values, axis=0), rel=0.15)  # 200 samples tell a deviation to 5 %


@pytest.mark.slow
def test_intervals_of_what_is_derived_cover_the_truth():
    system = np.array([[-0.8, 0.3, 1.0], [0.3, -0.8, 2.0]])
    truth = {"spiral_number": 0.375, "max_real_eigenvalue": -0.5, "critical_balance_change": -np.log(0.375), "equilibrium x": 1.4 / 0.55}
    rng, samples = np.random.default_rng(12), 200
    hits = []
    for _ in range(samples):
        fit = estimate(linear(), simulated(system, NOISE, 300, rng), rng=rng)
        hits.append([fit.derived[name].lower <= value <= fit.derived[name].upper for name, value in truth.items()])
    assert (np.abs(np.mean(hits, axis=0) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / samples)).all()
