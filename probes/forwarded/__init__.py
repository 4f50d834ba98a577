"""Stage 3: what the app received of the client certificate."""
