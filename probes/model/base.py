"""The base of all values: immutable, typed, JSON in and out."""

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is never changed after it was made; ``msgspec.structs.replace`` makes a new one."""
