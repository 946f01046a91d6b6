"""Country: what a deal does to one country, whom it displaces, its best replies and what it could offer."""
