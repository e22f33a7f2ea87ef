"""Saperstein's race: its orbits along the reaction, and below them the Lyapunov exponent, above zero where the race is chaotic.

Run as ``python figures/saperstein_chaos.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

MODEL = rn.models.saperstein()
SPAN = (0.7, 1.0)
START = [0.3, 0.3]


def main(out: str | Path, quick: bool = False) -> None:
    """Write saperstein_chaos.pdf, .svg and .csv to ``out``; quick: 20 values of the reaction instead of 900 and 150."""
    fine, coarse, horizon = (20, 20, 400) if quick else (900, 151, 4000)
    orbits = rn.orbit_diagram(MODEL, "reaction", np.linspace(*SPAN, fine), START, keep=20 if quick else 200)
    models = [MODEL.with_values(reaction=value) for value in np.linspace(*SPAN, coarse).tolist()]
    spectra = [rn.lyapunov_spectrum(model, START, horizon=horizon) for model in models]
    exponents = {
        "reaction": [model.values["reaction_x"] for model in models],
        "exponent": [spectrum.exponents[0] for spectrum in spectra],
        "standard error": [spectrum.standard_errors[0] for spectrum in spectra],
    }
    figure = rn.plot.figure(width=85, height=112)
    with rn.plot.paper():
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.2, 1.0])
        rn.plot.orbit_diagram(orbits, ax=above).set_xlabel("")
        rn.plot.lyapunov(spectra, parameter="reaction", ax=below)
        rn.plot.name_panels(above, below)
    rn.plot.save(figure, out, "saperstein_chaos", tables={"orbits": orbits.to_table(), "exponents": exponents})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
