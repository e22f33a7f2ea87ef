"""Models and results on disk, and back, without pickle."""

from richardson.files.archive import load, save

__all__ = ["load", "save"]
