"""Watch: what the law changed for a list of lines and partners since a day, and what is known to come."""
