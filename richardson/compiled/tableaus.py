"""Coefficients of the integrators: two explicit pairs and one for stiff rules.

Each tableau is plain data, rounded to float64 from where the references say. Tests prove every order claimed here by the order
conditions of the rooted trees, so that a misprint shows.

References
----------
.. [1] C. Tsitouras (2011), Runge–Kutta pairs of order 5(4) satisfying only the first column simplifying assumption, Computers &
   Mathematics with Applications 62, 770–775. Not opened: the numbers are as in SciML's OrdinaryDiffEq (which gives them to 80
   digits), the reference is from memory. ``dense`` holds the coefficients of θ⁴ of the published polynomials, which alone are free.
.. [2] E. Hairer, S. P. Nørsett, G. Wanner (1993), Solving Ordinary Differential Equations I, second edition, Springer, sections II.5
   and II.6. Not opened: the numbers are as in scipy's DOP853, the reference is from memory.
.. [3] G. Steinebach (2023), Construction of Rosenbrock–Wanner method Rodas5P and numerical benchmarks within the Julia Differential
   Equations package, BIT Numerical Mathematics 63, 27. Not opened: the numbers and the form of the dense output are as in SciML's
   OrdinaryDiffEq, the reference is from memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from richardson.arrays import FloatArray

Row = tuple[float, ...]


@dataclass(frozen=True)
class ExplicitTableau:
    """Coefficients of an explicit Runge–Kutta pair with dense output.

    A step of length h from x₀ at t₀ evaluates the rates at stage after stage, kᵢ = f(t₀ + cᵢ h, x₀ + h Σⱼ aᵢⱼ kⱼ), and ends at
    x₁ = x₀ + h Σ bⱼ kⱼ over the s stages that have a weight. Stage s, counted from zero, is f(t₀ + h, x₁): the first stage of the
    next step. Any stages after it serve the dense output alone, and need no evaluation unless it is asked for.

    Attributes
    ----------
    name : str
        Name in the literature.
    order : int
        Order of x₁.
    times : tuple of float
        c, as fractions of the step; one a stage.
    points : tuple of tuple of float
        a: row i has i entries.
    weights : tuple of float
        b: s entries, the same as row s of ``points``.
    errors : tuple of tuple of float
        b − b̂, one row for each comparison solution, s + 1 entries: h Σ (b − b̂)ⱼ kⱼ is the estimated error of x₁.
    error_orders : tuple of int
        Orders of the comparison solutions.
    dense : tuple of tuple of float
        One row for each correction pᵣ = Σⱼ dense[r][j] kⱼ to the cubic Hermite interpolant H of x₀, x₁, h f₀ and h f₁; one entry a
        stage. At t₀ + θh, with φ = 1 − θ: x = H(θ) + h θ²φ² (p₀ + θ (p₁ + φ (p₂ + θ p₃))), where absent corrections are zero.
        Its derivative is hence exact at both ends, and continuous from step to step.
    dense_order : int
        Order of the dense output.
    """

    name: str
    order: int
    times: Row
    points: tuple[Row, ...]
    weights: Row
    errors: tuple[Row, ...]
    error_orders: tuple[int, ...]
    dense: tuple[Row, ...]
    dense_order: int


@dataclass(frozen=True)
class RosenbrockTableau:
    """Coefficients of a Rosenbrock method with dense output, in the form that multiplies no stage by the Jacobian.

    A step of length h from x₀ at t₀, with J = ∂f/∂x and f_t = ∂f/∂t there, solves for stage after stage
    (I/(hγ) − J) uᵢ = f(t₀ + cᵢ h, x₀ + Σⱼ aᵢⱼ uⱼ) + Σⱼ (Cᵢⱼ/h) uⱼ + h dᵢ f_t, and ends at x₁ = x₀ + Σ mⱼ uⱼ. The stages have the
    dimension of x. The order holds for the exact J and f_t only.

    Attributes
    ----------
    name : str
        Name in the literature.
    order : int
        Order of x₁.
    gamma : float
        γ.
    times : tuple of float
        c, as fractions of the step; one a stage.
    drifts : tuple of float
        d: how much of h f_t enters each stage.
    points : tuple of tuple of float
        a: row i has i entries.
    coupling : tuple of tuple of float
        C: row i has i entries.
    weights : tuple of float
        m.
    errors : tuple of tuple of float
        m − m̂, one row for each comparison solution: Σ (m − m̂)ⱼ uⱼ is the estimated error of x₁.
    error_orders : tuple of int
        Orders of the comparison solutions.
    dense : tuple of tuple of float
        One row for each qᵣ = Σⱼ dense[r][j] uⱼ; one entry a stage. At t₀ + θh, with φ = 1 − θ:
        x = φ x₀ + θ (x₁ + φ (q₀ + θ (q₁ + θ q₂))). It is continuous from step to step; its derivative is not.
    dense_order : int
        Order of the dense output.
    """

    name: str
    order: int
    gamma: float
    times: Row
    drifts: Row
    points: tuple[Row, ...]
    coupling: tuple[Row, ...]
    weights: Row
    errors: tuple[Row, ...]
    error_orders: tuple[int, ...]
    dense: tuple[Row, ...]
    dense_order: int


def matrix(rows: tuple[Row, ...], columns: int) -> FloatArray:
    """Rows as an array that compiled code can read, with zeros where a row ends early.

    Parameters
    ----------
    rows : tuple of tuple of float
        Rows of at most ``columns`` numbers.
    columns : int
        Length of every row of the result.

    Returns
    -------
    ndarray of float, shape (row, column)

    Examples
    --------
    >>> matrix(TSIT5.points[:3], 2)
    array([[ 0.        ,  0.        ],
           [ 0.161     ,  0.        ],
           [-0.00848066,  0.33548066]])
    """
    padded = np.zeros((len(rows), columns))
    for position, row in enumerate(rows):
        padded[position, : len(row)] = row
    return padded


# The formatter would give each number a line; a matrix reads as a matrix.
# fmt: off
TSIT5 = ExplicitTableau(
    name="Tsit5",
    order=5,
    times=(0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0),
    points=(
        (),
        (0.161,),
        (-0.008480655492356989, 0.335480655492357),
        (2.8971530571054935, -6.359448489975075, 4.3622954328695815),
        (5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525),
        (5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383),
        (0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774),
    ),
    weights=(0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774),
    errors=(
        (0.0017800110522257714, 0.0008164344596567469, -0.007880878010261995, 0.1447110071732629, -0.5823571654525552, 0.45808210592918697,
         -0.015151515151515152),
    ),
    error_orders=(4,),
    dense=(
        (-1.0530884977290216, 0.1017, 2.490627285651253, -16.548102889244902, 47.37952196281928, -34.87065786149661, 2.5),
    ),
    dense_order=4,
)

DOP853 = ExplicitTableau(
    name="DOP853",
    order=8,
    times=(
        0.0, 0.05260015195876773, 0.0789002279381516, 0.1183503419072274, 0.2816496580927726, 0.3333333333333333, 0.25, 0.3076923076923077,
        0.6512820512820513, 0.6, 0.8571428571428571, 1.0, 1.0, 0.1, 0.2, 0.7777777777777778,
    ),
    points=(
        (),
        (0.05260015195876773,),
        (0.0197250569845379, 0.0591751709536137),
        (0.02958758547680685, 0.0, 0.08876275643042054),
        (0.2413651341592667, 0.0, -0.8845494793282861, 0.924834003261792),
        (0.037037037037037035, 0.0, 0.0, 0.17082860872947386, 0.12546768756682242),
        (0.037109375, 0.0, 0.0, 0.17025221101954405, 0.06021653898045596, -0.017578125),
        (0.03709200011850479, 0.0, 0.0, 0.17038392571223998, 0.10726203044637328, -0.015319437748624402, 0.008273789163814023),
        (0.6241109587160757, 0.0, 0.0, -3.3608926294469414, -0.868219346841726, 27.59209969944671, 20.154067550477894, -43.48988418106996),
        (0.47766253643826434, 0.0, 0.0, -2.4881146199716677, -0.590290826836843, 21.230051448181193, 15.279233632882423, -33.28821096898486,
         -0.020331201708508627),
        (-0.9371424300859873, 0.0, 0.0, 5.186372428844064, 1.0914373489967295, -8.149787010746927, -18.52006565999696, 22.739487099350505,
         2.4936055526796523, -3.0467644718982196),
        (2.273310147516538, 0.0, 0.0, -10.53449546673725, -2.0008720582248625, -17.9589318631188, 27.94888452941996, -2.8589982771350235,
         -8.87285693353063, 12.360567175794303, 0.6433927460157636),
        (0.054293734116568765, 0.0, 0.0, 0.0, 0.0, 4.450312892752409, 1.8915178993145003, -5.801203960010585, 0.3111643669578199,
         -0.1521609496625161, 0.20136540080403034, 0.04471061572777259),
        (0.056167502283047954, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25350021021662483, -0.2462390374708025, -0.12419142326381637, 0.15329179827876568,
         0.00820105229563469, 0.007567897660545699, -0.008298),
        (0.03183464816350214, 0.0, 0.0, 0.0, 0.0, 0.028300909672366776, 0.053541988307438566, -0.05492374857139099, 0.0, 0.0,
         -0.00010834732869724932, 0.0003825710908356584, -0.00034046500868740456, 0.1413124436746325),
        (-0.42889630158379194, 0.0, 0.0, 0.0, 0.0, -4.697621415361164, 7.683421196062599, 4.06898981839711, 0.3567271874552811, 0.0, 0.0,
         0.0, -0.0013990241651590145, 2.9475147891527724, -9.15095847217987),
    ),
    weights=(
        0.054293734116568765, 0.0, 0.0, 0.0, 0.0, 4.450312892752409, 1.8915178993145003, -5.801203960010585, 0.3111643669578199,
        -0.1521609496625161, 0.20136540080403034, 0.04471061572777259,
    ),
    errors=(
        (0.01312004499419488, 0.0, 0.0, 0.0, 0.0, -1.2251564463762044, -0.4957589496572502, 1.6643771824549864, -0.35032884874997366,
         0.3341791187130175, 0.08192320648511571, -0.022355307863886294, 0.0),
        (-0.18980075407240762, 0.0, 0.0, 0.0, 0.0, 4.450312892752409, 1.8915178993145003, -5.801203960010585, -0.4226823213237919,
         -0.1521609496625161, 0.20136540080403034, 0.02265179219836082, 0.0),
    ),
    error_orders=(5, 3),
    dense=(
        (-8.428938276109013, 0.0, 0.0, 0.0, 0.0, 0.5667149535193777, -3.0689499459498917, 2.38466765651207, 2.117034582445028,
         -0.871391583777973, 2.2404374302607883, 0.6315787787694688, -0.08899033645133331, 18.148505520854727, -9.194632392478356,
         -4.436036387594894),
        (10.427508642579134, 0.0, 0.0, 0.0, 0.0, 242.28349177525817, 165.20045171727028, -374.5467547226902, -22.113666853125306,
         7.733432668472264, -30.674084731089398, -9.332130526430229, 15.697238121770845, -31.139403219565178, -9.35292435884448,
         35.81684148639408),
        (19.985053242002433, 0.0, 0.0, 0.0, 0.0, -387.0373087493518, -189.17813819516758, 527.8081592054236, -11.57390253995963,
         6.8812326946963, -1.0006050966910838, 0.7777137798053443, -2.778205752353508, -60.19669523126412, 84.32040550667716,
         11.99229113618279),
        (-25.69393346270375, 0.0, 0.0, 0.0, 0.0, -154.18974869023643, -231.5293791760455, 357.6391179106141, 93.40532418362432,
         -37.45832313645163, 104.0996495089623, 29.8402934266605, -43.53345659001114, 96.32455395918828, -39.17726167561544,
         -149.72683625798564),
    ),
    dense_order=7,
)

RODAS5P = RosenbrockTableau(
    name="Rodas5P",
    order=5,
    gamma=0.21193756319429014,
    times=(0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1.0, 1.0, 1.0),
    drifts=(0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0.0, 0.0, 0.0),
    points=(
        (),
        (3.0,),
        (2.849394379747939, 0.45842242204463923),
        (-6.954028509809101, 2.489845061869568, -10.358996098473584),
        (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
        (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946),
        (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0),
        (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0, 1.0),
    ),
    coupling=(
        (),
        (-14.155112264123755,),
        (-17.97296035885952, -2.859693295451294),
        (147.12150275711716, -1.41221402718213, 71.68940251302358),
        (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
        (24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471),
        (30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623, -28.087943162872662),
        (37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002, -54.66780262877968,
         -9.48861652309627),
    ),
    weights=(-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1.0, 1.0, 1.0),
    errors=(
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    ),
    error_orders=(4,),
    dense=(
        (25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073, 1.1241088310450404,
         0.4272876194431874, -0.17202221070155493),
        (-9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044, 15.98066361424651,
         -6.789040303419874, -6.710236069923372),
        (11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654, -59.78993625266729,
         -0.15582684282751913, 4.883087185713722),
    ),
    dense_order=4,
)
# fmt: on
