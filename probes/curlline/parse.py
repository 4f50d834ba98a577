"""From the text of a curl command to what it would do; contacts nobody and reads no file."""

import base64
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from probes.curlline.body import BodyParts, SizeOf
from probes.curlline.call import CurlCall
from probes.curlline.network import network, tls_of
from probes.curlline.options import Option, options
from probes.curlline.table import HARMLESS
from probes.curlline.words import split
from probes.errors import UsageFault
from probes.model.probe import OwnExpect

_GLOB = re.compile(r"[{}\[\]]")


def parse(text: str, size_of: SizeOf = lambda _path: None) -> CurlCall:
    """Return what the first transfer of the curl command in ``text`` does.

    ``size_of`` tells the size of a file that a body comes from. Raises UsageFault when the text holds no curl
    command, or one that is cut off.
    """
    reader = _Parser(size_of)
    for option in options(split(text)):
        if option.name == "next":
            reader.leave_out("--next and what follows it: only the first transfer is played")
            break
        reader.take(option)
    return reader.call()


class _Parser:
    """Collects what the options say; the last of several wins, as in curl."""

    def __init__(self, size_of: SizeOf) -> None:
        self._body = BodyParts(size_of)
        self._urls: list[str] = []
        self._headers: list[tuple[str, str]] = []
        self._said: dict[str, str] = {}
        self._network: list[Option] = []
        self._flags: set[str] = set()
        self._expect: OwnExpect = "client"
        self._left_out: list[str] = []

    def leave_out(self, words: str) -> None:
        """Note something that will not be played."""
        self._left_out.append(words)

    def take(self, option: Option) -> None:
        """Take in one option or URL."""
        if option.expands:
            self.leave_out(f"{option.shown}: what the shell would have put into it is not known here")
        if option.unknown:
            self.leave_out(f"{option.shown}: not an option of curl that is known here")
            return
        handler = _HANDLERS.get(option.name)
        if handler is not None:
            handler(self, option)
        elif option.name not in HARMLESS:
            self.leave_out(f"{option.shown}{_WHY.get(option.name, '')}")

    def url(self, option: Option) -> None:
        self._urls.append(option.value)

    def data(self, option: Option) -> None:
        self._body.data(option.name, option.value)
        self._flags.add("data")

    def json(self, option: Option) -> None:
        self._body.data("data-binary", option.value)
        self._flags.add("data")
        self._headers += [("Content-Type", "application/json"), ("Accept", "application/json")]

    def form(self, option: Option) -> None:
        self._body.form(option.value, literal=option.name == "form-string")
        self._flags.add("data")

    def upload(self, option: Option) -> None:
        self._body.upload(option.value)
        self._flags.add("upload")

    def flag(self, option: Option) -> None:
        self._flags.add(option.name)

    def value(self, option: Option) -> None:
        self._said[option.name] = option.value

    def to_network(self, option: Option) -> None:
        self._network.append(option)

    def header(self, option: Option) -> None:
        if option.value.startswith("@"):
            self.leave_out("-H with a file of headers")
            return
        name, colon, value = option.value.partition(":")
        name, value = name.strip(), value.strip()
        if name.lower() == "expect":
            self._expect = "always" if value else "never"
            return
        if not colon or not value:
            # ``Name;`` sends an empty header, ``Name:`` takes one of curl's own away: neither bears on certificates.
            self.leave_out("-H with an empty or removed header")
            return
        if name.lower() in ("host", "user-agent", "content-length", "transfer-encoding", "connection"):
            self.leave_out(f"-H {name.title()}: the probes set that header themselves")
            return
        self._headers = [pair for pair in self._headers if pair[0].lower() != name.lower()] + [(name, value)]

    def referer(self, option: Option) -> None:
        self._headers.append(("Referer", option.value.removesuffix(";auto")))

    def cookie(self, option: Option) -> None:
        if "=" in option.value:
            self._headers.append(("Cookie", option.value))
        else:
            self.leave_out(f"{option.shown} with a file of cookies")

    def bearer(self, option: Option) -> None:
        self._headers.append(("Authorization", f"Bearer {option.value}"))

    def user(self, option: Option) -> None:
        if ":" not in option.value:
            self.leave_out(f"{option.shown} without a password: curl would ask for it")
            return
        value = base64.b64encode(option.value.encode("utf-8")).decode("ascii")
        self._headers.append(("Authorization", f"Basic {value}"))

    def call(self) -> CurlCall:
        """Return what was collected."""
        url = self._first_url()
        cert, phrase = _certificate(self._said)
        body = self._body.size()
        if "get" in self._flags:
            self.leave_out("-G: its data belong into the query of the URL")
            body = None
        if body is not None and body.why:
            self.leave_out(body.why)
        found = network(self._network, url, self.leave_out)
        return CurlCall(
            url=url,
            method=self._method(),
            headers=tuple(self._headers),
            own_expect=self._expect,
            body=body,
            cert=cert,
            key=self._said.get("key"),
            phrase=phrase,
            ca=self._said.get("cacert"),
            insecure="insecure" in self._flags,
            http=found.http,
            tls=tls_of(self._network, self.leave_out),
            ciphers=self._said.get("ciphers"),
            connect_to=found.connect_to,
            proxy=found.proxy,
            not_honoured=tuple(dict.fromkeys(self._left_out)),
        )

    def _method(self) -> str:
        if "request" in self._said:
            return self._said["request"].upper()
        if "head" in self._flags or "get" in self._flags:
            return "HEAD" if "head" in self._flags else "GET"
        return "PUT" if "upload" in self._flags else "POST" if "data" in self._flags else "GET"

    def _first_url(self) -> str | None:
        if not self._urls:
            return None
        if len(self._urls) > 1:
            self.leave_out(f"{len(self._urls) - 1} more URLs: only the first is played")
        url = self._urls[0] if "://" in self._urls[0] else f"http://{self._urls[0]}"
        try:
            parts = urlsplit(url)
            bare = parts.netloc.rpartition("@")
        except ValueError:
            raise UsageFault("The URL of the curl command cannot be read. Check it, or give TARGET.") from None
        if bare[0]:
            self.user(Option(name="user", shown="the user in the URL", value=bare[0]))
            url = parts._replace(netloc=bare[2]).geturl()
        if _GLOB.search(parts.path + parts.query):
            self.leave_out("braces or brackets in the URL, which curl turns into several URLs")
        return url


