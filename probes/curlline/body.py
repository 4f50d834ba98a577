"""How many bytes the body of a curl command has; files are asked for by their size and never read."""

from collections.abc import Callable
from urllib.parse import quote_plus

from probes.curlline.call import BodySize

SizeOf = Callable[[str], int | None]
"""Returns the size of a file in bytes, None when it is not on this machine."""

_BOUNDARY = 40
"""Characters of the boundary that curl up to 8.4 writes in a multipart body; later ones write six more."""


class BodyParts:
    """Adds up what ``-d``, ``-F`` and ``-T`` put into one body."""

    def __init__(self, size_of: SizeOf) -> None:
        self._size_of = size_of
        self._pieces: list[int | None] = []
        self._parts: list[int | None] = []
        self._upload: list[int | None] = []
        self.why = ""

    def data(self, name: str, value: str) -> None:
        """Take one of the ``--data`` family; ``--data-raw`` knows no files, ``--data-urlencode`` encodes."""
        if name == "data-urlencode":
            self._pieces.append(self._encoded(value))
        elif value.startswith("@") and name != "data-raw":
            self._pieces.append(self._file(value[1:], name))
        else:
            self._pieces.append(_bytes(value))

    def form(self, value: str, *, literal: bool = False) -> None:
        """Take one ``-F name=content`` or ``-F name=@file``."""
        name, _, content = value.partition("=")
        head = _BOUNDARY + 2 + 2 + len('Content-Disposition: form-data; name=""') + _bytes(name) + 2 + 2
        if literal or content[:1] not in ("@", "<"):
            self._parts.append(head + _bytes(content.partition(";type=")[0] if not literal else content) + 2)
            return
        path = content[1:].partition(";")[0].strip('"')
        size = self._file(path, "form")
        if content[0] == "@":
            shown = path.replace("\\", "/").rpartition("/")[2]
            head += len('; filename=""') + _bytes(shown) + len("Content-Type: \r\n") + len(_type_of(path))
        self._parts.append(None if size is None else head + size + 2)

    def upload(self, path: str) -> None:
        """Take ``-T FILE``."""
        self._upload.append(self._file(path, "upload-file"))

    def _encoded(self, value: str) -> int | None:
        place = min((value.find(mark) for mark in "=@" if mark in value), default=-1)
        if place < 0 or value[place] == "=":
            name, content = (value[:place], value[place + 1 :]) if place >= 0 else ("", value)
            return (_bytes(name) + 1 if name else 0) + len(quote_plus(content, safe="~"))
        size = self._file(value[place + 1 :], "data-urlencode")
        if size is not None:
            self.why = "--data-urlencode makes more bytes of a file than it has"
        return None if size is None else size + (place + 1 if place else 0)

    def _file(self, path: str, option: str) -> int | None:
        if path in ("-", "."):
            self.why = f"--{option} reads standard input, whose size is not known"
            return None
        size = self._size_of(path)
        if size is None:
            self.why = f"the file of --{option} is not on this machine"
        elif option in ("data", "data-ascii"):
            self.why = f"--{option} leaves out the line ends of its file, so that the body is a little smaller"
        return size

    def size(self) -> BodySize | None:
        """Return the size of the whole body; None when there is no body."""
        if not (self._pieces or self._parts or self._upload):
            return None
        every = [*self._pieces, *self._parts, *self._upload]
        known = [piece for piece in every if piece is not None]
        if len(known) < len(every):
            return BodySize(size=None, why=self.why)
        total = sum(known) + max(len(self._pieces) - 1, 0)
        total += _BOUNDARY + 6 if self._parts else 0
        return BodySize(size=total, why=self.why)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


_TYPES = {
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".htm": "text/html",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xml": "application/xml",
}


def _type_of(path: str) -> str:
    """Return the Content-Type that curl gives to a file (curl lib/mime.c, Curl_mime_contenttype)."""
    lower = path.lower()
    return next((kind for end, kind in _TYPES.items() if lower.endswith(end)), "application/octet-stream")
