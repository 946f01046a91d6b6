"""Many sectors linked by inputs: equations, solution, technology and real income."""
