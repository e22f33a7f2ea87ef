"""Kernels: loops over many runs, compiled once for all models and kept in the guarded cache.

A kernel is a module of plain annotated functions on bare arrays. It calls a model's rates through a function pointer,
so a new model compiles its own rates only.
"""

import hashlib
import inspect
from functools import cache
from types import ModuleType
from typing import Any

from richardson.compiled import store

VECTOR, MATRIX, STACK, CODES = "float64[::1]", "float64[:,::1]", "float64[:,:,::1]", "int64[::1]"
RULE = f"FunctionType(void(float64, {VECTOR}, {VECTOR}, {VECTOR}, {MATRIX}))"  # rates_and_jacobian(t, x, p, out, jacobian)


@cache
def kernel(module: ModuleType, name: str, signature: str) -> Any:
    """Function ``name`` of a kernel module, compiled for ``signature`` and no other type.

    Parameters
    ----------
    module : module
        Of plain functions; it is compiled from a copy of its source in the cache folder.
    name : str
    signature : str
        Numba signature.
    """
    source = inspect.getsource(module)
    key = hashlib.sha256(f"{source}\n{store.toolchain()}".encode()).hexdigest()
    found = store.function(store.load(key, lambda: source), name, signature)
    if hasattr(found, "disable_compile"):
        found.disable_compile()  # a model's function would else be taken for a type of its own, and compiled anew
    return found
