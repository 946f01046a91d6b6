"""Score: forecasts beside what came: of duty, imports and prices by month, of threats, deals and truces."""
