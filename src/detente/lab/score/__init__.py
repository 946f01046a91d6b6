"""Score: forecasts made with the data of one month beside the months that came."""
