"""Kernels compiled once for all models and kept in the guarded cache."""

from __future__ import annotations

import hashlib
from functools import cache
from types import ModuleType
from typing import Any

from richardson.compiled import store
from richardson.compiled.kernels import TEXTS

VECTOR, MATRIX, STACK = "float64[::1]", "float64[:,::1]", "float64[:,:,::1]"
CODES, CODE_ROWS = "int64[::1]", "int64[:,::1]"
RULE = f"FunctionType(void(float64, {VECTOR}, {VECTOR}, {VECTOR}, {MATRIX}))"  # rates_and_jacobian(t, x, p, out, jacobian)


def kernel(module: ModuleType, name: str, signature: str) -> Any:
    """Function ``name`` of a kernel module, compiled for ``signature`` and no other type.

    Parameters
    ----------
    module : module
        One of `richardson.compiled.kernels`; it is compiled from a copy of its source in the cache folder.
    name : str
    signature : str
        Numba signature.
    """
    return kernel_from(TEXTS[module.__name__.rpartition(".")[2]], name, signature)


@cache
def kernel_from(source: str, name: str, signature: str) -> Any:
    """Function ``name`` of a module with that text, compiled for ``signature`` and no other type."""
    found = store.function(module_from(source), name, signature)
    if hasattr(found, "disable_compile"):
        found.disable_compile()  # a model's function would else be taken for a type of its own, and compiled anew
    return found


def module_from(source: str) -> ModuleType:
    """Module of kernels with that text; its functions are not compiled yet."""
    key = hashlib.sha256(f"{source}\n{store.toolchain()}".encode()).hexdigest()
    return store.load(key, lambda: source)
