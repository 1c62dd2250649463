"""Reading the fields of the form that was sent; what is wrong with one names it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar

from flask import request

from hub.errors import Finding, InvalidInputError

E = TypeVar("E", bound=StrEnum)
_MAX_SHOWN = 40


def line(field: str) -> str:
    """Give a field's text without blanks around it; "" if it was not sent."""
    return request.form.get(field, "").strip()


def one_of(kind: type[E], field: str) -> E:
    """Give the value of a choice. Raises: InvalidInputError: it is none of them."""
    text = line(field)
    try:
        return kind(text)
    except ValueError:
        refuse(field, f"one of {', '.join(kind)}", text)


def some_of(kind: type[E], field: str) -> frozenset[E]:
    """Give the values that were ticked; what is none of them is passed over."""
    sent = request.form.getlist(field)
    return frozenset(each for each in kind if each in sent)


def is_ticked(field: str) -> bool:
    """Whether a box that stands alone was ticked."""
    return line(field) == "yes"


def day(field: str) -> date | None:
    """Give a day, None for an empty field. Raises: InvalidInputError: it is none."""
    text = line(field)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        refuse(field, "not a day: write it as 2027-06-30", text)


def refuse(field: str, message: str, value: str) -> NoReturn:
    """Say what is wrong with one field. Raises: InvalidInputError, always."""
    finding = Finding(field, message, value[:_MAX_SHOWN])
    raise InvalidInputError("the form can't be taken as it is", (finding,))
