import pytest

from richardson.errors import ModelError, NotAutonomousError, NotIdentifiableError
from richardson.estimation.identify import Unknowns, check_identifiable
from richardson.models import linear, nations, rivalry, security_dilemma, submissive
from richardson.symbolic.model import Model

ASSUMED = ("balance", "terrain", "distinguishability", "defensive_share", "exposure", "reassurance", "ambition", "target")


def check(model, free=None, known=()):
    members = tuple(member for name in known for member in model.resolve(name))
    return check_identifiable(model, Unknowns(tuple(free or model.parameter_names), members))


@pytest.fixture(scope="module")
def calm():
    return security_dilemma(alarm=0, strain=0)


@pytest.mark.parametrize("model", [linear(), rivalry(), nations(3), submissive(submission=0)], ids=lambda model: model.name)
def test_the_linear_family_is_identifiable_as_it_comes(model):
    free = [name for name in model.parameter_names if name != "submission"]
    assert all(check(model, free))


def test_rivalry_with_a_coefficient_of_its_own_is_not_told_from_linear():
    both = Model.from_equations({"x": "k*(y - x) - a*x + m*y + g", "y": "0.5*x - y"}, {"k": 1, "a": 1, "m": 1, "g": 1})
    with pytest.raises(NotIdentifiableError, match="cannot tell k, a, m"):
        check(both)


@pytest.mark.parametrize("free", [["balance"], ["distinguishability"], ["balance", "distinguishability"], ["defence", "ambition"]])
def test_expenditure_alone_does_not_tell_balance_or_greed(calm, free):
    with pytest.raises(NotIdentifiableError, match="cannot tell") as refusal:
        check(calm, free)
    # only k w e^(β − γ) (1 − δ s) + μ c and a + k ρ + μ are told
    message = str(refusal.value)
    assert "ambition_x*target_x + defence_x*exposure_x*(1 - defensive_share_y*distinguishability)*exp(balance - terrain)" in message
    assert "ambition_x + fatigue_x + defence_x*reassurance_x" in message


def test_the_refusal_says_what_to_take_as_known_and_that_suffices(calm):
    with pytest.raises(NotIdentifiableError, match="fixed=") as refusal:
        check(calm, ["defence_x", "fatigue_x"])
    listed = str(refusal.value).split("fixed=[")[1].split("]")[0].replace("'", "").split(", ")
    assert check(calm, ["defence_x", "fatigue_x"], listed) == (False, False)


def test_what_rests_on_assumed_values_is_said(calm):
    assert check(calm, ["defence", "fatigue", "grievance"], ASSUMED) == (False, False, True)


def test_balance_can_be_asked_when_all_else_is_declared_known(calm):
    others = [name for name in calm.parameter_names if name != "balance"]
    assert check(calm, ["balance"], others) == (False,)


def test_the_default_dilemma_is_refused_with_the_simpler_form_named():
    with pytest.raises(NotIdentifiableError, match="alarm=0, strain=0") as refusal:
        check(security_dilemma(), ["balance"])
    assert "exp(balance - terrain)" in str(refusal.value)


def test_a_nonlinear_model_is_refused_with_what_is_supported():
    with pytest.raises(ModelError, match=r"ẋ = A x \+ c.*submission=0"):
        check(submissive(submission=0.1), ["defence_x"])


def test_a_model_without_a_linear_form_is_refused():
    with pytest.raises(ModelError, match="not affine"):
        check(Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 1}))


def test_a_parameter_that_bends_the_rates_cannot_be_free():
    with pytest.raises(ModelError, match="'alarm_x' cannot be free"):
        check(security_dilemma(alarm=0, strain=0), ["alarm"])


def test_a_parameter_without_effect_is_refused(calm):
    with pytest.raises(NotIdentifiableError, match="cannot tell threshold_x"):
        check(calm, ["threshold_x"])


def test_maps_and_models_with_time_are_refused():
    with pytest.raises(ModelError, match="map"):
        check(Model.from_equations({"x": "a*x"}, {"a": 0.5}, kind="map"))
    with pytest.raises(NotAutonomousError, match="time"):
        check(Model.from_equations({"x": "-a*x + sin(t)"}, {"a": 0.5}))
