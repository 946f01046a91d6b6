"""Lab: scenarios to results; the only place where the steps are chained."""
