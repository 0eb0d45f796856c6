"""The spellings of tests/spellings.py in codes, headers, imports, search, duplicates and matching: all fold alike."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import get_resolver
from django_filters import FilterSet

from assignments.forms import ServeForm
from enterprises import need_table
from enterprises.imports import code_finder, import_needs
from enterprises.models import Enterprise, Need
from enterprises.need_table import NeedRow
from experts import doctor_table
from experts.doctor_table import DoctorRow
from experts.filters import DoctorFilter
from experts.imports import import_doctors
from experts.models import Doctor
from matchengine.ranking import DoctorText, Lexical, NeedText, Snapshot, WorkText
from matchengine.reading import read
from matching.models import PlanLine
from matching.office.duplicates import alike
from matching.planning import wish_of
from officedata import codes
from officedata.tables import Parsed, header_words, read_table
from officedata.text import fold, normalise
from outbox.models import Mail
from service.filters import VisitFilter
from service.models import Standing
from tests import factories as f
from tests.factories import START, moment
from tests.officedata.tables import workbook
from tests.spellings import NAME_WAYS, WAYS

ROOT = Path(__file__).resolve().parent.parent
FIRM = "永兴AB机械（集团）有限公司"
DOCTOR = "欧阳兴农"
TITLE = "农机A3轻量化层压板（应急）"

read_ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
name_ways = pytest.mark.parametrize("way", NAME_WAYS.values(), ids=NAME_WAYS)
Way = Callable[[str], str]


# -- The folding itself, codes, headers and cells ----------------------------------------------------------------


@read_ways
@pytest.mark.parametrize("text", [FIRM, DOCTOR, TITLE, "机械工程"])
def test_texts_fold_alike(way: Way, text: str) -> None:
    assert re.sub(r"[\[【〔]", "(", re.sub(r"[\]】〕]", ")", normalise(way(text)))) == normalise(text)


@name_ways
def test_names_fold_alike(way: Way) -> None:
    assert [fold(way(text)) for text in (FIRM, DOCTOR, TITLE)] == [
        "永兴ab机械集团有限公司", "欧阳兴农", "农机a3轻量化层压板应急",
    ]  # fmt: skip


@name_ways
def test_codes_are_found(way: Way) -> None:
    assert (codes.discipline_of(way("机械工程")), codes.industry_of(way("农业"))) == ("460", "01")


@name_ways
def test_headers_are_known(way: Way, tmp_path: Path) -> None:
    wanted = header_words("enterprise: 企业名称\ntitle: 需求名称")
    file = workbook(tmp_path / "t.xlsx", [[way("企业名称（盖章）"), way("需求名称")], [FIRM, "一"]])
    (row,) = read_table(file, wanted, required=[("enterprise",), ("title",)]).rows
    assert (row.first("enterprise"), row.first("title")) == (FIRM, "一")


@name_ways
def test_notes_below_a_table_are_no_rows(way: Way, tmp_path: Path) -> None:
    wanted = header_words("enterprise: 企业名称\ntitle: 需求名称")
    file = workbook(tmp_path / "t.xlsx", [["企业名称", "需求名称"], [FIRM, "一"], [way("企业名称"), way("需求名称")]])
    assert [row.number for row in read_table(file, wanted).rows] == [2]


# -- Imports -----------------------------------------------------------------------------------------------------


def needs(tmp_path: Path, *rows: list[str]) -> Parsed[NeedRow]:
    head = ["企业名称", "需求名称", "存在问题", "需求类型", "合作方式", "是否公开", "应用行业"]
    return need_table.read(workbook(tmp_path / "needs.xlsx", [head, *rows]))


@read_ways
def test_the_words_of_a_form_are_understood(way: Way, tmp_path: Path) -> None:
    row = [FIRM, TITLE, "农机层压板太重。", way("人才需求"), way("技术转让"), way("不公开"), way("农业")]
    (need,) = needs(tmp_path, row).rows
    assert (need.kind, need.way, need.visibility, need.industry) == ("talent", "transfer", "office", "01")


@name_ways
def test_a_need_twice_in_a_table_is_refused(way: Way, tmp_path: Path) -> None:
    parsed = needs(tmp_path, [FIRM, TITLE, TITLE], [way(FIRM), way(TITLE), way(TITLE)])
    assert [(error.row, error.code) for error in parsed.errors] == [(3, "duplicate")]


@name_ways
def test_a_doctor_twice_in_a_table_is_refused(way: Way, tmp_path: Path) -> None:
    rows = [["姓名", "所在高校"], [DOCTOR, "永兴农业大学"], [way(DOCTOR), way("永兴农业大学")]]
    parsed = doctor_table.read(workbook(tmp_path / "doctors.xlsx", rows))
    assert [(error.row, error.code) for error in parsed.errors] == [(3, "duplicate")]


def need_row(name: str, number: int, **facts: Any) -> NeedRow:
    return NeedRow("表", number, name, f"需求{number}", "农机层压板太重。", **facts)


@pytest.mark.django_db
@name_ways
def test_a_firm_is_one_however_it_is_spelled(way: Way) -> None:
    f.DistrictFactory(name="永兴县")
    rows = [need_row(FIRM, 2), need_row(way(FIRM), 3)]
    loaded = import_needs(Parsed(rows, [], []), by=f.CityUserFactory(), at=moment(START))
    assert (loaded.new, loaded.made, loaded.errors) == (2, {"enterprises": 1}, [])
    assert Enterprise.objects.get().name == FIRM


@pytest.mark.django_db
@name_ways
def test_a_firm_with_another_credit_code_is_never_merged(way: Way) -> None:
    f.EnterpriseFactory(name=FIRM, credit_code=f.credit_code(1))
    rows = [need_row(way(FIRM), 2, credit_code=f.credit_code(2))]
    loaded = import_needs(Parsed(rows, [], []), by=f.CityUserFactory(), at=moment(START))
    assert [error.code for error in loaded.errors] == ["other_credit_code"]
    assert list(Enterprise.objects.values_list("credit_code", flat=True)) == [f.credit_code(1)]


@pytest.mark.django_db
@name_ways
def test_the_district_is_found_in_an_address(way: Way) -> None:
    district = f.DistrictFactory(name="永兴县")
    row = need_row(FIRM, 2, address=f"某省{way('永兴县')}工业园")
    import_needs(Parsed([row], [], []), by=f.CityUserFactory(), at=moment(START))
    assert Enterprise.objects.get().district == district


@pytest.mark.django_db
@name_ways
def test_the_credit_code_of_a_name_is_found_where_one_has_it(way: Way) -> None:
    f.EnterpriseFactory(name=way(FIRM), credit_code=f.credit_code(1))
    assert code_finder()(f"本人持有{FIRM}的股份") == f.credit_code(1)
    f.EnterpriseFactory(name=FIRM, credit_code=f.credit_code(2))
    assert code_finder()(FIRM) is None


@pytest.mark.django_db
@name_ways
def test_a_doctor_is_known_however_he_is_spelled(way: Way) -> None:
    f.DoctorFactory(name=DOCTOR, university__name="永兴农业大学")
    rows = [DoctorRow("表", 2, way(DOCTOR), way("永兴农业大学"))]
    loaded = import_doctors(Parsed(rows, [], []), by=f.CityUserFactory(), at=moment(START), credit_code_of={}.get)
    assert (loaded.new, loaded.unchanged, loaded.made) == (0, 1, {"universities": 0})


# -- Search ------------------------------------------------------------------------------------------------------


def filters() -> list[type[FilterSet]]:
    """The filters of every list with a search field, but that of the ledger: it finds no name, on purpose."""
    get_resolver().url_patterns  # noqa: B018  loads all pages, and with them all lists
    found: list[type[FilterSet]] = []
    below = FilterSet.__subclasses__()
    for one in below:
        below += one.__subclasses__()
        if "q" in one.base_filters and one.__module__.split(".")[0] not in ("django_filters", "audit"):
            found.append(one)
    return sorted(found, key=lambda one: f"{one.__module__}.{one.__name__}")


def rows_about(firm: str, doctor: str) -> dict[type[Model], Model]:
    """A row of each kind that lists show, of this firm and this doctor; other rows of other people are made too."""
    made: dict[type[Model], Model] = {}
    for names in ({}, {"firm": firm, "doctor": doctor}):
        enterprise = f.EnterpriseFactory(**({"name": names["firm"]} if names else {}))
        expert = f.DoctorFactory(**({"name": names["doctor"]} if names else {}))
        batch = f.BatchFactory()
        host = f.HostFactory(batch=batch, enterprise=enterprise)
        need = f.NeedFactory(enterprise=enterprise)
        order = f.OrderFactory(host=host, need=need, doctors=[expert])
        assignment = f.AssignmentFactory(batch=batch, host=host, doctor=expert)
        run = f.MatchRunFactory(need=None, batch=batch)
        rows: list[Model] = [
            enterprise, expert, need, order, assignment, f.VisitFactory(assignment=assignment),
            f.DispatchFactory(order=order, doctor=expert), f.SheetFactory(enterprise=enterprise),
            PlanLine.objects.create(run=run, need=need, doctor=expert),
            standing(assignment),
            mail(enterprise.name),
            f.WaiverFactory(assignment=assignment),
            f.InvitationFactory(user=f.UserFactory(name=enterprise.name)),
        ]  # fmt: skip
        made = {type(row): row for row in rows}
    return made


def mail(name: str) -> Mail:
    """A message to a user with this name."""
    user = f.UserFactory(name=name)
    told = {"medium": "mail", "address": f"a{user.pk}@example.org", "kind": "offer_waiting", "key": "1"}
    return Mail.objects.create(user=user, text="正文", queued_at=moment(START), **told)


def standing(assignment: Model) -> Standing:
    zero = dict.fromkeys(
        ("month_days", "month_awaiting", "month_due", "days_counted", "days_awaiting", "target", "owed"), 0
    )
    return Standing.objects.create(
        assignment=assignment,
        on=START,
        month=START.replace(day=1),
        month_verdict="pending",
        pace="behind",
        behind=True,
        **zero,
    )


def found(one: type[FilterSet], model: type[Model], word: str) -> list[Model]:
    query = QueryDict(mutable=True)
    query["q"] = word
    request = RequestFactory().get("/")
    request.user = f.CityUserFactory()
    rows: QuerySet[Model] = one(query, model._default_manager.order_by("pk"), request=request).qs
    return list(dict.fromkeys(rows))


@pytest.mark.django_db
@pytest.mark.parametrize("stored", ["as it is", "traditional", "full width", "together"])
def test_every_list_finds_names_in_every_spelling(stored: str) -> None:
    about = rows_about(NAME_WAYS[stored](FIRM), NAME_WAYS[stored](DOCTOR))
    lists = filters()
    assert len(lists) == 16
    for one in lists:
        model = one._meta.model
        word = DOCTOR if model is Doctor else FIRM
        for name, way in NAME_WAYS.items():
            assert found(one, model, way(word)) == [about[model]], (one, name)
        assert found(one, model, "……") == [], one


@pytest.mark.django_db
@name_ways
def test_every_list_of_needs_finds_titles_in_every_spelling(way: Way) -> None:
    f.NeedFactory()
    plain, spelled = f.NeedFactory(title=TITLE), f.NeedFactory(title=way(TITLE))
    for one in filters():
        if one._meta.model is Need:
            assert found(one, Need, way(TITLE)) == found(one, Need, TITLE) == [plain, spelled], one


@pytest.mark.django_db
@read_ways
def test_words_kept_as_typed_are_found_in_their_usual_spelling(way: Way) -> None:
    visit = f.VisitFactory(content="试压农机层压板")
    f.DoctorFactory(college="机械学院")
    doctor = f.DoctorFactory(college="农业轻工学院", directions="农业轻机械")
    assert list(VisitFilter({"q": way("农机层压")}).qs) == [visit]
    assert list(DoctorFilter({"college": way("农业轻工")}).qs) == [doctor]
    assert list(DoctorFilter({"q": way("农业轻机械")}).qs) == [doctor]


def tables() -> list[Any]:
    """The office's tables with a search field."""
    registered = admin.site._registry.values()
    return sorted((one for one in registered if one.search_fields), key=lambda one: one.model._meta.label)


