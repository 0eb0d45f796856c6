"""The invented texts are complete, distinct and shaped like a real round."""

import re
from collections import Counter
from dataclasses import fields
from statistics import median

import pytest
from stdnum.cn import uscc

from demo.city import DISTRICTS, OFFICES
from demo.doctors import BY_NAME, DOCTORS, UNIVERSITIES
from demo.enterprises import BY_KEY, ENTERPRISES, credit_code
from demo.needs import NEEDS
from demo.reading import DATA
from demo.texts import DistrictText, DoctorText, EnterpriseText, NeedText, UniversityText
from demo.visits import (
    CONFIRM_REMARKS,
    DECLINE_REASONS,
    DISPUTE_REASONS,
    FOLLOW_UPS,
    HOSTS,
    NOTHING_FOUND,
    OVERRIDE_REASONS,
    RETURN_REASONS,
    STOPPED,
    SURVEY_REMARKS,
    WAIVER_GRANTED,
    WAIVER_REASONS,
    Telling,
    remark,
)
from matchengine.distance import kilometres
from officedata.codes import disciplines

MAY_BE_EMPTY = {
    EnterpriseText: {"qualifications"},
    NeedText: {"basis", "budget", "days", "most_km"},
    DoctorText: {"most_km", "hats", "wishes", "postings", "interests"},
}


def test_counts_of_the_round() -> None:
    assert len(DISTRICTS) == 7
    assert Counter(o.kind for o in OFFICES) == {"city": 1, "county": 7, "department": 9}
    assert len(ENTERPRISES) == 202
    assert len(NEEDS) == 215
    assert len(UNIVERSITIES) == 2
    assert len(DOCTORS) == 127
    assert Counter(s.category for s in HOSTS) == {"technology": 10, "agriculture": 5}
    assert sum(len(s.visits) for s in HOSTS) == 120
    kinds = Counter(o.kind for s in HOSTS for o in s.outcomes)
    assert kinds == {"project": 16, "problem": 17, "patent": 4, "product": 9}


@pytest.mark.parametrize("values", [ENTERPRISES, NEEDS, DOCTORS], ids=["enterprises", "needs", "doctors"])
def test_indexes_count_up_and_no_field_is_empty(values: tuple[EnterpriseText | NeedText | DoctorText, ...]) -> None:
    assert [v.index for v in values] == list(range(len(values)))
    spare = MAY_BE_EMPTY[type(values[0])]
    empty = [
        (v.index, f.name)
        for v in values
        for f in fields(v)
        if f.name not in spare and getattr(v, f.name) in ("", (), None)
    ]
    assert empty == []


def test_enterprises_are_distinct_and_in_the_city() -> None:
    for field in ("key", "name", "credit_code", "phone", "contact"):
        assert len({getattr(e, field) for e in ENTERPRISES}) == 202, field
    assert {e.district for e in ENTERPRISES} == {d.code for d in DISTRICTS}
    assert {e.surveyor for e in ENTERPRISES} == {o.key for o in OFFICES if o.kind == "department"}
    assert all(d.code.startswith("1499") for d in DISTRICTS)


def test_credit_codes_have_their_check_digit() -> None:
    assert [e.name for e in ENTERPRISES if not uscc.is_valid(e.credit_code)] == []
    assert all(e.credit_code[2:8] == e.district for e in ENTERPRISES)
    assert all(uscc.is_valid(credit_code("149902", serial)) for serial in range(1, 300))


def test_phones_are_of_the_invented_range_and_nobody_shares_one() -> None:
    phones = [o.phone for o in OFFICES] + [e.phone for e in ENTERPRISES]
    phones += [u.phone for u in UNIVERSITIES] + [d.phone for d in DOCTORS]
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"199000\d{5}", p) for p in phones)


