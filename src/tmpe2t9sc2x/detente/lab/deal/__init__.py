"""Deal: levers to numbers at once, the acceptable set behind them, and the file of a deal."""
