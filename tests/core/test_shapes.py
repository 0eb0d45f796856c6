"""Every JSON column declares what it holds, and nothing else is written into it."""

from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypedDict

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import translation

from core import jobs
from core.json_column import JSONInput, ShapedJSONField
from core.models import Job, Notice, Period
from core.shapes import fault, nearest
from tests.factories import (
    START,
    CheckFactory,
    DoctorFactory,
    HostFactory,
    MatchRunFactory,
    SuggestionFactory,
    moment,
)

OURS = {"accounts", "core", "programmes", "enterprises", "experts", "matching", "service"}


def json_columns() -> Iterator[tuple[str, models.JSONField]]:
    """Those of our tables; history is written by the database from rows that were checked."""
    for model in apps.get_models():
        if model._meta.app_label in OURS and not hasattr(model, "pgh_tracked_model"):
            for field in model._meta.get_fields():
                if isinstance(field, models.JSONField):
                    yield f"{model._meta.label}.{field.name}", field


def test_every_json_column_declares_what_it_holds() -> None:
    columns = dict(json_columns())
    assert len(columns) >= 23
    assert [name for name, each in columns.items() if not (isinstance(each, ShapedJSONField) and each.declared)] == []


def test_a_json_column_is_a_plain_one_to_migrations() -> None:
    field = Period._meta.get_field("facts")
    assert field.deconstruct()[1:] == (
        "django.db.models.JSONField", [], {"verbose_name": field.verbose_name, "default": dict}
    )  # fmt: skip


class Part(TypedDict):
    name: str
    days: NotRequired[int | None]


@pytest.mark.parametrize(
    ("shape", "value", "said"),
    [
        (str, "一", ""),
        (str, 1, ": a text is wanted, not '1'"),
        (str, "a\x00b", ": a character that cannot be stored"),
        (str, "\ud800", ": a character that cannot be stored"),
        (int, True, ": a whole number is wanted, not 'True'"),
        (int, 1.0, ": a whole number is wanted, not '1.0'"),
        (float, 1, ""),
        (float, float("nan"), ": a number is wanted, not 'nan'"),
        (bool, 1, ": true or false is wanted, not '1'"),
        (None, 0, ": null is wanted, not '0'"),
        (Literal["a", 1], 1, ""),
        (Literal["a", 1], True, ": a, 1 is wanted, not 'True'"),
        (list[int], (1, 2), ""),
        (list[int], [1, "2"], "[1]: a whole number is wanted, not '2'"),
        (list[int], {"1": 1}, ": a list is wanted, not \"{'1': 1}\""),
        (tuple[int, str], [1, "a"], ""),
        (tuple[int, str], [1], ": a list of 2 is wanted, not '[1]'"),
        (dict[str, int], {"a": None}, ".a: a whole number is wanted, not 'None'"),
        (dict[str, int], [1], ": an object is wanted, not '[1]'"),
        (dict[str, int], {1: 1}, ".1: a text is wanted, not '1'"),
        (int | None, None, ""),
        (int | None, "x", ": a whole number is wanted, not 'x' / : null is wanted, not 'x'"),
        (Part, {"name": "a"}, ""),
        (Part, {"name": "a", "days": None}, ""),
        (Part, {"days": 1}, ".name: missing"),
        (Part, {"name": "a", "day": 1}, ".day: unknown; days?"),
        (Part, {"name": "a", "colour": 1}, ".colour: unknown"),
        (list[Part], [{"name": 1}], "[0].name: a text is wanted, not '1'"),
        (Any, {"a": [1, {"b": "一", "c": None}]}, ""),
        (Any, {"a": [1, {"b": float("inf")}]}, ".a[1].b: a number is wanted, not 'inf'"),
    ],
)
def test_a_fault_names_its_place(shape: Any, value: Any, said: str) -> None:
    assert fault(shape, value) == said


def test_json_without_end_is_refused() -> None:
    value: Any = []
    for _turn in range(60):
        value = [value]
    assert fault(Any, value) == "[0]" * 51 + ": nested too deeply"


def test_the_nearest_name() -> None:
    known = ["month_min_visits", "month_min_days", "grace_days"]
    assert [nearest(name, known) for name in ("month_min_vists", "Grace_Days", "colour")] == [
        "month_min_visits", "grace_days", ""
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("write", "column"),
    [
        (lambda: Period.objects.create(kind="x", starts_on=START, ends_on=START, facts={"check": 1}), "check: unknown"),
        (lambda: SuggestionFactory(points=[{"factor": "topic"}]), "[0].most: missing"),
        (lambda: MatchRunFactory(options={"goal": "best", "served": 0}), "goal: total, most, fair is wanted"),
        (lambda: HostFactory(verdict={"on": "2025-03-01"}), "fulfilled_by: missing"),
        (lambda: CheckFactory(facts={"verdict": "met"}), "as_of: missing"),
        (lambda: Job.objects.create(kind="x", key="x", not_before=moment(START), args=[1]), "an object is wanted"),
        (
            lambda: Notice.objects.bulk_create(
                [Notice(kind="x", key="x", created_at=moment(START), params={"a": [1]})]
            ),
            "a text is wanted, not '[1]'",
        ),
        (lambda: Period.objects.update(facts={"checks": "1"}), "checks: a whole number is wanted"),
    ],
)
def test_what_does_not_fit_is_not_written(write: Any, column: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        write()
    assert column in caught.value.messages[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (["甲", "乙", "丙", "丁"], ["At most three wishes can be given."]),
        ("甲", ["Wishes are a list of texts: names of enterprises or of fields."]),
        (["甲", 1], ["Wishes are a list of texts: names of enterprises or of fields."]),
    ],
)
def test_wishes_are_three_texts(wishes: Any, said: list[str]) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as caught, transaction.atomic():
        DoctorFactory(wishes=wishes)
    assert caught.value.messages == said
    assert DoctorFactory(wishes=["甲", "乙", "丙"]).wishes == ["甲", "乙", "丙"]


def test_a_job_takes_and_gives_what_its_kind_declares() -> None:
    with pytest.raises(ValueError, match=r"^settle_terms, input\.need: unknown$"):
        jobs.enqueue("settle_terms", "x", by=None, at=moment(START), args={"need": 1})
    assert jobs.SHAPES["settle_terms"][1].__required_keys__ == {"lapsed", "completed"}
    assert sorted(kind for kind in jobs.HANDLERS if kind not in jobs.SHAPES) == []


@pytest.mark.parametrize("typed", ["{", "9" * 5000, "[" * 100_000, "NaNs"])
def test_what_is_no_json_is_refused_and_kept_as_it_was_typed(typed: str) -> None:
    field = JSONInput()
    with pytest.raises(ValidationError):
        field.clean(typed)
    assert field.prepare_value(field.bound_data(typed, None)) == typed
    assert field.has_changed({}, typed) is True
