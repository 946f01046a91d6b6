"""Jobs, results and what the server keeps."""
