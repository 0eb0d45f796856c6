"""How dates, months, ranges, money and distances read, in both languages."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from officedata.months import Month
from ui.templatetags import ui_format

DAY = dt.date(2026, 3, 5)
LATE = dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC)  # the 1st of April in China


class Span:
    """What PostgreSQL hands back for the two days 5–6 March."""

    lower = DAY
    upper = dt.date(2026, 3, 7)
    upper_inc = False


def in_both(form: Any, *given: Any) -> tuple[str, str]:
    with translation.override("zh-hans"):
        chinese = form(*given)
    with translation.override("en"):
        return chinese, form(*given)


@pytest.mark.parametrize(
    ("form", "given", "chinese", "english"),
    [
        (ui_format.cndate, DAY, "2026年3月5日", "5 Mar 2026"),
        (ui_format.cndate, LATE, "2026年4月1日", "1 Apr 2026"),
        (ui_format.cnday, DAY, "3月5日", "5 Mar"),
        (ui_format.ymdhm, LATE, "2026-04-01 07:30", "2026-04-01 07:30"),
        (ui_format.cnmoment, LATE, "2026年4月1日 07:30", "1 Apr 2026 07:30"),
        (ui_format.cnmoment, DAY, "2026年3月5日", "5 Mar 2026"),
        (ui_format.cnmonth, DAY, "2026年3月", "Mar 2026"),
        (ui_format.cnmonth, LATE, "2026年4月", "Apr 2026"),
        (ui_format.cnmonth, Month(2026, 10), "2026年10月", "Oct 2026"),
        (ui_format.ymd, DAY, "2026-03-05", "2026-03-05"),
        (ui_format.ymd, LATE, "2026-04-01", "2026-04-01"),
        (ui_format.ym, DAY, "2026-03", "2026-03"),
        (ui_format.ym, LATE, "2026-04", "2026-04"),
        (ui_format.ym, Month(2026, 10), "2026-10", "2026-10"),
        (ui_format.mmdd, LATE, "04-01", "04-01"),
    ],
)
def test_a_day_or_a_month(form: Any, given: Any, chinese: str, english: str) -> None:
    assert in_both(form, given) == (chinese, english)


@pytest.mark.parametrize("form", ["cnday", "cndate", "cnmoment", "cnmonth", "ymd", "ym", "mmdd", "daterange"])
def test_no_date_is_nothing(form: str) -> None:
    assert in_both(getattr(ui_format, form), None) == ("", "")


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ((DAY, DAY), "3月5日（1天）", "5 Mar (1 day)"),
        ((DAY, dt.date(2026, 3, 6)), "3月5日—6日（2天）", "5–6 Mar (2 days)"),
        (Span(), "3月5日—6日（2天）", "5–6 Mar (2 days)"),
        (
            Thing(started_on=DAY, ended_on=dt.date(2026, 4, 1)),
            "3月5日—4月1日（28天）",
            "5 Mar – 1 Apr (28 days)",
        ),
        (
            (dt.date(2025, 12, 31), dt.date(2026, 1, 1)),
            "2025年12月31日—2026年1月1日（2天）",
            "31 Dec 2025 – 1 Jan 2026 (2 days)",
        ),
        ((DAY, None), "3月5日起", "from 5 Mar"),
    ],
)
def test_daterange(value: Any, chinese: str, english: str) -> None:
    assert in_both(ui_format.daterange, value) == (chinese, english)


def test_daterange_says_the_year_when_asked() -> None:
    assert in_both(ui_format.daterange, Span(), "year") == ("2026年3月5日—6日（2天）", "5–6 Mar 2026 (2 days)")
    assert in_both(ui_format.daterange, (DAY, None), "year") == ("2026年3月5日起", "from 5 Mar 2026")


@pytest.mark.parametrize(
    ("form", "first", "last", "chinese", "english"),
    [
        (
            ui_format.datespan, DAY, dt.date(2027, 3, 4),
            "2026年3月5日—2027年3月4日", "5 Mar 2026 – 4 Mar 2027",
        ),
        (ui_format.datespan, DAY, dt.date(2026, 4, 1), "2026年3月5日—4月1日", "5 Mar – 1 Apr 2026"),
        (ui_format.datespan, DAY, None, "", ""),
        (
            ui_format.ymdspan, DAY, dt.date(2026, 4, 1),
            "2026-03-05至2026-04-01", "2026-03-05 to 2026-04-01",
        ),
        (ui_format.numspan, 1, 50, "1～50", "1–50"),
        (ui_format.numspan, 7, 7, "7", "7"),
        (ui_format.wanspan, 30, 50, "30万～50万元", "CNY 300,000–500,000"),
        (ui_format.wanspan, 30, Decimal("30.00"), "30万元", "CNY 300,000"),
        (ui_format.wanspan, 30, None, "30万元以上", "from CNY 300,000"),
        (ui_format.wanspan, None, 50, "50万元以内", "up to CNY 500,000"),
        (ui_format.wanspan, None, None, "", ""),
    ],
)  # fmt: skip
def test_a_range(form: Any, first: Any, last: Any, chinese: str, english: str) -> None:
    assert in_both(form, first, last) == (chinese, english)


@pytest.mark.parametrize(
    ("form", "given", "chinese", "english"),
    [
        (ui_format.wan, 30, "30万元", "CNY 300,000"),
        (ui_format.wan, Decimal("0.50"), "0.5万元", "CNY 5,000"),
        (ui_format.wan, 1200, "1,200万元", "CNY 12,000,000"),
        (ui_format.wan, None, "", ""),
        (ui_format.yuan, Decimal("1280.50"), "1,280.50元", "CNY 1,280.50"),
        (ui_format.yuan, 300, "300元", "CNY 300"),
        (ui_format.yuan, "", "", ""),
        (ui_format.kilometres, 126.4, "126公里", "126 km"),
        (ui_format.kilometres, 1200, "1,200公里", "1,200 km"),
        (ui_format.kilometres, None, "", ""),
    ],
)
def test_money_and_distance(form: Any, given: Any, chinese: str, english: str) -> None:
    assert in_both(form, given) == (chinese, english)


def test_pages_have_them_as_filters() -> None:
    page = Template("{% load ui %}{{ day|cnmonth }} {{ day|datespan:last }} {{ 30|wanspan:50 }} {{ 3|kilometres }}")
    with translation.override("zh-hans"):
        drawn = page.render(Context({"day": DAY, "last": dt.date(2026, 3, 9)}))
    assert drawn == "2026年3月 2026年3月5日—9日 30万～50万元 3公里"


def test_django_writes_dates_in_the_same_forms() -> None:
    """Messages of the lower apps and the admin use Django's formats; they read as those of the pages."""
    assert in_both(date_format, DAY) == in_both(ui_format.cndate, DAY)
    assert in_both(date_format, DAY, "YEAR_MONTH_FORMAT") == in_both(ui_format.cnmonth, DAY)
    assert in_both(date_format, DAY, "MONTH_DAY_FORMAT") == in_both(ui_format.cnday, DAY)
    assert in_both(date_format, DAY, "SHORT_DATE_FORMAT") == in_both(ui_format.ymd, DAY)
    assert in_both(date_format, localtime(LATE), "DATETIME_FORMAT") == in_both(ui_format.cnmoment, LATE)


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), (Decimal("1.0"), 1), (1.0, 1), (0, 2), (Decimal("0.5"), 2), (Decimal("1.5"), 2), (7, 2)],
)
def test_the_plural_form_of_a_number_of_days(value: object, number: int) -> None:
    assert ui_format.grammar(value) == number
