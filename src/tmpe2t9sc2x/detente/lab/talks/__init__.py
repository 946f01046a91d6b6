"""Talks: a case from its file to settlements, and the talks behind a run."""
