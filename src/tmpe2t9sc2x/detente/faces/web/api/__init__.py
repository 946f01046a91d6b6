"""Program interface of the server."""