def test_some_enterprises_have_no_qualification_and_some_an_expired_one() -> None:
    held = [q for e in ENTERPRISES for q in e.qualifications]
    assert {q.kind for q in held} == {"above_scale", "high_tech", "specialised", "little_giant", "agri_leader", "other"}
    assert sum(not q.valid for q in held) == 5
    assert sum(not e.qualifications for e in ENTERPRISES) > 10
    for e in ENTERPRISES:
        assert len({q.name for q in e.qualifications}) == len(e.qualifications)


def test_thirteen_enterprises_have_no_need_and_say_why() -> None:
    asking = Counter(n.enterprise for n in NEEDS)
    assert Counter(asking.values()) == {1: 164, 2: 24, 3: 1}
    assert set(NOTHING_FOUND) == {e.index for e in ENTERPRISES} - set(asking)
    assert len(set(NOTHING_FOUND.values())) == 13


def test_needs_are_distinct_and_as_long_as_real_ones() -> None:
    for field in ("title", "problem", "target"):
        assert len({getattr(n, field) for n in NEEDS}) == 215, field
    assert all(len(n.title) <= 100 for n in NEEDS)
    lengths = sorted(len(n.problem + n.target) for n in NEEDS)
    assert median(lengths) >= 120
    assert lengths[0] < 60 and lengths[-1] > 250
    assert sum(len(n.problem) < 60 for n in NEEDS) < 45


def test_most_needs_ask_for_technology_and_state_a_figure() -> None:
    assert Counter(n.kind for n in NEEDS) == {
        "technology": 187,
        "result_transfer": 9,
        "training": 8,
        "talent": 7,
        "platform": 4,
    }
    assert sum(n.measurable for n in NEEDS) >= 215 * 0.6
    assert sum(not n.measurable for n in NEEDS) >= 15
    assert {n.way for n in NEEDS} == {"joint", "commissioned", "consulting", "transfer", "other"}
    assert all(n.budget is None or 0 < n.budget[0] <= n.budget[1] for n in NEEDS)


def test_disciplines_are_of_the_code_table() -> None:
    asked = {n.discipline for n in NEEDS}
    assert asked - set(disciplines.NAMES) == set()
    assert [d.name for d in DOCTORS if disciplines.NAMES.get(d.discipline) != d.discipline_name] == []


def test_doctors_are_distinct_people_with_works() -> None:
    assert len(BY_NAME) == 127
    assert {e.contact for e in ENTERPRISES} & set(BY_NAME) == set()
    for d in DOCTORS:
        assert 2 <= len(d.directions) <= 3 and 2 <= len(d.works) <= 6, d.name
        assert len(d.wishes) <= 3 and 1 <= d.days <= 6 and 1 <= d.max_hosts <= 3, d.name
        assert re.fullmatch(r"19(7[5-9]|8\d|9[0-5])-(0[1-9]|1[0-2])", d.born) and d.sex in "mf", d.name
        assert d.college in next(u for u in UNIVERSITIES if u.key == d.university).colleges
        assert all(w.title and w.abstract and 2015 <= w.year <= 2024 for w in d.works), d.name
    assert len({w.title for d in DOCTORS for w in d.works}) == sum(len(d.works) for d in DOCTORS)
    assert sum(bool(d.postings) for d in DOCTORS) >= 8
    assert sum(bool(d.interests) for d in DOCTORS) >= 8


def test_works_are_worded_by_scholars_and_not_copied_from_needs() -> None:
    asked = " ".join(n.problem + n.target for n in NEEDS)
    assert [w.title for d in DOCTORS for w in d.works if w.abstract in asked or w.title in asked] == []


def test_hosts_hold_a_valid_qualification_and_two_doctors_share_their_words() -> None:
    assert len({s.enterprise for s in HOSTS}) == 15
    assert len({s.doctors[0] for s in HOSTS}) == 15
    for story in HOSTS:
        host, need = ENTERPRISES[story.enterprise], NEEDS[story.need]
        assert host.category == story.category and need.kind == "technology"
        assert any(q.valid and q.kind != "other" for q in host.qualifications), host.name
        fitting = [d for d in DOCTORS if len(_shared(need, d)) >= 2]
        assert len(fitting) >= 2, host.name
        assert all(len(_shared(need, BY_NAME[name])) >= 1 for name in story.doctors), host.name


