"""Record: events, promises, history since 1901, event studies, and the record beside a run."""
