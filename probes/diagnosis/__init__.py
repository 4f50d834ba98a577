"""Stage 4: which one cause explains everything that was seen."""