@pytest.mark.django_db
@pytest.mark.parametrize("stored", ["as it is", "traditional"])
def test_every_table_of_the_office_finds_names_in_every_spelling(stored: str) -> None:
    about = rows_about(NAME_WAYS[stored](FIRM), NAME_WAYS[stored](DOCTOR))
    request = RequestFactory().get("/")
    request.user = f.CityUserFactory(is_superuser=True)
    for table in tables():
        if table.model not in about:
            continue
        word = DOCTOR if "doctor__pinyin" in table.search_fields or table.model is Doctor else FIRM
        rows = table.get_queryset(request)
        for name, way in NAME_WAYS.items():
            if name == "blanks":  # Django takes them for separate words
                continue
            hit, _twice = table.get_search_results(request, rows, way(word))
            assert list(hit.distinct()) == [about[table.model]], (table, name)


FOLDED = {Need: {"title", "problem", "keywords"}, Doctor: {"directions", "keywords", "fields"}}


def as_typed(model: type[Model], path: str) -> bool:
    """Whether a path leads to a field for which the model has a folded field too."""
    *heads, last = path.lstrip("^=@").split("__")
    for head in heads:
        field = model._meta.get_field(head)
        assert field.related_model is not None
        model = field.related_model  # type: ignore[assignment]
    names = {field.name for field in model._meta.get_fields()}
    return last in FOLDED.get(model, set()) or (last == "name" and "pinyin" in names)