def _shared(need: NeedText, doctor: DoctorText) -> set[str]:
    said = "".join((*doctor.directions, *doctor.keywords))
    return {word for word in need.keywords if word in said}


def test_places_lie_within_a_hundred_and_thirty_kilometres_and_some_limits_bite() -> None:
    ways = {(u.key, d.code): _km(u, d) for u in UNIVERSITIES for d in DISTRICTS}
    assert len({(d.latitude, d.longitude) for d in DISTRICTS}) == 7
    assert 40 < min(ways.values()) < 60 < 110 < max(ways.values()) < 130
    places = {d.code: {u.key for u in UNIVERSITIES if ways[u.key, d.code] <= 100} for d in DISTRICTS}
    assert len(set(map(frozenset, places.values()))) == 3  # either university, or both, for a limit of 100 km
    travellers = [d for d in DOCTORS if d.most_km is not None]
    assert len(travellers) == 17
    bound = [d for d in travellers if any(ways[d.university, p.code] > (d.most_km or 0) for p in DISTRICTS)]
    assert len(bound) >= 12
    assert all(any(ways[d.university, p.code] <= (d.most_km or 0) for p in DISTRICTS) for d in travellers)
    assert sum(n.days is not None for n in NEEDS) == 12
    for need in (n for n in NEEDS if n.most_km is not None):
        assert any(ways[u.key, ENTERPRISES[need.enterprise].district] <= need.most_km for u in UNIVERSITIES), need.title


def _km(university: UniversityText, district: DistrictText) -> float:
    return kilometres(university.latitude, university.longitude, district.latitude, district.longitude)


def test_doctors_of_the_stories_keep_to_what_the_needs_ask() -> None:
    districts, universities = {d.code: d for d in DISTRICTS}, {u.key: u for u in UNIVERSITIES}
    for story in HOSTS:
        need, district = NEEDS[story.need], districts[ENTERPRISES[story.enterprise].district]
        for doctor in map(BY_NAME.__getitem__, story.doctors):
            assert doctor.days >= (need.days or 0), doctor.name
            way = _km(universities[doctor.university], district)
            assert way <= min(need.most_km or 1000, doctor.most_km or 1000), doctor.name


def test_doctors_of_fields_far_away_share_nothing_with_any_need() -> None:
    far = [d for d in DOCTORS if d.discipline in ("110", "140", "160", "750", "770")]
    assert len(far) == 6
    assert [(d.name, n.title) for d in far for n in NEEDS if _shared(n, d)] == []


def test_doctors_of_the_stories_are_each_named_once_without_interest_or_other_posting() -> None:
    named = [name for story in HOSTS for name in story.doctors]
    assert len(set(named)) == len(named)
    for story in HOSTS:
        for name in story.doctors:
            doctor = BY_NAME[name]
            assert story.enterprise not in {i.enterprise for i in doctor.interests}, name


def test_texts_of_the_year_are_distinct() -> None:
    logs = [v for s in HOSTS for v in s.visits] + list(FOLLOW_UPS)
    assert len({v.work for v in logs}) == len(logs) == 156
    assert all(v.work and v.solved and v.next_step for v in logs)
    assert len({o.title for s in HOSTS for o in s.outcomes}) == 46
    assert all(1 <= o.month <= 12 and len(o.title) <= 120 for s in HOSTS for o in s.outcomes)
    assert len(WAIVER_GRANTED) == len(WAIVER_REASONS)
    spoken = (CONFIRM_REMARKS, DISPUTE_REASONS, WAIVER_REASONS, WAIVER_GRANTED, DECLINE_REASONS, RETURN_REASONS)
    for texts in (*spoken, OVERRIDE_REASONS, SURVEY_REMARKS):
        assert len(set(texts)) == len(texts) > 2


