"""The negotiating table in a browser: a server with pages, a program interface and jobs."""
