"""What a file may hold: the fixed list of classes that are written and built, and nothing else."""

from collections.abc import Callable
from enum import Enum
from typing import Any

from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.cycles import LimitCycle
from richardson.continuation.cycles_branch import CycleBranch
from richardson.continuation.diagram import Diagram
from richardson.continuation.loci import Locus
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.events import Crossing
from richardson.dynamics.trajectory import Trajectory
from richardson.estimation.observations import Observations
from richardson.estimation.regression import Regression
from richardson.estimation.result import Estimate
from richardson.estimation.uncertainty import EstimateRow
from richardson.landscape.attractors import Attractor
from richardson.landscape.basins import Basins
from richardson.landscape.boundary import BoundaryDimension
from richardson.landscape.cycles import Cycles, MapCycle
from richardson.landscape.early_warning import EarlyWarning
from richardson.landscape.edges import EdgeState
from richardson.landscape.entropy import BasinEntropy
from richardson.landscape.global_diagram import GlobalDiagram
from richardson.landscape.lyapunov import LyapunovSpectrum
from richardson.landscape.margin import Margin
from richardson.landscape.orbits import OrbitDiagram
from richardson.landscape.overshoot import SafeOvershoot
from richardson.landscape.poincare import PoincareSection
from richardson.landscape.remedy import Remedy
from richardson.landscape.resilience import Resilience
from richardson.landscape.shares import BasinShares
from richardson.landscape.shocks import Shock
from richardson.landscape.stability_map import StabilityMap
from richardson.landscape.tipping import Tipping
from richardson.landscape.zero_one import ZeroOneTest
from richardson.models.battle import BattleEnd
from richardson.models.deterrence import DeterrenceCone
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.stability.capture import Capture
from richardson.stability.certificate import Certificate, UndecidedBox
from richardson.stability.equilibria import Equilibria, Equilibrium
from richardson.stability.manifolds import Manifold
from richardson.stability.portrait import Arrows, PhasePortrait
from richardson.stability.portraits import PhasePortraits
from richardson.stability.robust import StabilityOverBox
from richardson.stability.spectrum import Spectrum
from richardson.stability.streamlines import FlowCurve
from richardson.stability.window import Window
from richardson.study.blocks import Blocks
from richardson.study.design import Design
from richardson.study.discovery_result import BoxLimit, Discovery, Peeling, Reproduction, ScenarioBox
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.elasticities import Elasticities
from richardson.study.ensemble import Audit, Ensemble
from richardson.study.robustness_result import Robustness
from richardson.study.sensitivity_result import Sensitivity
from richardson.symbolic.indexed import Family
from richardson.symbolic.quantity import Parameter, State
from richardson.symbolic.scales import Nondimensional
from richardson.symbolic.series import Series
from richardson.theory.balance import BalanceOrHegemony
from richardson.theory.blocs import Blocs
from richardson.theory.build_up import BuildUp
from richardson.theory.diagnose import Diagnosis
from richardson.theory.dyads import DestabilisingDyads
from richardson.theory.feedback_nash import FeedbackNash
from richardson.theory.game import PrisonersDilemma
from richardson.theory.groups import UnstableGroups
from richardson.theory.power_system import PowerSystem
from richardson.theory.shares import ArmingShares
from richardson.theory.statics import ComparativeStatics
from richardson.theory.ticks import Tick
from richardson.theory.two_by_two import TwoByTwo
from richardson.theory.verdict import Border
from richardson.theory.worlds import FourWorlds, World

ARRAY_KINDS = "biufcU"  # numbers, truth values and text; never objects

# Every class that a file may hold; what is not listed is neither written nor built.
CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        ArmingShares,
        Arrows,
        Attractor,
        Audit,
        BalanceOrHegemony,
        BasinEntropy,
        BasinShares,
        BoundaryDimension,
        Basins,
        BattleEnd,
        Blocks,
        Blocs,
        Border,
        BoxLimit,
        Branch,
        BuildUp,
        Capture,
        Certificate,
        ComparativeStatics,
        Crossing,
        CycleBranch,
        Cycles,
        DenseOutput,
        Design,
        DeterrenceCone,
        DestabilisingDyads,
        Diagnosis,
        Diagram,
        Discovery,
        DynamicsStudy,
        EdgeState,
        EarlyWarning,
        Elasticities,
        Ensemble,
        Equilibria,
        Equilibrium,
        Estimate,
        EstimateRow,
        FeedbackNash,
        FlowCurve,
        Family,
        FourWorlds,
        GlobalDiagram,
        LimitCycle,
        Locus,
        LyapunovSpectrum,
        Manifold,
        Margin,
        MapCycle,
        Nondimensional,
        Observations,
        OrbitDiagram,
        Parameter,
        Peeling,
        PhasePortrait,
        PoincareSection,
        PrisonersDilemma,
        PhasePortraits,
        PowerSystem,
        Provenance,
        Regression,
        SafeOvershoot,
        Remedy,
        Reproduction,
        Resilience,
        Robustness,
        ScenarioBox,
        Sensitivity,
        Series,
        Shock,
        SpecialPoint,
        Spectrum,
        StabilityMap,
        StabilityOverBox,
        State,
        Tick,
        Tipping,
        Trajectory,
        TwoByTwo,
        UndecidedBox,
        UnstableGroups,
        Window,
        World,
        ZeroOneTest,
    )
}
ENUMERATIONS: dict[str, type[Enum]] = {"Outcome": Outcome}
BUILDERS: dict[str, Callable[..., Any]] = {"Window": lambda axes: Window(**dict(axes))}  # where fields are not arguments
