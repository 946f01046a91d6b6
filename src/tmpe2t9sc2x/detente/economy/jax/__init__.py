"""A second writing of both families in JAX, for derivatives by another hand and graphics processors."""
