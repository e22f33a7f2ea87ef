"""The shipped series and their loaders."""
