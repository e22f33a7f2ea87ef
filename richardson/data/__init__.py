"""The shipped series and their loaders.

Terms differ from file to file and are recorded in ``provenance.toml`` in this folder.
"""

from richardson.data.matrix import NationMatrix, read_matrix
from richardson.data.series import Rivalry, richardson_1909, rivalries, rivalry, warheads
from richardson.data.table import read_table

__all__ = ["NationMatrix", "Rivalry", "read_matrix", "read_table", "richardson_1909", "rivalries", "rivalry", "warheads"]
