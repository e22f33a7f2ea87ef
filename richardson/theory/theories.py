"""Theories of international politics as models, and contests: the names that `richardson.theories` offers."""

from richardson.theory.contest import contest, contest_equilibrium, contest_success
from richardson.theory.presets import classical_realism, collective_security, defensive_realism, offensive_realism, security_dilemma

__all__ = [
    "classical_realism",
    "collective_security",
    "contest",
    "contest_equilibrium",
    "contest_success",
    "defensive_realism",
    "offensive_realism",
    "security_dilemma",
]
