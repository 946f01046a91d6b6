"""Supply chains under export control: who runs short, when, at what price and at what cost to the economy."""
