"""The security dilemma: theories, games, diagnosis."""
