"""Stage 1: what the site is told to do."""
