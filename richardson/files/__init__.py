"""Models and results on disk, and back, without pickle; runs as files that other programs read."""

from richardson.files.archive import load, save
from richardson.files.export import export

__all__ = ["export", "load", "save"]
