"""Work: processes, one thread of linear algebra, and what is done beside a run."""
