"""Words: every sentence of the brief, from one catalogue a language, and the forms it is shown in."""
