"""Words: every sentence of the brief, from one catalogue, and the forms it is shown in."""
