"""A page of one act: shown, refused, done, too late, for a browser and for htmx."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar

import pytest
import time_machine
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from accounts.models import User
from assignments.models import Dispatch
from core.edits import ChangedMeanwhile, version_of
from core.errors import AlreadyDone, Refused
from tests import factories as f
from tests.factories import SHANGHAI, START
from ui.act_page import Ask, act_page
from ui.edits import seen_version

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 3, 10, tzinfo=SHANGHAI)
ASK = Ask(title="Decline?", button="Decline it", lede="It is read.", danger=True, crumbs=[("All", "/dispatches/")])


class WhyForm(forms.Form):
    SAID_AT: ClassVar[dict[str, str]] = {"reason_missing": "reason"}

    reason = forms.CharField(max_length=20)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def dispatch() -> Dispatch:
    made: Dispatch = f.DispatchFactory()
    return made


class Act:
    """An action that keeps what it was called with, and does what it is told to."""

    def __init__(self, does: Callable[[Any], Any] | None = None) -> None:
        self.does, self.calls = does, []  # type: ignore[var-annotated]

    def __call__(self, row: Any, *, by: User, at: datetime, on: Any, reason: str = "", version: str = "") -> Any:
        self.calls.append((row, by, at, on, reason, version))
        return self.does(row) if self.does else row


def refuses(refusal: Refused) -> Callable[[Any], Any]:
    def does(row: Any) -> Any:
        raise refusal

    return does


def ask(
    row: Dispatch, act: Any, method: str = "post", data: dict[str, str] | None = None, form: Any = WhyForm, **more: Any
) -> tuple[HttpResponse, list[str]]:
    """The answer of the page, and what was said."""
    headers = {"HTTP_HX_REQUEST": "true"} if more.pop("htmx", False) else {}
    request: Any = getattr(RequestFactory(), method)("/dispatches/act/", data or {}, **headers)
    request.user = row.doctor.user
    request._messages = CookieStorage(request)
    answer = act_page(request, row, form, act, ask=ASK, done=more.pop("done", "Done."), **more)
    return answer, [f"{each.level_tag}: {each.message}" for each in get_messages(request)]


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_page_shows_the_question_and_calls_nothing(dispatch: Dispatch, method: str) -> None:
    act = Act()
    answer, said = ask(dispatch, act, method)
    page = answer.content.decode()
    assert (answer.status_code, act.calls, said) == (200, [], [])
    for text in ("<h1>Decline?</h1>", "It is read.", "button danger", "Decline it", dispatch.get_absolute_url()):
        assert text in page


def test_the_action_gets_who_when_and_what_was_typed(dispatch: Dispatch) -> None:
    act = Act()
    answer, said = ask(dispatch, act, data={"reason": "在国外访问"})
    assert act.calls == [(dispatch, dispatch.doctor.user, NOW, NOW.date(), "在国外访问", None)]
    assert (answer.status_code, answer["Location"], said) == (302, dispatch.get_absolute_url(), ["success: Done."])


def test_a_button_alone_needs_no_field(dispatch: Dispatch) -> None:
    act = Act()
    page, _said = ask(dispatch, act, "get", form=None)
    assert "<textarea" not in page.content.decode()
    answer, said = ask(dispatch, act, form=None)
    assert (answer.status_code, len(act.calls), said) == (302, 1, ["success: Done."])


def test_what_is_said_and_where_it_leads_follow_from_the_result(dispatch: Dispatch) -> None:
    answer, said = ask(
        dispatch, Act(lambda row: row.order), form=None, done=lambda order: f"{order.pk}!", leads_to=lambda order: order
    )
    order = dispatch.order
    assert (answer["Location"], said) == (order.get_absolute_url(), [f"success: {order.pk}!"])


def test_what_is_given_goes_to_the_action(dispatch: Dispatch) -> None:
    act = Act()
    ask(dispatch, act, form=None, given={"reason": "因公"})
    assert act.calls[0][4] == "因公"


def test_a_wrong_form_calls_nothing_and_keeps_what_was_typed(dispatch: Dispatch) -> None:
    act = Act()
    answer, said = ask(dispatch, act, data={"reason": "字" * 21})
    assert (answer.status_code, act.calls, said) == (200, [], [])
    assert "字" * 21 in answer.content.decode()


@pytest.mark.parametrize(("code", "beside"), [("reason_missing", True), ("full", False)])
def test_a_refusal_stands_on_the_form_with_what_was_typed(dispatch: Dispatch, code: str, beside: bool) -> None:
    act = Act(refuses(Refused("No place left.", code=code, reasons=["Two are served."])))
    answer, said = ask(dispatch, act, data={"reason": "保留这句"})
    page = answer.content.decode()
    assert (answer.status_code, said, page.count("No place left."), page.count("Two are served.")) == (
        (200, [], 2, 2) if beside else (200, [], 1, 1)
    )  # in the list of errors, and beside the field that can put it right
    assert "保留这句" in page


def test_an_act_that_came_too_late_leads_to_the_row_with_the_reason(dispatch: Dispatch) -> None:
    Dispatch.objects.filter(pk=dispatch.pk).update(status="withdrawn", status_at=NOW)
    act = Act(refuses(AlreadyDone("It was withdrawn before.")))
    answer, said = ask(dispatch, act, data={"reason": "在国外访问"}, verb="decline")
    assert (answer.status_code, answer["Location"]) == (302, dispatch.get_absolute_url())
    assert said == ["error: It was withdrawn before."]


def test_the_page_of_an_act_that_is_over_leads_to_the_row_with_what_happened(dispatch: Dispatch) -> None:
    dispatch.status, dispatch.status_at = Dispatch.Status.WITHDRAWN, NOW
    answer, said = ask(dispatch, Act(), "get", verb="decline")
    assert (answer.status_code, answer["Location"]) == (302, dispatch.get_absolute_url())
    assert said == ["warning: This dispatch became “withdrawn” on 3 Mar 2025 10:00; nothing was changed."]


def test_another_edit_meanwhile_is_shown_and_can_be_saved_over(dispatch: Dispatch) -> None:
    seen = version_of(Dispatch, dispatch.pk)
    Dispatch.objects.filter(pk=dispatch.pk).update(answer_by=START)
    now = version_of(Dispatch, dispatch.pk)
    act = Act(refuses(ChangedMeanwhile(dispatch, seen=seen, now=now)))
    answer, _said = ask(dispatch, act, data={"reason": "在国外访问", "version": seen}, version=seen, verb="decline")
    page = answer.content.decode()
    assert (answer.status_code, act.calls[0][5]) == (200, seen)
    assert f'name="version" value="{now}"' in page
    assert "Changed meanwhile" in page


def test_the_form_carries_the_version_of_the_row(dispatch: Dispatch) -> None:
    request = RequestFactory().get("/")
    version = seen_version(request, Dispatch, dispatch.pk)
    answer, _said = ask(dispatch, Act(), "get", version=version)
    assert f'name="version" value="{version}"' in answer.content.decode()


def test_htmx_loads_the_whole_page_of_the_row(dispatch: Dispatch) -> None:
    answer, _said = ask(dispatch, Act(), form=None, htmx=True)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, dispatch.get_absolute_url())


def test_no_other_method_is_answered(dispatch: Dispatch) -> None:
    act = Act()
    answer, _said = ask(dispatch, act, "delete")
    assert (answer.status_code, act.calls) == (405, [])
