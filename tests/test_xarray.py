"""Results as xarray Datasets: named dimensions, units, the same numbers."""

import numpy as np
import pytest

from richardson.continuation.diagram import equilibrium_diagram
from richardson.data import rivalry
from richardson.dynamics.integrate import integrate
from richardson.landscape.basins import basins
from richardson.landscape.lyapunov import lyapunov_spectrum
from richardson.landscape.orbits import orbit_diagram
from richardson.landscape.poincare import poincare_section
from richardson.landscape.shares import basin_shares
from richardson.landscape.stability_map import stability_map
from richardson.models import battle_end, deterrence_cone, lanchester_square, linear, missile_war, nations, saperstein, security_dilemma
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.scales import nondimensional
from richardson.theory.build_up import build_up
from richardson.theory.diagnose import diagnose
from richardson.theory.dyads import destabilising_dyads
from richardson.theory.feedback_nash import feedback_nash
from richardson.theory.game import prisoners_dilemma
from richardson.theory.shares import arming_shares
from richardson.theory.statics import comparative_statics
from tests.study.recorded import discovery_by_hand, dynamics_by_hand
from tests.theory.made_up import made_up_comparison

pytestmark = pytest.mark.extra


@pytest.fixture(autouse=True)
def _needs_xarray() -> None:
    pytest.importorskip("xarray", reason="xarray comes with the extra data; .ci/run has it")


def test_observations_lie_over_time_in_their_unit() -> None:
    data = rivalry("Greece", "Turkey")
    found = data.to_xarray()
    assert found["Greece"].dims == ("time",)
    assert found["Greece"].attrs["units"] == data.unit
    assert float(found["Turkey"].sel(time=2000)) == data["Turkey"][50]


def test_a_stability_map_lies_over_its_two_parameters() -> None:
    chart = stability_map(linear(), {"defence": [0.25, 0.5, 0.75], "fatigue": [1.0, 2.0]})
    found = chart.to_xarray()
    assert dict(found.sizes) == {"defence": 3, "fatigue": 2}
    assert float(found["spiral_number"].sel(defence=0.5, fatigue=2.0)) == chart.spiral_number[1, 1] == 0.25


def test_shares_of_basins_lie_over_their_labels() -> None:
    shares = basin_shares(linear(defence=2.0), Window(x=(0, 4), y=(0, 4)), half_width=0.05)
    found = shares.to_xarray()
    assert found["label"].values.tolist() == list(shares.shares)
    assert found["share"].values.tolist() == list(shares.shares.values())
    assert float(found["share"].sel(label=-2)) == 1.0


def test_shares_of_a_race_lie_over_factors_and_nations() -> None:
    dilemma = security_dilemma()
    shares = arming_shares(dilemma)
    found = shares.to_xarray()
    assert dict(found.sizes) == {"factor": 3, "nation": 2}
    assert float(found["maintenance"].sel(factor="grievance", nation="y")) == shares.maintenance[1, 1]
    ledger = build_up(integrate(dilemma, [1.0, 0.0], [0, 1, 2]))
    assert float(ledger.to_xarray()["standing"].sel(t=2, account="inherited", nation="x")) == ledger.standing[2, 3, 0]


def test_a_diagnosis_lies_over_its_questions() -> None:
    diagnosis = diagnose(security_dilemma())
    found = diagnosis.to_xarray()
    assert found["question"].values.tolist() == list(diagnosis.ticks)
    assert str(found["answer"].sel(question="spiral").values) == "latent"
    assert found.attrs["verdict"] == "dilemma"


def test_a_branch_lies_along_its_points() -> None:
    branch = equilibrium_diagram(linear(), "defence", (0.1, 0.5), Window(x=(0, 5), y=(0, 5)))[0]
    found = branch.to_xarray()
    assert np.array_equal(found["defence"], branch.values)
    assert np.array_equal(found["x"], branch["x"])
    assert found["eigenvalue"].dims == ("point", "mode")


def test_basins_lie_over_their_two_states() -> None:
    two_sided = Model.from_equations({"x": "1.8*x - x**3", "y": "0.5*y"}, kind="map")
    part = basins(two_sided, Window(x=(-1, 1), y=(-1, 1)), resolution=(4, 2))
    found = part.to_xarray()
    assert (found.label.dims, found.x.values.tolist()) == (("x", "y"), [-0.75, -0.25, 0.25, 0.75])


def test_exponents_lie_over_modes_and_their_averages_over_time() -> None:
    found = lyapunov_spectrum(saperstein(), [0.3, 0.3], horizon=500)
    data = found.to_xarray()
    assert data["running"].dims == ("time", "mode")
    assert np.array_equal(data["exponent"], found.exponents)