def test_no_table_of_the_office_searches_what_was_typed_where_it_is_kept_folded() -> None:
    assert [
        (table.model, path) for table in tables() for path in table.search_fields if as_typed(table.model, path)
    ] == []


@pytest.mark.django_db
@name_ways
def test_a_firm_is_served_by_its_whole_name_only(way: Way) -> None:
    firm = f.EnterpriseFactory(name=FIRM)
    form = ServeForm({"enterprise": way(FIRM), "title": "试压"})
    assert form.is_valid()
    assert form.cleaned_data["enterprise"] == firm
    assert not ServeForm({"enterprise": way(FIRM[:8]), "title": "试压"}).is_valid()


# -- Duplicates, wishes and matching -----------------------------------------------------------------------------


@pytest.mark.django_db
@name_ways
def test_a_need_posted_twice_is_seen(way: Way) -> None:
    asked, other = f.NeedFactory(title=TITLE), f.NeedFactory(title=way(TITLE))
    (found,) = alike([asked], f.CityUserFactory())[asked.pk]
    assert (found.need, found.share, found.same) == (other, 1.0, True)


@pytest.mark.django_db
@name_ways
def test_a_wish_names_its_firm(way: Way) -> None:
    need = f.NeedFactory(enterprise__name=FIRM)
    doctor = f.DoctorFactory(wishes=["别家公司", way(FIRM[:6])])
    assert wish_of(doctor, need) == 2


