"""The tags pages are made of: what they say, and what they never let through."""

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.models import User
from ui.templatetags import ui_format
from ui.templatetags.ui_tones import tone_of

DAY = dt.date(2026, 3, 5)


def draw(source: str, address: str = "/", **context: Any) -> str:
    request = RequestFactory().get(address)
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


class Span:
    """What PostgreSQL hands back for the two days 5–6 March."""

    lower = DAY
    upper = dt.date(2026, 3, 7)
    upper_inc = False


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("13812345678", "138****5678"),
        ("", ""),
        ("12345", "***45"),
        ("7", "*7"),
        ("li.si@example.org", "l***@example.org"),
        ("330102199001011234", "330***********1234"),
    ],
)
def test_masked(given: str, text: str) -> None:
    assert ui_format.masked(given) == text


def test_marked_escapes_what_it_does_not_mark() -> None:
    assert ui_format.marked("<b>表面包覆</b>", ["表面", "表面包覆"]) == "&lt;b&gt;<mark>表面包覆</mark>&lt;/b&gt;"
    assert ui_format.marked("<i>", []) == "&lt;i&gt;"


def test_tones_follow_one_table() -> None:
    assert [tone_of(value) for value in ("draft", "submitted", "published", "solved", "not_met", "never heard of")] == [
        "idle",
        "wait",
        "live",
        "good",
        "bad",
        "idle",
    ]
    assert (tone_of("closed"), tone_of("closed", "period")) == ("idle", "good")


def test_status_says_colour_and_word() -> None:
    need = Thing(status="published", get_status_display=lambda: "on <show>")
    assert (
        draw("{% status need %}", need=need).strip() == '<span class="status" data-tone="live">on &lt;show&gt;</span>'
    )
    assert draw('{% status "x" "word" tone="bad" %}').strip() == '<span class="status" data-tone="bad">word</span>'


@pytest.mark.parametrize(
    ("done", "awaiting", "words", "absent"),
    [
        (12, 2, "16 days owed", "nothing owed"),
        (31, 0, "nothing owed", "days owed"),
        (1, 29, "29 days awaiting", "nothing owed"),
    ],
)
def test_day_bar_counts_what_is_owed(done: int, awaiting: int, words: str, absent: str) -> None:
    html = draw("{% day_bar done=done need=30 awaiting=awaiting %}", done=done, awaiting=awaiting)
    assert (words in html, absent in html) == (True, False)


@pytest.mark.parametrize(("value", "top", "width"), [(20, 40, "50.0%"), (80, 40, "100.0%"), (5, 0, "0.0%")])
def test_meter_stays_in_its_track(value: int, top: int, width: str) -> None:
    html = draw('{% meter value "points" top %}', value=value, top=top)
    assert f'class="bar-done" width="{width}"' in html


