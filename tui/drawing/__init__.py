"""Pure functions from the state of a case to lines of text with roles; nothing here knows Textual."""
