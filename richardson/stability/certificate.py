"""What is proved of an equilibrium, and what could not be decided."""

from dataclasses import dataclass

from richardson.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Certificate:
    """A proof that an equilibrium exists and where it is the only one.

    Attributes
    ----------
    method : str
        "krawczyk": Krawczyk's operator on ball arithmetic; "closed form": roots of a polynomial isolated exactly; or "linear":
        linear equations solved on balls, so that it is the only one anywhere.
    lower, upper : FloatArray
        Shape (d,), in the states' units: exactly one equilibrium lies in this box.
    alone_lower, alone_upper : FloatArray
        Shape (d,): a larger box in which it is the only one.
    is_stable : bool or None
        Whether all eigenvalues are proved to have negative real parts (of a map: multipliers of modulus below one): True or
        False, or None where the signs could not be enclosed, or where two states or more rest on a kink, at which eigenvalues
        of the sides do not tell.
    """

    method: str
    lower: FloatArray
    upper: FloatArray
    alone_lower: FloatArray
    alone_upper: FloatArray
    is_stable: bool | None


@dataclass(frozen=True, eq=False)
class UndecidedBox:
    """A box in which there may be equilibria: neither their existence nor their absence was proved.

    Attributes
    ----------
    lower, upper : FloatArray
        Shape (d,), in the states' units.
    reason : str
        Why.
    """

    lower: FloatArray
    upper: FloatArray
    reason: str
