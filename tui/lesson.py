"""The lab's tickets: what a customer complains of, what the learner expects, and what told the two apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from probes.model import Step, Symptom
from tui.later import Later

if TYPE_CHECKING:
    from probes.diagnosis import tree as questions
else:
    questions = Later("probes.diagnosis.tree")


@dataclass(frozen=True)
class Ticket:
    """One ticket in the customer's words; ``scenario`` is the state of the lab, and is never shown."""

    number: int
    title: str
    words: str
    scenario: str
    symptom: Symptom = "unknown"


TICKETS = (
    Ticket(
        1,
        "Uploads fail since Tuesday",
        "Small files still go through. Everything above some size gets 403 Forbidden, at once. Our own log shows "
        "nothing at all, as if the request never came. The certificate is the same as before.",
        "large-body-renegotiation",
        "upload-403",
    ),
    Ticket(
        2,
        "The certificate never arrives",
        "The portal says Required. Our partner swears that the certificate is sent, and curl does not complain. "
        "In the app the header X-ARR-ClientCert is not there, in no request.",
        "client-certs-disabled",
        "header-missing",
    ),
    Ticket(
        3,
        "One endpoint does not know who calls",
        "All endpoints see the client's certificate, but /API/x does not: it gets every request, without the header. "
        "Same site, same client, same certificate.",
        "path-excluded",
        "header-missing",
    ),
    Ticket(
        4,
        "500 since we look at the certificate",
        "Since the last release checks the client's certificate, every call ends in 500. The certificate is fine: "
        "another service takes it.",
        "header-parsed-as-pem",
        "app-refuses",
    ),
    Ticket(
        5,
        "Works for the old client, not for the new one",
        "The old service gets its certificate through. The new one, on a current runtime, reaches the app without "
        "any. Both use the same file.",
        "renegotiation-impossible-tls13",
        "http2-tls13",
    ),
    Ticket(
        6,
        "We added the header, and it got no better",
        "Large uploads get 403. We were told to send Expect: 100-continue. Postman sends it now, one can see it in "
        "the console, and the answer is still 403.",
        "expect-not-awaited",
        "upload-403",
    ),
)
EXPECTATIONS = (
    ("large-body-renegotiation", "the site asks for the certificate too late for a large body"),
    ("expect-not-awaited", "the client sends the Expect header and does not wait"),
    ("large-body-legacy-edge", "an old front end hangs on large bodies"),
    ("client-certs-disabled", "client certificates are switched off"),
    ("path-excluded", "the path is exempt from client certificates"),
    ("certificate-missing", "the client sends no certificate"),
    ("certificate-without-key", "the client's file has no private key"),
    ("header-parsed-as-pem", "the app cannot read the header"),
    ("renegotiation-impossible-tls13", "TLS 1.3 leaves no way to ask for the certificate"),
    ("plain-http-request", "the request goes over http"),
    ("server-certificate-untrusted", "the server's certificate is not trusted"),
)
"""What a learner may expect: findings with their plain words."""


@dataclass
class Lesson:
    """A ticket that is worked on; ``expected`` is the finding that the learner expects, None for "no idea yet"."""

    ticket: Ticket
    expected: str | None = None
    changed: tuple[str, ...] = ()


def expected_words(slug: str) -> str:
    """Return the plain words of what was expected."""
    return dict(EXPECTATIONS).get(slug, slug)


def told_apart(
    path: tuple[Step, ...], symptom: Symptom, expected: str, tree: questions.Tree | None = None
) -> Step | None:
    """Return the step of the walk from which on the expected finding could not be reached any more.

    Where the walk never could have come to it, that is the last step that rests on something seen on the wire.
    """
    tree = tree or questions.the_tree()
    node: questions.Node | str = tree.gate
    for step in path:
        if node == questions.CONTINUE:
            node = tree.trees[symptom]
        if isinstance(node, str) or node.question.id != step.node or step.answer not in node.edges:
            break
        taken = node.edges[step.answer]
        if expected in _reachable(node, tree, symptom) and expected not in _reachable(taken, tree, symptom):
            return step
        node = taken
    # The tree of this symptom does not know what was expected: what decided is the last thing that was seen.
    seen = [step for step in path if any(item.startswith("obs:") for item in step.evidence)]
    return seen[-1] if seen else None


def _reachable(node: questions.Node | str, tree: questions.Tree, symptom: Symptom) -> frozenset[str]:
    if node == questions.CONTINUE:
        node = tree.trees[symptom]
    if isinstance(node, str):
        return frozenset({node})
    found = questions.leaves(node)
    return found | questions.leaves(tree.trees[symptom]) if questions.CONTINUE in found else found
