"""The command line: verbs of the library, results on stdout, progress on stderr."""
