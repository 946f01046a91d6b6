"""The questions, one a file; the name of the file is that of the question."""
