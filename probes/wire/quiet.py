"""Keeps the libraries' logs to themselves: at their lower levels they print header fields, and so secrets."""

import logging

LOGGERS = ("httpx", "httpcore", "h11", "h2", "hpack")


def quiet() -> None:
    """Let nothing that these libraries log reach a handler of the program, at any level."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
