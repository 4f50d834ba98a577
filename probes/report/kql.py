"""The query that asks the site's own log what of this run it has, so that absence can be shown too."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from probes.model import Case, Observation, Value

BEFORE, AFTER = timedelta(minutes=2), timedelta(minutes=10)
"""How far the query looks around the run: clocks differ, and a slow request is logged when it has ended."""
NOTE = (
    "AppServiceHTTPLogs must be sent to a Log Analytics workspace (a diagnostic setting of the site); rows come some "
    "minutes late. The log holds no request headers, so that a row is found by host, User-Agent, method and path, "
    "and not by the ids of run and probe, which travel in headers. A request that was sent and has no row was not "
    "logged by the worker: that fits a refusal in front of the app, and is no proof while other requests of the same "
    "run have no row either."
)
"""What the reader of the query must know (Microsoft Learn, Azure Monitor tables, AppServiceHTTPLogs)."""


class Query(Value, frozen=True, kw_only=True):
    """A query in the Kusto Query Language, for the Logs blade of the workspace; times are UTC."""

    text: str
    start: str
    end: str


def kql(case: Case) -> Query | None:
    """Return the query for a case's time window, host and paths; None when nothing was sent."""
    sent = [seen for seen in case.observations if seen.exchanges]
    window = _window(sent)
    if window is None:
        return None
    start, end = window
    hosts = sorted({host for seen in sent if (host := urlsplit(seen.probe.origin).hostname)})
    rows = [_row(seen) for seen in sent]
    lines = [
        "let sent = datatable(Observation:string, Probe:string, At:datetime, Method:string, Path:string, Seen:int) [",
        *(f"  {row}," for row in rows[:-1]),
        f"  {rows[-1]}",
        "];",
        "let logged = AppServiceHTTPLogs",
        f"| where TimeGenerated between (datetime({start}) .. datetime({end}))",
        f"| where tolower(tostring(split(CsHost, ':')[0])) in ({', '.join(map(_text, hosts))})",
        f"| where UserAgent startswith {_text('mtls-triage/')}",
        "| summarize Rows = count(), Statuses = make_set(strcat(ScStatus, '.', ScSubStatus, '.', ScWin32Status)),",
        "    SlowestMs = max(TimeTaken) by Method = CsMethod, Path = CsUriStem;",
        "sent",
        "| summarize Sent = count(), Seen = make_set(Seen), Observations = make_set(Observation) by Method, Path",
        "| join kind=leftouter logged on Method, Path",
        "| project Method, Path, Sent, Logged = coalesce(Rows, 0), Seen, Statuses, SlowestMs, Observations",
        "| order by Path asc, Method asc",
    ]
    return Query(text="\n".join(lines), start=start, end=end)


def _window(sent: list[Observation]) -> tuple[str, str] | None:
    times = []
    for seen in sent:
        try:
            began = datetime.fromisoformat(seen.at)
        except ValueError:
            continue
        began = began if began.tzinfo else began.replace(tzinfo=UTC)
        times += [began, began + timedelta(milliseconds=seen.timing_ms.total or 0)]
    if not times:
        return None
    return _iso(min(times) - BEFORE), _iso(max(times) + AFTER)


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(seen: Observation) -> str:
    path = seen.probe.path.partition("?")[0]
    status = str(seen.status) if seen.status is not None else "int(null)"
    at = f"datetime({seen.at})" if _is_time(seen.at) else "datetime(null)"
    return ", ".join((_text(seen.id), _text(seen.probe.id), at, _text(seen.probe.method), _text(path), status))


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _text(value: str) -> str:
    """Return a string literal; backslash and quote are the two characters that can end or bend one."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
