"""Numbers as readers see them: cells, labels, ranges, parts of sentences; the one place that rounds."""
