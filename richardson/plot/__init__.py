"""Results drawn on Axes; nothing is solved here."""
