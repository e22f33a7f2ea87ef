"""What holds for every model of the catalogue: it runs as it comes, and takes a paper's own term."""

import inspect

import numpy as np
import pytest
import sympy

from richardson import errors, models
from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.dynamics.iterate import iterate
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import unit_exponents


@pytest.fixture(params=models.catalogue(), scope="module")
def model(request: pytest.FixtureRequest) -> Model:
    made = getattr(models, request.param)()
    assert isinstance(made, Model)
    return made


def test_the_catalogue_lists_every_function_that_returns_a_model() -> None:
    functions = {name: getattr(models, name) for name in models.__all__ if callable(getattr(models, name))}
    assert set(models.catalogue()) == {name for name, made in functions.items() if inspect.signature(made).return_annotation is Model}


def test_every_model_runs_as_it_comes(model: Model) -> None:
    start = [0.3] * len(model.states)
    run = integrate(model, start, [0, 1]) if model.kind == "flow" else iterate(model, start, 3)
    assert run.outcome.is_answer
    assert np.isfinite(run.states).all()
    assert (run.states[-1] != run.states[0]).any()


def test_every_unit_is_a_product_of_powers_that_balances_the_equations(model: Model) -> None:
    """Each state's unit a year (or a step) is the unit of its rate: scaling every base unit scales the rates as declared."""
    scale = {"arms": 2.0, "people": 3.0, "yr": 5.0 if model.kind == "flow" else 1.0}

    def factor(unit: str) -> float:
        return float(np.prod([scale[base] ** power for base, power in unit_exponents(unit).items()]))

    state = np.linspace(0.2, 0.4, len(model.states))
    scaled = model.with_values(**{own.name: value * factor(own.unit) for own, value in zip(model.parameters, model.numbers, strict=True)})
    before = Field.of(model).rates(0.0, state)
    after = Field.of(scaled).rates(0.0, state * [factor(own.unit) for own in model.states])
    expected = [rate * factor(own.unit) / scale["yr"] for rate, own in zip(before, model.states, strict=True)]
    np.testing.assert_allclose(after, expected, rtol=1e-12, atol=1e-14)  # rounding


def test_a_term_of_a_paper_is_added_with_its_parameter(model: Model) -> None:
    first = model.state_names[0]
    taxed = model.with_term(first, f"-tax*{first}**2", {"tax": 0.1})
    assert sympy.expand(taxed.rates[0] - model.rates[0] + taxed.symbol("tax") * taxed.symbol(first) ** 2) == 0
    assert taxed.rates[1:] == model.rates[1:]
    assert taxed.values == model.values | {"tax": 0.1}
    assert (taxed.states, taxed.kind, taxed.references) == (model.states, model.kind, ())
    assert taxed.fingerprint != model.fingerprint
    assert taxed.with_values(tax=0.2).values["tax"] == 0.2


def test_an_equation_of_a_paper_takes_the_place_of_one(model: Model) -> None:
    last = model.state_names[-1]
    other = model.with_equation(last, f"pull*(1 - {last})", {"pull": 2})
    assert other.rates[:-1] == model.rates[:-1]
    assert sympy.expand(other.rates[-1] - other.symbol("pull") * (1 - other.symbol(last))) == 0


def test_new_names_that_clash_are_refused(model: Model) -> None:
    first = model.state_names[0]
    for taken in (*model.state_names, *model.parameter_names):
        for change in (model.with_term, model.with_equation):
            with pytest.raises(errors.ModelError, match=f"'{taken}' occurs twice"):
                change(first, f"-{first}", {taken: 1.0})


@pytest.mark.parametrize("name", ["t", "pi", "exp", "lambda", "2x", "tax rate", "", "__tax"])
def test_new_names_that_equations_cannot_use_are_refused(name: str) -> None:
    with pytest.raises(errors.ModelError, match="cannot name a parameter"):
        models.linear().with_term("x", "-x", {name: 1.0})


def test_a_new_parameter_does_not_take_the_name_of_a_concept() -> None:
    """Else with_values(defence=…) would silently stop moving defence_x and defence_y."""
    with pytest.raises(errors.ModelError, match="'defence' stands for defence_x, defence_y in 'linear'"):
        models.linear().with_term("x", "-defence*x", {"defence": 1.0})


def test_a_misspelt_state_is_refused_with_the_nearest(model: Model) -> None:
    wrong = f"{model.state_names[0]}q"
    for change in (model.with_term, model.with_equation):
        with pytest.raises(errors.UnknownNameError, match=rf"has no state '{wrong}'\. (Did you mean|Known names)"):
            change(wrong, "1")


def test_a_misspelt_name_in_a_term_is_refused_with_the_nearest() -> None:
    with pytest.raises(errors.ParseError, match="Did you mean 'ceiling_x'"):
        models.carrying_capacity().with_term("x", "-x/ceilng_x")


@pytest.mark.parametrize("parameters", [["tax"], "tax", 1.0, {"tax": None}, {"tax": float("nan")}, {"tax": "much"}])
def test_new_parameters_without_a_number_are_refused(parameters: object) -> None:
    with pytest.raises((errors.InvalidInputError, errors.OutOfBoundsError), match="tax|mapping"):
        models.linear().with_term("x", "-x", parameters)  # type: ignore[arg-type] # wrong on purpose


def test_a_driven_model_takes_a_term_but_not_a_name_that_is_driven() -> None:
    driven = models.linear().with_drive(defence_x="0.5 + t/10")
    assert driven.with_term("x", "-tax*x", {"tax": 0.1}).drives == driven.drives
    with pytest.raises(errors.ModelError, match="'defence_x' occurs twice"):
        driven.with_term("x", "-x", {"defence_x": 1.0})