def test_orbits_lie_over_the_parameter_and_their_steps() -> None:
    found = orbit_diagram(saperstein(), "reaction", [0.7, 0.8], [0.3, 0.3], keep=3)
    data = found.to_xarray()
    assert dict(data.sizes) == {"reaction": 2, "iteration": 3}
    assert float(data["x"].sel(reaction=0.8)[1]) == found["x"][1, 1]


def test_crossings_of_a_section_lie_one_after_another() -> None:
    circle = Model.from_equations({"x": "y", "y": "-x"})
    found = poincare_section(circle, [0, 1], "y", count=3)
    assert np.array_equal(found.to_xarray()["t"], found.times)


def test_dyads_lie_over_who_reacts_and_to_whom() -> None:
    found = destabilising_dyads(nations(3, defence_x_y=0.3))
    data = found.to_xarray()
    assert data["slope"].dims == ("reacting", "rival")
    assert float(data["slope"].sel(reacting=found.reacting[0], rival=found.rivals[0])) == found.slopes[0]
    assert np.isnan(data["share"].sel(reacting="x", rival="x"))


def test_comparative_statics_lie_over_who_moves_and_who_is_pushed() -> None:
    found = comparative_statics(linear(defence_x=0.7))
    assert float(found.to_xarray()["effect"].sel(moved="x", pushed="y")) == found.effects[0, 1]


def test_a_comparison_of_systems_lies_over_system_and_measure() -> None:
    made = made_up_comparison()
    found = made.to_xarray()
    assert dict(found.sizes) == {"system": 2, "measure": 3}
    assert float(found["value"].sel(system="dominated", measure="margin")) == made.dominated.margin
    assert float(found["high"].sel(system="balanced", measure="tipped_share")) == made.balanced.intervals["tipped_share"][1]


def test_the_end_of_a_battle_is_two_numbers_and_a_winner() -> None:
    found = battle_end(lanchester_square(), [1000, 800]).to_xarray()
    assert float(found["survivors"]) == pytest.approx(600)
    assert found.attrs["winner"] == "x"


def test_a_cone_of_deterrence_lies_over_the_two_sides() -> None:
    cone = deterrence_cone(missile_war(missiles_destroyed_x=0.2), tolerable={"x": 1, "y": 2})
    found = cone.to_xarray()
    assert found["vertex"].sel(side=["x", "y"]).values.tolist() == list(cone.vertex or ())
    assert found["slope"].sel(side="x") == 0.2
    none = deterrence_cone(missile_war(missiles_destroyed=2), tolerable={"x": 1, "y": 2}).to_xarray()
    assert np.isnan(none["vertex"]).all()
    assert "disarms" in none.attrs["reason"]


def test_a_game_lies_over_its_nations() -> None:
    found = prisoners_dilemma(linear(), concern=0.75)
    data = found.to_xarray()
    assert dict(data.sizes) == {"nation": 2, "rival": 2}
    assert float(data["joint_optimum"].sel(nation="y")) == found.joint_optimum[1]
    assert float(data["ratio"].sel(nation="x", rival="y")) == found.ratio[0, 1]


def test_a_game_that_looks_ahead_is_numbers_without_dimensions() -> None:
    found = feedback_nash(discount=0.05, depreciation=0.1, weight=1, margin=1, ratio=0.5)
    assert float(found.to_xarray()["defence"]) == found.defence


def test_a_nondimensional_form_lies_over_its_parameters() -> None:
    form = nondimensional(linear(fatigue=0.8))
    found = form.to_xarray()
    assert found["parameter"].values.tolist() == list(form.model.parameter_names)
    assert str(found["group"].sel(parameter="defence_x").item()) == "defence_x/fatigue_x"
    assert float(found["value"].sel(parameter="defence_x")) == form.dimensionless.values["defence_x"]
    assert found.attrs["scale of yr"] == "1/fatigue_x"


def test_discovered_boxes_lie_over_box_and_name_open_where_nothing_limits_them() -> None:
    discovery = discovery_by_hand()
    found = discovery.to_xarray()
    assert float(found["high"].sel(box=1, name="defence")) == discovery.boxes[0].limits[0].high == 0.42
    assert float(found["low"].sel(box=2, name="grievance_x")) == -np.inf
    assert found["density"].values.tolist() == [box.density for box in discovery.boxes]


def test_dynamics_lie_over_members_with_meanings_and_units() -> None:
    found = dynamics_by_hand().to_xarray()
    assert found["equilibrium_x"].attrs["units"] == linear().states[0].unit
    assert found["spiral_number"].values.tolist() == [0.5, 1.5]
    words = found["outcome"].attrs["flag_meanings"].split()
    assert [words[code] for code in found["outcome"].values] == ["SETTLED", "ESCAPED"]
