"""Kernels: loops over many runs, compiled once for all models.

A kernel is a module of plain annotated functions on bare arrays. It calls a model's rates through a function pointer,
so a new model compiles its own rates only.
"""

from pathlib import Path

TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("*.py")}
"""Source of each kernel module as it stood when the first was imported, so that all of a process's kernels are of one version."""
