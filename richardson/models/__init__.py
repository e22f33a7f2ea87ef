"""The catalogue: each model a function that returns a `Model`, and what is known of some in closed form."""

from richardson.models.balance_of_power import balance_of_power
from richardson.models.battle import battle_end
from richardson.models.classical import carrying_capacity, economic_brake, hostility, saturating_reaction, stock_adjustment
from richardson.models.closed_forms import balance_path, blow_up_time, factions, relations
from richardson.models.deterrence import deterrence_cone
from richardson.models.linear import linear, rivalry, submissive
from richardson.models.listing import catalogue
from richardson.models.maps import grossman_mayer_kress, saperstein
from richardson.models.nations import collective_security, nations
from richardson.models.security_dilemma import security_dilemma
from richardson.models.structural_balance import bounded_balance, scalar_balance, structural_balance
from richardson.models.war import lanchester_linear, lanchester_square, missile_war

__all__ = [
    "balance_of_power",
    "balance_path",
    "battle_end",
    "blow_up_time",
    "bounded_balance",
    "carrying_capacity",
    "catalogue",
    "collective_security",
    "deterrence_cone",
    "economic_brake",
    "factions",
    "grossman_mayer_kress",
    "hostility",
    "lanchester_linear",
    "lanchester_square",
    "linear",
    "missile_war",
    "nations",
    "relations",
    "rivalry",
    "saperstein",
    "saturating_reaction",
    "scalar_balance",
    "security_dilemma",
    "stock_adjustment",
    "structural_balance",
    "submissive",
]