class Sample(forms.Form):
    title = forms.CharField(label="title", max_length=20, help_text="one sentence")
    text = forms.CharField(widget=forms.Textarea, max_length=500, required=False)
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    on = forms.DateField(initial=DAY)
    agreed = forms.BooleanField(required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_field_ties_label_hint_and_error_together() -> None:
    html = draw("{% field form.title %}", form=Sample({"title": ""}))
    assert '<label for="id_title">title</label>' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert ('id="id_title_helptext"' in html, 'id="id_title_error"' in html) == (True, True)


def test_field_marks_what_may_stay_empty_and_counts_characters() -> None:
    html = draw("{% field form.text %}", form=Sample())
    assert ("(optional)" in html, 'data-count="500"' in html, 'rows="5"' in html) == (True, True, True)


def test_a_date_is_the_browsers_own_input_in_any_language() -> None:
    with translation.override("zh-hans"):
        html = draw("{% field form.on %}", form=Sample())
    assert ('type="date"' in html, 'value="2026-03-05"' in html) == (True, True)


def test_choices_stand_in_a_fieldset() -> None:
    html = draw("{% field form.kind %}", form=Sample({}))
    assert ("<legend>" in html, 'aria-describedby="id_kind_error"' in html) == (True, True)


def test_an_empty_choice_is_said_in_words() -> None:
    class Asking(forms.Form):
        user = forms.ModelChoiceField(User.objects.none())

    with translation.override("zh-hans"):
        html = draw("{% field form.user %}", form=Asking())
    assert ('<option value="" selected>请选择</option>' in html, "---" in html) == (True, False)


def test_fields_draws_all_or_those_named() -> None:
    form = Sample()
    assert draw("{% fields form %}", form=form).count('class="field') == 5
    named = draw('{% fields form "agreed" %}', form=form)
    assert (named.count('class="field'), 'name="secret"' in named) == (1, True)


def test_error_summary_links_to_each_field() -> None:
    html = draw("{% error_summary form %}", form=Sample({"title": "", "on": "2026-13-01"}))
    assert [f'href="#{name}"' in html for name in ("id_title", "id_kind_0", "id_on")] == [True, True, True]
    assert "Please correct 3 points" in html


def test_error_summary_takes_form_sets_and_keeps_quiet_without_errors() -> None:
    rows = formset_factory(Sample, extra=0)
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-title": "",
        "form-0-kind": "a",
        "form-0-on": "2026-03-05",
    }
    assert 'href="#id_form-0-title"' in draw("{% error_summary rows %}", rows=rows(data))
    assert draw("{% error_summary form %}", form=Sample()).strip() == ""


def test_pagination_keeps_the_filters() -> None:
    page = Paginator(range(100), 10).get_page(2)
    html = draw("{% pagination page %}", "/needs?q=镍&page=2", page=page)
    assert ("11–20 of 100" in html, 'href="?q=%E9%95%8D&amp;page=3"' in html, 'aria-current="page"' in html) == (
        True,
        True,
        True,
    )
    assert draw("{% pagination page %}", page=Paginator([], 10).get_page(1)).strip() == ""


@pytest.mark.parametrize(
    ("address", "order", "link"),
    [
        ("/", "none", "?sort=name"),
        ("/?sort=name&page=3", "ascending", "?sort=-name"),
        ("/?sort=-name", "descending", "?sort=name"),
    ],
)
def test_a_head_sorts_there_and_back(address: str, order: str, link: str) -> None:
    html = draw('{% th "Name" sort="name" %}', address)
    assert (f'aria-sort="{order}"' in html, f'href="{link}"' in html) == (True, True)


class Filters(forms.Form):
    q = forms.CharField(label="Search", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "-"), ("t", "technology")])


def test_filter_bar_tells_the_filters_and_exports_with_them() -> None:
    request = RequestFactory().get("/?q=Ni&kind=t&page=2")
    html = draw('{% filter_bar f export_url="/x" count=3 %}', "/?q=Ni&kind=t&page=2", f=Filters(request.GET))
    assert "Kind: technology" in html
    assert ('href="?q=Ni"' in html, 'href="?kind=t"' in html) == (True, True)
    assert 'href="/x?q=Ni&amp;kind=t"' in html
    assert "3 rows" in html


def test_block_tags_escape_their_facts_but_not_their_content() -> None:
    html = draw("{% panel title=title %}<p>in</p>{% endpanel %}", title="<x>")
    assert ("<h2>&lt;x&gt;</h2>" in html, "<p>in</p>" in html) == (True, True)


TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_carries_what_the_policy_refuses(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"""<style|\sstyle=|\son[a-z]+=["']|<script(?![^>]*\bsrc=)|javascript:""", text) == []


def test_the_style_page_draws_in_both_states(client: Client) -> None:
    page = client.get("/style/")
    refused = client.get("/style/?errors=1")
    assert (page.status_code, refused.status_code) == (200, 200)
    assert ("error-summary" in page.text, "error-summary" in refused.text) == (False, True)
