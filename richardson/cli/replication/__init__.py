"""``richardson replicate-package``: a study with all that a journal's data editor asks for, in a folder or a zip file."""