def _certificate(said: dict[str, str]) -> tuple[str | None, str | None]:
    """Take ``--cert FILE[:PHRASE]`` apart; a drive letter is no file, and ``\\:`` is a colon in the name."""
    text = said.get("cert")
    if text is None:
        return None, said.get("pass")
    found = re.match(r"((?:[A-Za-z]:(?=[\\/]))?(?:\\:|[^:])*)(?::(.*))?$", text, re.DOTALL)
    assert found is not None
    file, phrase = found.group(1).replace("\\:", ":"), found.group(2)
    return file, said.get("pass", phrase)


_HANDLERS: dict[str, Callable[[_Parser, Option], None]] = {
    "": _Parser.url,
    "url": _Parser.url,
    "json": _Parser.json,
    "form": _Parser.form,
    "form-string": _Parser.form,
    "upload-file": _Parser.upload,
    "header": _Parser.header,
    "referer": _Parser.referer,
    "cookie": _Parser.cookie,
    "oauth2-bearer": _Parser.bearer,
    "user": _Parser.user,
    **dict.fromkeys(("data", "data-ascii", "data-binary", "data-raw", "data-urlencode"), _Parser.data),
    **dict.fromkeys(("head", "get", "insecure"), _Parser.flag),
    **dict.fromkeys(("request", "cert", "key", "cert-type", "key-type", "pass", "cacert", "ciphers"), _Parser.value),
    **dict.fromkeys(("tls-max", "noproxy", "proxy", "proxy-user", "resolve", "connect-to"), _Parser.to_network),
    **dict.fromkeys(("tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3"), _Parser.to_network),
    **dict.fromkeys(("http1.1", "http2", "http2-prior-knowledge"), _Parser.to_network),
}

_WHY = {
    "location": ": redirects are not followed",
    "location-trusted": ": redirects are not followed",
    "user-agent": ": the probes carry the tool's own User-Agent",
    "config": ": the options in that file are not read",
    "expect100-timeout": ": curl's own second is played",
    "tls13-ciphers": ": TLS 1.3 suites cannot be chosen here",
    "http1.0": ": the probes speak HTTP/1.1 and HTTP/2",
    "http3": ": the probes speak HTTP/1.1 and HTTP/2",
    "http3-only": ": the probes speak HTTP/1.1 and HTTP/2",
}
