"""How the documents become a website: ``sphinx-build -W docs build/docs``, from a clean clone, without a network.

What is not written by hand is written first, into ``docs/generated``: the reference of every public name, and the gallery.
``-t quick`` draws the gallery's figures on coarser grids, and each of its pages says so; without it they are drawn as for a paper.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HERE.parent), os.environ.get("PYTHONPATH")]))  # for the notebooks' kernels
if "RICHARDSON_CACHE_DIR" not in os.environ:  # a user's cache must neither help nor suffer
    os.environ["RICHARDSON_CACHE_DIR"] = tempfile.mkdtemp(prefix="richardson-docs-")

import api_pages  # noqa: E402 - the path above comes first
import gallery  # noqa: E402
import name_links  # noqa: E402

import richardson  # noqa: E402

project = "richardson"
author = "the richardson developers"
copyright = f"2026, {author}"
version = release = richardson.__version__
language = "en-GB"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",
]
root_doc = "index"
exclude_patterns = ["README.md", "generated/notebooks"]  # index.md includes the one; the other holds what cells gave
suppress_warnings = ["ref.footnote"]  # a work in a list of references need not be pointed to
nitpicky = False

myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "generated" / "notebooks")
nb_execution_timeout = 600
nb_execution_raise_on_error = True

autosummary_generate = False  # docs/api_pages.py writes the pages
autodoc_typehints = "none"  # the docstrings say it
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = "richardson"
html_static_path = ["website"]
html_css_files = ["site.css"]
html_show_sphinx = False


def setup(app: Any) -> None:
    """Write what is generated before Sphinx looks for pages."""
    gallery.write(HERE / "generated" / "gallery", quick=app.tags.has("quick"))
    api_pages.write(HERE / "generated" / "api")
    app.connect("autodoc-process-docstring", api_pages.make_readable, priority=400)  # before napoleon
    app.connect("doctree-resolved", name_links.link_names)
    app.connect("source-read", list_folder)
    app.connect("source-read", offer_notebook)


def list_folder(app: Any, page: str, source: list[str]) -> None:
    """Add to the index of a folder the menu of its pages, which a code host would show as text."""
    if page.endswith("/README"):
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def offer_notebook(app: Any, page: str, source: list[str]) -> None:
    """Offer a page that is run from top to bottom as the notebook that the run leaves, which a code host would show as text."""
    if source[0].startswith("---\nfile_format: mystnb\n"):
        offer = f"As a notebook, run and with its solutions unfolded: {{nb-download}}`{page.rpartition('/')[2]}.ipynb`.\n\n"
        before, cell, after = source[0].partition("```{code-cell}")
        source[0] = f"{before}{offer}{cell}{after}"
