"""Data: catalogue, embedded tables, lawbooks and readers; the only place that touches the disk."""
