"""Further secrets for the canary search: what Azure answers, what a customer's own curl prints, in every form."""

import base64
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.report.test_canary import Place

APP_SETTING, CONNECTION, STORAGE, TAG = "app-Zr11canary", "Pwd=cns-Zr12canary;", "stg+Zr13/canary==", "tag-Zr14canary"
IN_AUTH, IN_MESSAGE, USER_PHRASE = "aut-Zr15canary", "msg+Zr16/canary", "usr Zr17:canary"
CLIENT_SECRET = "cls~Zr18.canary"
FURTHER = (APP_SETTING, CONNECTION, STORAGE, TAG, IN_AUTH, IN_MESSAGE, USER_PHRASE, CLIENT_SECRET)


def inner_base64(text: str) -> set[str]:
    """Return what stands in Base64 of any longer text that holds ``text``, at each of the three alignments."""
    found = set()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode()).decode().rstrip("=")
        # The characters at both ends depend on the neighbours, too.
        found.add(coded[(0, 2, 3)[before] : -1])
    return found | {one.replace("+", "-").replace("/", "_") for one in found}


@dataclass
class Wider(Place):
    """A place whose search knows more secrets, and Base64 of longer texts around them."""

    more: list[str] = field(default_factory=lambda: list(FURTHER))

    def secrets(self) -> list[str]:
        forms = set(super().secrets())
        for one in self.more:
            forms |= {one, quote(one, safe=""), quote(one)} | inner_base64(one)
        return sorted(forms)

    def output(self) -> bytes:
        """Everything that the commands printed until now."""
        return b"".join(self.said)


def wider(place: Place) -> Wider:
    """Return the same place with the further secrets."""
    return Wider(place.folder, place.origin, place.pki, place.pfx, place.key, place.said)
