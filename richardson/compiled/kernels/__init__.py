"""Kernels: loops over many runs, compiled once for all models.

A kernel is a module of plain annotated functions on bare arrays. It calls a model's rates through a function pointer,
so a new model compiles its own rates only.
"""
