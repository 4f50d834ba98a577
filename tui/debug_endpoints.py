"""A debug endpoint for each stack, to be copied: it returns the headers that the app received, without secrets.

Every one of them answers with a JSON object of header names and values at ``/debug/headers`` and leaves out
Authorization and Cookie. It is meant for the time of a diagnosis only.
"""

from types import MappingProxyType
from typing import NamedTuple


class Stack(NamedTuple):
    """One stack: what it is called, and the lines to copy."""

    title: str
    code: str


_ASPNETCORE = """\
// Program.cs, before app.Run(); take it out again after the diagnosis
app.MapGet("/debug/headers", (HttpRequest request) => Results.Json(
    request.Headers
        .Where(h => h.Key is not ("Authorization" or "Cookie"))
        .ToDictionary(h => h.Key, h => h.Value.ToString())));"""

_FUNCTIONS = """\
// .NET isolated worker; take it out again after the diagnosis
[Function("DebugHeaders")]
public IActionResult Run(
    [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "debug/headers")] HttpRequest request) =>
    new JsonResult(request.Headers
        .Where(h => h.Key is not ("Authorization" or "Cookie"))
        .ToDictionary(h => h.Key, h => h.Value.ToString()));
// the route has the prefix of host.json: /api/debug/headers unless routePrefix says otherwise"""

_FLASK = """\
# Flask; take it out again after the diagnosis
@app.get("/debug/headers")
def debug_headers():
    secret = {"authorization", "cookie"}
    return {name: value for name, value in request.headers.items() if name.lower() not in secret}"""

_DJANGO = """\
# Django: views.py, with path("debug/headers", debug_headers) in urls.py; take it out again after the diagnosis
from django.http import JsonResponse

def debug_headers(request):
    secret = {"authorization", "cookie"}
    return JsonResponse({name: value for name, value in request.headers.items() if name.lower() not in secret})"""

_FASTAPI = """\
# FastAPI; take it out again after the diagnosis
from fastapi import Request

@app.get("/debug/headers")
async def debug_headers(request: Request):
    secret = {"authorization", "cookie"}
    return {name: value for name, value in request.headers.items() if name not in secret}"""

_EXPRESS = """\
// Express; take it out again after the diagnosis
app.get('/debug/headers', (request, response) => {
  const { authorization, cookie, ...headers } = request.headers;
  response.json(headers);
});"""

_SPRING = """\
// Spring Boot, in a @RestController; take it out again after the diagnosis
@GetMapping("/debug/headers")
public Map<String, String> debugHeaders(@RequestHeader Map<String, String> headers) {
    var shown = new java.util.TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    shown.putAll(headers);
    shown.keySet().removeAll(java.util.Set.of("authorization", "cookie"));
    return shown;
}"""

_PHP = """\
<?php // debug/headers/index.php; take it out again after the diagnosis
header('Content-Type: application/json');
$headers = array_change_key_case(getallheaders(), CASE_LOWER);
unset($headers['authorization'], $headers['cookie']);
echo json_encode($headers);"""

STACKS = MappingProxyType(
    {
        "aspnetcore": Stack("ASP.NET Core", _ASPNETCORE),
        "functions": Stack("Azure Functions, .NET isolated", _FUNCTIONS),
        "flask": Stack("Python: Flask", _FLASK),
        "django": Stack("Python: Django", _DJANGO),
        "fastapi": Stack("Python: FastAPI", _FASTAPI),
        "express": Stack("Node.js: Express", _EXPRESS),
        "spring": Stack("Java: Spring Boot", _SPRING),
        "php": Stack("PHP", _PHP),
    }
)
"""Every stack by its name."""
