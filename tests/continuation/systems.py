"""Models with published or refined special points, as text."""

from richardson.symbolic.model import Model


def co_oxidation(q2: float = 1.0, unit: float = 1.0) -> Model:
    """Bykov–Yablonskii–Kim model of CO oxidation, coverages measured in 1/unit."""
    z = f"({unit!r} - x - y - s)"
    equations = {
        "x": f"(5*{z}**2 - 2*x**2 - 10*x*y)/{unit!r}",
        "y": f"q2*{z} - 0.1*y - 10*x*y/{unit!r}",
        "s": f"0.0675*({z} - 0.4*s)",
    }
    return Model.from_equations(equations, {"q2": q2}, name="CO oxidation")


def lorenz(rho: float) -> Model:
    """Lorenz's equations at σ = 10, β = 8/3."""
    return Model.from_equations({"x": "10*(y - x)", "y": "x*(r - z) - y", "z": "x*y - 8*z/3"}, {"r": rho}, name="Lorenz")


def stirred_tank(p1: float) -> Model:
    """AUTO's demonstration ``ab``: a reaction A → B → C in a stirred tank."""
    rate = "p1*(1 - u)*exp(v)"
    return Model.from_equations({"u": f"-u + {rate}", "v": f"-v + 14*{rate} - 2*v"}, {"p1": p1}, name="stirred tank")


def bursting_neuron(y: float) -> Model:
    """Fast subsystem of a neuron after Morris and Lecar."""
    calcium, potassium, pace = "(1 + tanh((v + 0.01)/0.15))/2", "(1 + tanh((v - 0.1)/0.145))/2", "cosh((v - 0.1)/0.29)"
    equations = {"v": f"y - 0.5*(v + 0.5) - 2*w*(v + 0.7) - {calcium}*(v - 1)", "w": f"1.15*({potassium} - w)*{pace}"}
    return Model.from_equations(equations, {"y": y}, name="bursting neuron")
