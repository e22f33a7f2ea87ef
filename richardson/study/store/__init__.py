"""The folder that keeps a study: its blocks, what says which are finished, and how it is opened again."""
