"""One sector a country: equations, solution and batches."""
