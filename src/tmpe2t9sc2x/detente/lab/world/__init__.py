"""World: what the duties of laws or of a table do to every country."""
