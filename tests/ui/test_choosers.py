"""Codes are chosen by their words in every form of the project; an unknown word is refused with what is near it."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import get_resolver
from django.utils import translation

from enterprises.models import Enterprise
from tests.factories import EnterpriseFactory
from ui.choosers import CodeField, DisciplineField, IndustryField, NamedRowField
from ui.office_table import OfficeTable

OURS = (
    *("enterprises", "experts", "identity", "matching", "programmes", "service", "assignments", "outbox"),
    "talentlink",
)


def code_columns() -> set[tuple[type[models.Model], str]]:
    """Columns that hold a code of a table: the model says the word of each in a property `<column>_name`."""
    return {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if not hasattr(model, "pgh_tracked_model") and isinstance(getattr(model, f"{field.name}_name", None), property)
    }


def all_forms() -> Iterator[Any]:
    """Every form of a model that our modules define, once all pages are loaded."""
    assert get_resolver().url_patterns
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in OURS:
            for each in list(vars(module).values()):
                if isinstance(each, type) and issubclass(each, forms.BaseModelForm) and getattr(each, "_meta", None):
                    yield each


def test_no_form_takes_a_code_as_plain_text() -> None:
    columns = code_columns()
    assert {(model.__name__, name) for model, name in columns} == {
        ("Doctor", "discipline"), ("Need", "discipline"), ("Enterprise", "industry")
    }  # fmt: skip
    found = {
        (form.__name__, name, isinstance(form.base_fields[name], CodeField))
        for form in all_forms()
        for model, name in columns
        if form._meta.model is model and name in form.base_fields
    }
    assert found == {
        ("DoctorForm", "discipline", True), ("OfficeDoctorForm", "discipline", True), ("NeedForm", "discipline", True),
        ("OfficeNeedForm", "discipline", True), ("EnterpriseForm", "industry", True),
    }  # fmt: skip


@pytest.mark.django_db
def test_no_table_of_the_office_types_a_code(rf: Any) -> None:
    """A form that Django makes of a table would take it as text: such tables have a page of their own."""
    from django.contrib import admin  # noqa: PLC0415

    tables = {model: table for model, table in admin.site._registry.items() if isinstance(table, OfficeTable)}
    typed = [model.__name__ for model, name in code_columns() if model in tables
             and not hasattr(tables[model], "form_page") and "change" in tables[model].writes]  # fmt: skip
    assert typed == []


def said(field: forms.Field, text: str) -> str:
    with translation.override("en"), pytest.raises(forms.ValidationError) as error:
        field.clean(text)
    return str(error.value.messages[0])


def test_a_word_becomes_its_code_and_an_unknown_one_is_refused() -> None:
    field = DisciplineField(required=False)
    assert [field.clean(text) for text in ("煤化学工程", "mhxgc", "53047", "", "  ")] == ["53047"] * 3 + ["", ""]
    assert said(field, "农业") == (
        "“农业” is not in the list. Is one of these meant: “农业史”、“农业基础学科”、“农业工程”?"
    )
    assert said(field, "zzzz").startswith("“zzzz” is not in the list. Type a part of the word")
    assert IndustryField().clean("農業") == "01"
    assert said(IndustryField(), "——").startswith("“——” is not in the list. Type")


class Chosen(forms.Form):
    industry = IndustryField(required=False)


def test_a_code_is_shown_as_its_word_and_what_was_typed_stays() -> None:
    assert Chosen(initial={"industry": "30"})["industry"].value() == "非金属矿物制品业"
    assert Chosen({"industry": "农业厂"})["industry"].value() == "农业厂"
    html = str(Chosen(initial={"industry": "30"})["industry"])
    assert 'value="非金属矿物制品业"' in html
    assert '<option value="非金属矿物制品业" label="非金属矿物制品业 30 fjskwzpy"></option>' in html
    for typed, changed in (("非金属矿物制品业", False), ("30", False), ("农业", True), ("", True)):
        assert (typed, Chosen({"industry": typed}, initial={"industry": "30"}).has_changed()) == (typed, changed)


class Named(forms.Form):
    enterprise = NamedRowField(Enterprise.objects.all())


@pytest.mark.django_db
def test_a_row_is_chosen_by_its_name() -> None:
    one = EnterpriseFactory(name="恒泰耐火材料厂")
    two = EnterpriseFactory(name="恒泰耐火材料厂二分厂")
    other = EnterpriseFactory(name="云泉肉牛场")
    form = Named(initial={"enterprise": one.pk})
    field: Any = form.fields["enterprise"]
    field.offer(Enterprise.objects.exclude(pk=other.pk))
    assert form["enterprise"].value() == "恒泰耐火材料厂"
    typed = ("恒泰耐火材料厂", "恆泰耐火材料廠", "二分厂", "htnhclcefc")
    assert [field.clean(text) for text in typed] == [one, one, two, two]
    assert said(field, "恒泰") == (
        "“恒泰” may mean several. Write the whole name, for example: “恒泰耐火材料厂”、“恒泰耐火材料厂二分厂”."
    )
    assert said(field, "云泉肉牛场").startswith("“云泉肉牛场” is not known here.")


@pytest.mark.django_db
def test_a_name_is_asked_for_by_a_short_text_and_never_by_a_key() -> None:
    one = EnterpriseFactory(name="恒泰耐火材料厂")
    field = NamedRowField(Enterprise.objects.all())
    assert said(field, "长" * 10_000).startswith(f"“{'长' * 200}” is not known here.")
    for text in (str(one.pk), "——", "\0", "%", "１２３"):
        with pytest.raises(forms.ValidationError):
            field.clean(text)
    assert field.clean("恒泰\0耐火") == one
