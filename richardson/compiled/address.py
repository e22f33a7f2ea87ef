"""Compiled functions as kernels take them for arguments, each with its address looked up once.

A compiled function itself may be handed to a kernel, but is then looked up anew in every call, which takes longer than a short run.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba import types


class Address:
    """A compiled function by its address: numba asks for the two underscored names.

    Parameters
    ----------
    function : dispatcher
        Compiled for one signature.
    """

    def __init__(self, function: Any) -> None:
        signature = function.nopython_signatures[0]
        self._numba_type_ = types.FunctionType(signature)
        self._result = function.get_compile_result(signature)  # kept, since the code goes with it
        self._address = self._result.library.get_pointer_to_function(self._result.fndesc.llvm_cfunc_wrapper_name)

    def __wrapper_address__(self) -> int:
        """Where its machine code begins."""
        return int(self._address)


@cache
def addressed(function: Any) -> Any:
    """The `Address` of a compiled function; a plain one, under ``NUMBA_DISABLE_JIT``, itself."""
    return Address(function) if hasattr(function, "nopython_signatures") else function
