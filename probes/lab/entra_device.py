"""The device authorization grant (RFC 8628) of the lab: codes, and what the person at the other screen does."""

import secrets
import time
from typing import Any, Literal

LIFETIME_SECONDS = 900
INTERVAL_SECONDS = 1
MAX_CODES = 1_000
Login = Literal["pending", "approved", "declined", "expired"]


class DeviceLogins:
    """The device codes that were handed out."""

    def __init__(self) -> None:
        self._started: dict[str, float] = {}

    def start(self, client_id: str, page: str) -> dict[str, Any]:
        """Return a new device code with the code that a person types at ``page``."""
        code = secrets.token_urlsafe(32)
        user_code = secrets.token_hex(4).upper()
        self._started[code] = time.monotonic()
        while len(self._started) > MAX_CODES:
            del self._started[next(iter(self._started))]
        return {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": page,
            "expires_in": LIFETIME_SECONDS,
            "interval": INTERVAL_SECONDS,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {user_code}.",
        }

    def ask(self, code: str, login: Login) -> Login | Literal["unknown"]:
        """Return how far the sign-in of ``code`` is; a code works once."""
        if code not in self._started:
            return "unknown"
        if time.monotonic() - self._started[code] > LIFETIME_SECONDS:
            login = "expired"
        if login != "pending":
            del self._started[code]
        return login
