"""What happened in the demo hub, day by day, by the services alone: whatever is in it came by doors everybody has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from hub.application import Hub
from hub.cli.demonstration.machines import Machines
from hub.cli.demonstration.past import PastClock
from hub.cli.demonstration.pushes import (
    FOR_TWO,
    FOUND_SINCE,
    FRAUD,
    HERE,
    JOINT,
    LEFT_WAITING,
    OPENING,
    PHISHING,
    REJECTED,
    RETURNED,
    SEEN_TOO,
    Push,
    data_file,
)
from hub.model.members import Actor
from hub.model.submissions import SubmissionState
from hub.services.membership.tokens import Cut

BEGINS = timedelta(days=6)
"""How long ago."""

_REFERENCE = ("attack-mobile.json", "sectors.json")
_PANEL = "infrastructure--c3275a32-0b71-401c-aa25-b5771f22e0b0"
_MULES = "infrastructure--0ecaf828-e2f7-4553-8fcc-69d79561a0d1"
_CONTACTS = (
    ("bank-a", "Ana, fraud desk, ana@bank-a.example", 230),
    ("telco-b", "Ben, abuse desk, ben@telco-b.example", -12),
    ("police-x", "Xan, cybercrime unit, xan@police-x.example", 400),
    ("police-y", "Yan, cybercrime unit, yan@police-y.example", 21),
)
"""Whom to turn to at a partner, and in how many days its agreement ends; one has ended."""


def tell(hub: Hub, operator: Actor, clock: PastClock) -> dict[str, str]:
    """Let the days pass, from BEGINS ago to now; give the tokens by account."""
    tokens = _first_day(hub, operator)
    machines = Machines(hub, tokens)
    _release(hub, machines, *OPENING)
    _pull(machines, "x-pull", "y-pull")
    clock.go_on(timedelta(days=4, hours=7))
    _release(hub, machines, *FOUND_SINCE)
    _pull(machines, "x-pull", "y-pull")
    clock.go_on(timedelta(days=3, hours=2))
    _talk(hub)
    _pull(machines, "x-pull", "y-pull")  # from here on police-y's machine is silent: its feeds are late
    clock.go_on(timedelta(days=2, hours=5))
    _release(hub, machines, SEEN_TOO)
    _turn_away(hub, machines)
    _pull(machines, "x-pull")
    _leave_waiting(hub, machines, clock)
    _pull(machines, "x-pull")
    clock.go_on(timedelta(0))
    _pull(machines, "x-pull")
    return tokens


def _first_day(hub: Hub, operator: Actor) -> dict[str, str]:
    """Take up the community, load what is public knowledge, and say what must hold."""
    hub.community.apply((HERE / "community.toml").read_text("utf-8"), operator)
    accounts = hub.membership.members.accounts(operator)
    tokens = {each.name: hub.membership.tokens.issue(operator, each.name).secret for each in accounts}
    for name in _REFERENCE:
        hub.reference.load(operator, data_file(name))
    ada = hub.membership.acting("sec-ada")
    today = datetime.now(UTC)
    for partner, contact, days in _CONTACTS:
        ends = (today + timedelta(days=days)).date()
        hub.membership.members.describe_partner(ada, partner, contact, ends)
    hub.membership.must_hold.add(ada, "watch-z", FRAUD, reason="Observers get what is public")
    hub.membership.must_hold.add(ada, "telco-b", JOINT, reason="Op. Nightfall is for the bank and the police")
    ana = hub.membership.acting("a-ana")
    hub.membership.tokens.issue(ana, "a-push", Cut(read_only=True), today + timedelta(days=6))
    office = Cut(collections=frozenset({PHISHING}), networks=(ip_network("192.0.2.0/24"),))
    hub.membership.tokens.issue(ana, "a-push", office)
    return tokens


def _talk(hub: Hub) -> None:
    """Let the police ask the bank twice; one question is still open."""
    xan, ana = hub.membership.acting("x-xan"), hub.membership.acting("a-ana")
    asked = hub.questions.ask(xan, _PANEL, "Does the panel still answer? We would ask its host for the logs.")
    hub.questions.answer(
        ana, asked.id, "This morning it did, under a second name. We hold the logs: whom shall we send them?"
    )
    hub.questions.ask(xan, _MULES, "Which banks hold these accounts? A list by country would do.")


def _turn_away(hub: Hub, machines: Machines) -> None:
    """Send one push back to be mended, and turn one away for good."""
    ada = hub.membership.acting("sec-ada")
    returned = machines.push(RETURNED)
    hub.review.send_back(ada, returned.id, "Say when it was first seen and what this rests on, then send it again.")
    rejected = _push_by_hand(hub, REJECTED)
    hub.review.reject(ada, rejected, "A public resolver: to block it would cut off all who use it.")


def _leave_waiting(hub: Hub, machines: Machines, clock: PastClock) -> None:
    """Fill the queue; one of it has the first of the two approvals it needs."""
    for ago, push in LEFT_WAITING:
        clock.go_on(ago)
        machines.push(push)
    hub.review.release(hub.membership.acting("sec-ada"), _push_by_hand(hub, FOR_TWO))


def _release(hub: Hub, machines: Machines, *pushes: Push) -> None:
    for push in pushes:
        received = machines.push(push)
        if received.state is SubmissionState.REVIEW:
            hub.review.release(hub.membership.acting("sec-ada"), received.id)


def _pull(machines: Machines, *accounts: str) -> None:
    for account in accounts:
        machines.pull(account)


def _push_by_hand(hub: Hub, push: Push) -> str:
    """Push as a person does, without a token; give the submission's id."""
    return hub.intake.submit(hub.membership.acting(push.account), push.collection, push.body()).id
