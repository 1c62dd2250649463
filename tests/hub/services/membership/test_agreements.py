"""Collections and who may read and write them."""

from __future__ import annotations

import pytest

from hub.errors import ConflictError, InvalidInputError, NotFoundError
from hub.model.collections import Intake, Right
from hub.policy.actions import operator

OPERATOR = operator("root")


def test_public_opens_reading_to_the_anonymous(membership, store):
    """A public collection is in the reader of who has not signed in, and in nobody else's."""
    collection = membership.agreements.add(OPERATOR, "Open", public=True)
    assert set(store.reader("").reads) == {collection.id}
    assert store.reader("x-pull").reads == {}


def test_grants_begin_and_end(membership, store):
    """Rights on a collection go to a partner, a group or everybody; who no longer writes is no longer trusted."""
    agreements = membership.agreements
    collection = agreements.add(OPERATOR, "Fraud", alias="fraud")
    both = frozenset({Right.READ, Right.WRITE})
    membership.groups.add(OPERATOR, "g-fraud")
    membership.groups.join(OPERATOR, "g-fraud", ["police-x"])
    for subject in ("bank-a", "@g-fraud", "*"):
        assert agreements.grant(OPERATOR, "fraud", subject, both | {Right.TRUSTED}).rights == both | {Right.TRUSTED}
        assert not agreements.grant(OPERATOR, "Fraud", subject, both).changed
        assert agreements.ungrant(OPERATOR, collection.id, subject, frozenset({Right.WRITE})).rights == {Right.READ}
    assert set(store.reader("x-pull").reads) == {collection.id}
    with pytest.raises(InvalidInputError):
        agreements.grant(OPERATOR, "fraud", "bank-a", frozenset({Right.TRUSTED}))
    for reference, subject in (("none", "bank-a"), ("fraud", "none"), ("fraud", "@none")):
        with pytest.raises(NotFoundError):
            agreements.grant(OPERATOR, reference, subject, both)


@pytest.mark.parametrize(
    "facts",
    [
        {"title": ""},
        {"title": " x"},
        {"title": "a\nb"},
        {"title": "T" * 201},
        {"title": "x", "id": "91A7B528-80EB-42ED-A74D-C6FBD5A26116"},
        {"title": "x", "id": "91a7b528-80eb-12ed-a74d-c6fbd5a26116"},
        {"title": "x", "alias": "a b"},
    ],
)
def test_collections_have_one_form(membership, facts):
    """Ids are UUIDs of version 4 in lower case, titles are printable, aliases fit into a URL."""
    with pytest.raises(InvalidInputError):
        membership.agreements.add(OPERATOR, **facts)


def test_collections_answer_to_one_name_each(membership):
    """No id, title or alias of one collection is any of another's."""
    first = membership.agreements.add(OPERATOR, "Fraud", alias="fraud")
    for facts in (
        {"title": "fraud"},
        {"title": "x", "alias": "Fraud"},
        {"title": first.id},
        {"title": "x", "id": first.id},
    ):
        with pytest.raises(ConflictError):
            membership.agreements.add(OPERATOR, **facts)


def test_nobody_is_trusted_where_two_reviewers_decide(membership):
    """The grant is refused, and the sentence says why."""
    membership.agreements.add(OPERATOR, "Vetted", intake=Intake.TWO_REVIEWERS)
    with pytest.raises(InvalidInputError, match="two reviewers decide in Vetted"):
        membership.agreements.grant(OPERATOR, "Vetted", "bank-a", frozenset({Right.WRITE, Right.TRUSTED}))
