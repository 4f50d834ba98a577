"""A request as the edge hands it to the app, and an answer; header names keep their case."""

import msgspec

Headers = tuple[tuple[str, str], ...]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request. ``target`` is as it came, query included; header values are latin-1 text."""

    method: str
    target: str
    headers: Headers = ()

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def first(self, name: str) -> str | None:
        """Return the first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One final answer; Content-Length is added when it is written."""

    status: int
    reason: str
    headers: Headers = ()
    body: bytes = b""
