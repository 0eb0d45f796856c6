"""The JSON of a batch that only apps in higher layers can read: the service rules and the eligibility of hosts.

An app above names its reader in `AppConfig.ready` (docs/adr/0014-checked-json.md), and the form into which clerks type
it, by its path: it is loaded when a page asks for it. Without a reader nothing is written.
"""

from collections.abc import Callable
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import get_language

import servicerules

Subject = Literal["rules", "eligibility"]
Reader = Callable[[Any], list[str]]
"""What is wrong with a value, each in a sentence that says what to do; none where it can be read."""

_READERS: dict[Subject, Reader] = {}
_FORMS: dict[Subject, str] = {}
_BESIDE: dict[Subject, str] = {}


def read_by(subject: Subject, reader: Reader, *, form: str, beside: str = "") -> None:
    """Name who reads the rules, or the eligibility, and the paths of the form into which it is typed and of what stands
    beside that.

    The form (or form set) has `as_data()`, the value, and `part`, the template that shows its fields; it is made with
    the post, the stored value as `initial`, and whether it is `unjudged`. `beside(request, batch, data)` is the HTML of
    what a value comes to, "" where there is nothing to show.
    """
    _READERS[subject] = reader
    _FORMS[subject] = form
    if beside:
        _BESIDE[subject] = beside


def beside_of(subject: Subject, request: HttpRequest, batch: Any, data: Any) -> Any:
    """What the app that reads a value shows beside its form."""
    return import_string(_BESIDE[subject])(request, batch, data) if subject in _BESIDE else ""


def form_of(subject: Subject) -> Any:
    """The form, or form set, into which the rules or the eligibility are typed."""
    return import_string(_FORMS[subject])


def wrong_rules(data: Any) -> list[str]:
    """What is wrong with service rules as data, in sentences."""
    if not is_of_the_language(data):
        return _asked("rules", data)
    try:
        servicerules.read_rule_set(data)
    except servicerules.WrongWords as error:
        return servicerules.what_is_wrong(error, language())
    return []


def is_of_the_language(data: Any) -> bool:
    """Whether rules as data are written in the language of `servicerules`, not as one object of fields."""
    return isinstance(data, dict) and "rules" in data


def language() -> str:
    """The language of the words of `servicerules` for the reader."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def wrong_eligibility(data: Any) -> list[str]:
    """What is wrong with the eligibility of hosts as data, in sentences."""
    return _asked("eligibility", data)


def _asked(subject: Subject, data: Any) -> list[str]:
    if subject not in _READERS:
        raise ImproperlyConfigured(f"no app reads the {subject} of a batch")
    return _READERS[subject](data)
