"""Statute: the law as a reader asks for it, by line, shipment, word, day or revision."""
