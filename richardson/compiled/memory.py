"""Arrays as kernels pass them on: without reference counts.

A count is one atomic addition, and a kernel's functions would make dozens of them in every step of a block.
"""

from __future__ import annotations

from typing import Any, TypeVar

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numba.np.arrayobj import make_array, populate_array

from richardson.arrays import FloatArray, IntArray

Numbers = TypeVar("Numbers", FloatArray, IntArray)


def unmanaged(array: Numbers) -> Numbers:
    """The same array, for use while the caller holds it."""
    return array


@intrinsic
def _without_owner(context: Any, array: Any) -> Any:
    """A view that owns nothing."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        of_kind: Any = make_array(array)  # type: ignore[no-untyped-call]  # numba has no annotations here
        source, view = of_kind(context, builder, arguments[0]), of_kind(context, builder)
        fill: Any = populate_array  # numba has no annotations here
        unpack: Any = cgutils.unpack_tuple
        fill(
            view,
            data=source.data,
            shape=unpack(builder, source.shape),
            strides=unpack(builder, source.strides),
            itemsize=source.itemsize,
            meminfo=None,
        )
        return view._getvalue()

    return array(array), generate


@overload(unmanaged, strict=False)
def _unmanaged(array: Any) -> Any:
    view: Any = _without_owner  # numba supplies the context
    return (lambda array: view(array)) if isinstance(array, types.Array) else None  # noqa: PLW0108 -- numba wants a function of its own