@read_ways
def test_texts_are_matched_and_quoted_alike(way: Way) -> None:
    snapshot = Snapshot.build([
        DoctorText(1, fields=("农业",), works=(WorkText(1, "paper", way("农机层压板轻量化的应用")),)),
        DoctorText(2, works=(WorkText(2, "paper", "小麦赤霉病的防治"),)),
    ])  # fmt: skip
    need = NeedText(1, title=way("农机层压板轻量化"), problem=way("层压板太重，难以应用。"), fields=(way("农业"),))
    (line,) = Lexical().shortlist(snapshot, need).lines
    (plain,) = Lexical().shortlist(
        Snapshot.build([
            DoctorText(1, fields=("农业",), works=(WorkText(1, "paper", "农机层压板轻量化的应用"),)),
            DoctorText(2, works=(WorkText(2, "paper", "小麦赤霉病的防治"),)),
        ]),
        NeedText(1, title="农机层压板轻量化", problem="层压板太重，难以应用。", fields=("农业",)),
    ).lines  # fmt: skip
    assert (line.doctor_id, line.score, line.strength) == (1, plain.score, plain.strength)
    assert [quote.terms for quote in line.quotes] == [quote.terms for quote in plain.quotes]


@read_ways
def test_terms_are_read_alike(way: Way) -> None:
    one, other = read([TITLE]), read([way(TITLE)])
    assert (sorted(one.codes), sorted(one.characters)) == (sorted(other.codes), sorted(other.characters))


# -- No other code folds -----------------------------------------------------------------------------------------

FOLDS = re.compile(
    r"unicodedata|NFK?[CD]\b|casefold\(|html\.unescape|maketrans\(\s*\"[\u4e00-\u9fff]|zhconv|opencc", re.IGNORECASE
)
SEARCHES = re.compile(r"\b(?:name|title|problem|keywords|directions|pinyin)__i?(?:contains|exact|startswith|regex)\b")
# `accounts/names.py` folds further than words are folded: names of accounts that only look alike are one.
FOLDERS = {"officedata/text.py", "accounts/names.py"}
SEARCHERS = {"ui/filters.py"}


def sources() -> Iterator[tuple[str, str]]:
    """The modules of the product with their texts, without migrations, which are not changed later."""
    packages = {Path(config.path).name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    for package in sorted(packages | {"officedata", "matchengine", "supervisor", "talentlink"}):
        for file in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in file.parts:
                yield str(file.relative_to(ROOT)), file.read_text()


def test_only_officedata_folds() -> None:
    assert {name for name, text in sources() if FOLDS.search(text)} == FOLDERS


def test_only_the_shared_filters_compare_names_and_words() -> None:
    assert {name for name, text in sources() if SEARCHES.search(text)} <= SEARCHERS
