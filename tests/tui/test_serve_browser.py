"""``mtls-triage serve`` in a browser: one diagnosis with mouse and keys, and nobody but this machine is asked."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.loops.served import serve
from tests.peers.connectproxy import connect_proxy
from tests.report.test_chromium import requests
from tests.tui.browser import chromium
from tests.tui.test_serve import started

pytestmark = pytest.mark.peer("chromium")


@pytest.mark.timeout(180)
async def test_a_diagnosis_by_clicks_and_keys(tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    process, address = await started()
    try:
        # Behind a proxy nothing counts as local: the sheet of the plan comes first.
        with serve("large-body-renegotiation") as lab, connect_proxy() as proxy:
            async with chromium(log) as page:
                await page.open(address)
                await page.click("A customer's curl command")
                await page.click("A customer's curl command")
                await page.wait("paste the curl command:")
                await page.type(
                    f"curl -x {proxy.url} --cacert {lab['ca']} --cert {lab['certificate']} {lab['target']}"
                )
                await page.enter()
                sheet = await page.wait("What will be sent")
                assert "nothing was sent yet" in "\n".join(sheet)
                assert proxy.requests == [], "nothing was sent yet"
                await page.wait("enter send")
                await page.enter()
                shown = await page.wait("Cause found")
                assert "Does the size of the body matter?" in "\n".join(shown)
                assert proxy.requests
                assert set(proxy.requests) == {f"CONNECT {urlsplit(lab['target']).netloc} HTTP/1.1"}
                await page.click("4 Diagnosis")
                told = "\n".join(await page.wait("Reply"))
                assert "✗ Cause found  This body is too small for curl to wait by itself" in told
                assert "also The site asks for the certificate after lar" in told
                await page.type("q")
                await page.until("document.body.classList.contains('-closed')", "the session to end")
                assert await page.value("document.title") == "mtls-triage"
                assert "key=" not in await page.value("location.href"), "the key is out of the history"
                assert page.complaints == []
                assert page.asked
                assert {urlsplit(url).netloc for url in page.asked} == {urlsplit(address).netloc}
        assert {urlsplit(url).netloc for url in requests(log)} == {urlsplit(address).netloc}
    finally:
        process.terminate()
        await process.wait()
