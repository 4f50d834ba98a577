"""Every real client that can run here, by the name of the persona that stands for it."""

from tests.clients.curl_client import by_curl
from tests.clients.order import Send
from tests.clients.programs_built import by_axios, by_go, by_java, by_newman, by_node
from tests.clients.python_clients import by_aiohttp, by_httpx, by_requests

REAL: dict[str, Send] = {
    "curl": by_curl,
    "postman": by_newman,
    "java": by_java,
    "go": by_go,
    "node": by_node,
    "axios": by_axios,
    "requests": by_requests,
    "httpx": by_httpx,
    "aiohttp": by_aiohttp,
}