def test_a_year_of_visits_tells_the_whole_story_once_wherever_the_year_begins() -> None:
    for turn, story in enumerate(HOSTS):
        for start in (1, 6, 12):
            telling = Telling(turn)
            year = [(month, telling.at_host(month)) for month in [(start + at) % 12 + 1 for at in range(12)] * 2]
            told = [text for _month, text in year]
            assert Counter(text.work for text in told if text in story.visits) == {v.work: 1 for v in story.visits}
            trade = ENTERPRISES[story.enterprise].trade
            assert [(turn, month, text.work) for month, text in year if not text.fits(trade, month)] == []


def test_the_stories_of_factories_are_told_in_order_and_nothing_is_said_twice_in_a_row() -> None:
    for turn, story in enumerate(HOSTS):
        telling = Telling(turn)
        told = [telling.at_host(month) for month in range(1, 13)]
        assert len({text.work for text in told}) == 12, turn
        if not any(visit.months for visit in story.visits):
            assert tuple(text for text in told if text in story.visits) == story.visits


def test_farming_follows_its_seasons() -> None:
    months = {visit.work: visit.months for story in HOSTS for visit in story.visits if visit.months}
    assert len(months) == 17
    assert next(found for work, found in months.items() if "春播" in work) == (4, 5)
    assert next(found for work, found in months.items() if "上山看籽" in work) == (7,)
    assert {each.trade for each in ENTERPRISES} == {"planting", "livestock", "factory"}
    for trade in ("planting", "livestock", "factory"):
        for month in range(1, 13):
            assert sum(text.fits(trade, month) for text in FOLLOW_UPS) >= 10, (trade, month)


def test_enterprises_served_beside_a_host_are_of_the_trade_of_its_doctor() -> None:
    """By the first two figures of the industry, or by words that the title shares with what the doctor does."""
    served = [(story, text) for story in HOSTS for text in story.served]
    assert Counter(len(story.served) for story in HOSTS) == {0: 5, 1: 5, 2: 5}
    assert len({text.enterprise for _story, text in served}) == len(served) == len({t.title for _s, t in served})
    hosts = {story.enterprise for story in HOSTS}
    assert [text.enterprise for _story, text in served if BY_KEY[text.enterprise].index in hosts] == []
    for story, text in served:
        host, other = ENTERPRISES[story.enterprise], BY_KEY[text.enterprise]
        doctor = BY_NAME[story.doctors[0]]
        said = "".join((*doctor.directions, *doctor.keywords))
        words = {text.title[at : at + 2] for at in range(len(text.title) - 1)}
        assert host.industry[:2] == other.industry[:2] or sum(word in said for word in words) >= 1, text.title


def test_only_products_have_a_stage() -> None:
    staged = {(outcome.kind, bool(outcome.stage)) for story in HOSTS for outcome in story.outcomes}
    assert staged == {("project", False), ("problem", False), ("patent", False), ("product", True)}


UNTIDY = re.compile(r"<[a-z/]|&[a-z]+;|[０-９．]|\([a-zāáǎàēéěèīíǐìōóǒòūúǔù]+\)")


def test_no_text_of_the_demo_is_untidy() -> None:
    said = {path.name: path.read_text(encoding="utf-8") for path in DATA.rglob("*.toml")}
    assert {name: UNTIDY.findall(text) for name, text in said.items() if UNTIDY.search(text)} == {}


def test_every_enterprise_gets_a_remark_on_its_visit_sheet() -> None:
    asking = {n.enterprise for n in NEEDS}
    assert all(remark(e.index, e.index in asking) for e in ENTERPRISES)


def test_the_stopped_host_has_all_its_outcomes_before_the_stop() -> None:
    assert [o.month for o in HOSTS[STOPPED].outcomes] == [3, 5]
