"""Single float64 numbers and their bits: what the elementary functions are made of, and how they are compiled.

Compiled functions here are free of calls and branches, so that a loop over lanes becomes packed instructions.
They are always inlined and never allowed to reorder or merge operations: a function gives the same bits wherever
it is called. Only polynomials may fuse products into sums: there each such product has one use, and so always does.
"""

import functools
import math
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar, cast

import numpy as np
from numba import config, njit, types
from numba.extending import intrinsic, overload

Function = TypeVar("Function", bound=Callable[..., Any])

SIGN = -0x8000000000000000  # the sign bit of a float64
FRACTION = 0x000FFFFFFFFFFFFF  # its 52 bits of fraction
EXPONENT = 0x7FF0000000000000  # its 11 bits of exponent
FRACTION_BITS = 52
ROUNDING = 6755399441055744.0  # 1.5·2^52: a number added to it loses its fraction, and its last bits are the whole number

inner = njit(error_model="numpy", nogil=True, forceinline=True)
polynomial = njit(error_model="numpy", nogil=True, forceinline=True, fastmath={"contract"})


def compiled(function: Function) -> Function:
    """``function`` for numba; without compiler, with numpy's arithmetic and as silent as the compiled one."""
    if not vars(config)["DISABLE_JIT"]:
        return cast(Function, inner(function))

    @functools.wraps(function)
    def plain(*arguments: float) -> float:
        with np.errstate(all="ignore"):
            return np.float64(function(*map(np.float64, arguments)))

    return cast(Function, plain)


def bits(x: float) -> int:
    """The 64 bits of a float64, as a whole number with sign."""
    whole: int = struct.unpack("<q", struct.pack("<d", x))[0]
    return whole


def from_bits(whole: int) -> float:
    """The float64 of the last 64 bits of ``whole``."""
    return np.float64(struct.unpack("<d", struct.pack("<Q", whole & 0xFFFFFFFFFFFFFFFF))[0])


def fma(a: float, b: float, c: float) -> float:
    """``a·b + c``, rounded once."""
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        return np.float64(a * b + c)
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    try:
        return np.float64(float(exact)) if exact else np.float64(a * b + c)  # the sign of zero
    except OverflowError:
        return np.float64(math.inf if exact > 0 else -math.inf)


def _cast_rule(context: Any, x: Any) -> Any:
    """Llvm's bitcast between float64 and int64."""
    target = types.int64 if x == types.float64 else types.float64

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(signature.return_type))

    return target(x), generate


def _fma_rule(context: Any, a: Any, b: Any, c: Any) -> Any:
    """Llvm's fma, which is exact on every machine (and one instruction on most)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


_bitcast: Any = intrinsic(_cast_rule)
_fused: Any = intrinsic(_fma_rule)


@overload(bits, strict=False, jit_options={"forceinline": True})
def _bits(x: Any) -> Any:
    return lambda x: _bitcast(float(x))


@overload(from_bits, strict=False, jit_options={"forceinline": True})
def _from_bits(whole: Any) -> Any:
    return lambda whole: _bitcast(np.int64(whole))


@overload(fma, strict=False, jit_options={"forceinline": True})
def _fma(a: Any, b: Any, c: Any) -> Any:
    return lambda a, b, c: _fused(a, b, c)  # noqa: PLW0108 -- numba wants a function, and an intrinsic is none


@inner
def with_sign(magnitude: float, x: float) -> float:
    """``magnitude``, which is not negative, with the sign of ``x``."""
    return from_bits(bits(magnitude) | (bits(x) & SIGN))


@inner
def as_float(whole: int) -> float:
    """A whole number below 2^51 as a float64 (AVX2 has no instruction for that)."""
    return from_bits(bits(ROUNDING) + whole) - ROUNDING


@inner
def quick_sum(a: float, b: float) -> tuple[float, float]:
    """Rounded ``a + b`` and what rounding lost, for |a| ≥ |b| or a = 0."""
    total = a + b
    return total, b - (total - a)


@inner
def fraction(top: float, top_low: float, bottom: float, bottom_low: float) -> float:
    """(top + top_low)/(bottom + bottom_low) with one division, to little more than half an ulp."""
    inverse = 1.0 / bottom
    quotient = top * inverse
    remainder = fma(-quotient, bottom, top) + (top_low - quotient * bottom_low)
    return fma(remainder, inverse, quotient)
