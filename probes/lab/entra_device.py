"""The device authorization grant (RFC 8628) of the lab: codes, and what the person at the other screen does."""

import secrets
import time
from typing import Any, Literal

INTERVAL_SECONDS = 1
MAX_CODES = 1_000
Login = Literal["pending", "approved", "declined", "expired"]


class DeviceLogins:
    """The device codes that were handed out."""

    def __init__(self) -> None:
        self._ends: dict[str, float] = {}

    def start(self, client_id: str, page: str, seconds: int) -> dict[str, Any]:
        """Return a new device code, which lives so long, with the code that a person types at ``page``."""
        code = secrets.token_urlsafe(32)
        user_code = secrets.token_hex(4).upper()
        self._ends[code] = time.monotonic() + seconds
        while len(self._ends) > MAX_CODES:
            del self._ends[next(iter(self._ends))]
        return {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": page,
            "expires_in": seconds,
            "interval": INTERVAL_SECONDS,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {user_code}.",
        }

    def ask(self, code: str, login: Login) -> Login | Literal["unknown"]:
        """Return how far the sign-in of ``code`` is; a code works once."""
        if code not in self._ends:
            return "unknown"
        if time.monotonic() > self._ends[code]:
            login = "expired"
        if login != "pending":
            del self._ends[code]
        return login
