"""A comparison of systems with numbers that nobody computed, for tests of what is done with one."""

import numpy as np

from richardson.models import balance_of_power
from richardson.provenance import record
from richardson.theory.balance import BalanceOrHegemony
from richardson.theory.power_system import PowerSystem

MODEL = balance_of_power()


def made_up_comparison() -> BalanceOrHegemony:
    """The balanced system relaxes faster, the hegemonic one has the wider margin, and shocks tell nothing."""
    return BalanceOrHegemony(
        drive="grievance",
        advantage=2.0,
        matched="drive",
        balanced=_system(7.0, 0.1, (0.2, 0.3)),
        dominated=_system(9.0, 0.2, (0.25, 0.35)),
        shock=2.5,
        sample_size=100,
        confidence=0.95,
        claims={"relaxation_time": "Waltz", "margin": "Gilpin", "tipped_share": "neither"},
        verdict="neither",
        model=MODEL,
        provenance=record(MODEL, entropy=1, verb="balance_or_hegemony"),
    )


def _system(relaxation: float, margin: float, share: tuple[float, float]) -> PowerSystem:
    return PowerSystem(
        state=np.array([1.0, 0.8, 0.8, -0.5, -0.5, 0.2]),
        total_arms=2.6,
        spiral_number=0.4,
        relaxation_time=relaxation,
        margin=margin,
        tipped_share=sum(share) / 2,
        intervals={
            "relaxation_time": (relaxation - 1e-9, relaxation + 1e-9),
            "margin": (margin - 1e-9, margin + 1e-9),
            "tipped_share": share,
        },
        undecided=0,
        model=MODEL,
    )
