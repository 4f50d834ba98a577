"""What is and is not sent while it is not the site that answers, and what a caller must ask for."""

from tests.loops.served import diagnose, run


def test_nothing_is_uploaded_through_a_proxy_that_opens_tls() -> None:
    case = diagnose("lab:tls-inspection-proxy")
    assert case["verdict"]["finding"] == "tls-inspection-proxy"
    assert case["verdict"]["confidence"] == "confirmed"
    assert {one["probe"]["wave"] for one in case["observations"]} == {1}
    assert sum(one["probe"]["body_bytes"] for one in case["observations"]) == 0


def test_telling_the_tool_to_go_on_does_not_lift_the_suspension() -> None:
    case = diagnose("lab:tls-inspection-proxy", ["--insecure"])
    assert case["verdict"]["finding"] == "tls-inspection-proxy"
    assert case["verdict"]["also"] == []
    assert {line["result"] for line in case["verdict"]["clients"]} == {"unknown"}


def test_a_canary_is_sent_only_when_it_was_asked_for() -> None:
    unasked = run("diagnose", "lab:healthy-optional", "--dry-run", "--json")
    asked = run("diagnose", "lab:healthy-optional", "--dry-run", "--json", "--check-forgery")
    assert '"canary": true' not in unasked.stdout
    assert '"canary": true' in asked.stdout


def test_each_way_of_not_arriving_is_told_apart_in_words() -> None:
    words = {
        "network-refused": "nobody listens",
        "network-silent": "Nothing came back",
        "network-no-name": "has no address here",
    }
    for scenario, expected in words.items():
        ended = run("diagnose", f"lab:{scenario}")
        assert ended.returncode == 1
        assert expected in " ".join(ended.stdout.split())
