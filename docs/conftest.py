"""Every Python block of the documents is a test: what they show is what the library does."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

os.environ["MPLBACKEND"] = "agg"
if "RICHARDSON_CACHE_DIR" not in os.environ:  # a user's cache must neither help nor suffer
    _cache = tempfile.mkdtemp(prefix="richardson-docs-")
    os.environ["RICHARDSON_CACHE_DIR"] = _cache
    atexit.register(shutil.rmtree, _cache, ignore_errors=True)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder in which a document's blocks run, so that what they write is left nowhere."""
    folder, before = tmp_path_factory.mktemp("document"), Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


collect_ignore = ["conf.py", "api_pages.py", "gallery.py", "name_links.py", "generated"]  # Sphinx's, which the default tests do without

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS | NORMALIZE_WHITESPACE)],
    patterns=["*.md"],
    fixtures=["elsewhere"],
).pytest()
