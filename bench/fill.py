"""Fills the scratch database: who takes part, what the enterprises need, and the rounds with their service."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from stdnum.cn import uscc

from accounts.models import ApiToken, District, Office, User
from accounts.names import look_of
from bench.copying import bare_tables, copy
from bench.size import Size
from bench.texts import doctor_words, need_words, person
from bench.words import SUBSTANCES, TRADES
from enterprises.models import Enterprise, Host, Member, Need, Qualification, Survey, VisitSheet
from enterprises.models.needs import folded as words_of_need
from experts.models import Doctor, Liaison, University, Work
from experts.models import folded as words_of_doctor
from officedata.months import LOCAL_ZONE, Month
from officedata.pinyin import pinyin_of
from programmes.models import Batch, Programme, RulePin, RuleSet
from servicerules import OldRules

CITY_STAFF, COUNTY_STAFF, DEPARTMENT_STAFF, PROGRAM = 1, 2, 3, 4
FIRST_LIAISON = 11
TOKEN = "tl_bench"  # noqa: S105  the database is thrown away
DEPARTMENTS = ("科技局", "工信局", "农业农村局", "教育局", "国资委", "开发区管委会")


@dataclass(frozen=True)
class Plan:
    """Who is who by key: accounts of liaisons, then of the hosts' people, then of doctors; when the rounds began."""

    size: Size
    today: date

    @property
    def first_member(self) -> int:
        return FIRST_LIAISON + self.size.universities

    @property
    def first_doctor_user(self) -> int:
        return self.first_member + self.size.hosts

    def host_enterprise(self, number: int) -> int:
        """The enterprise behind host number 1…hosts of any round; hosts are spread over all enterprises."""
        return (number - 1) * self.size.enterprises // self.size.hosts + 1

    def round_starts(self, number: int) -> date:
        """The first day of round 0…rounds - 1; the last one began ten months ago."""
        return Month.of(self.today).plus(-10 - 12 * (self.size.rounds - 1 - number)).first

    def doctor_of(self, number: int) -> int:
        """The doctor of an assignment: in each round another one for each."""
        return number % self.size.active * self.size.doctors // self.size.active + 1

    def host_of(self, number: int) -> int:
        """The host (1…hosts within its round) of an assignment."""
        return number * 7 % self.size.hosts + 1


def moment(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LOCAL_ZONE)


@lru_cache(maxsize=20_000)
def _pinyin(name: str) -> str:
    return pinyin_of(name)


def fill(size: Size, today: date, rounds: Any) -> None:
    """Write everything; `rounds` writes the orders, assignments and visits (see rounds.py)."""
    plan, random = Plan(size, today), Random(2025)  # noqa: S311  the same rows in every run
    with bare_tables():
        _people_and_places(plan)
        copy(Enterprise, ENTERPRISE, _enterprises(plan, random))
        copy(Qualification, QUALIFICATION, _qualifications(plan))
        _people(plan, random)
        _doctors(plan, random)
        _batches(plan)
        copy(Need, NEED, _needs(plan, random))
        _survey(plan)
        rounds(plan, random)


def _people_and_places(plan: Plan) -> None:
    count = plan.size.districts
    copy(
        District,
        ("code", "name", "tile_x", "tile_y"),
        ((_district(n), f"第{n + 1}县", n % 12, n // 12) for n in range(count)),
    )
    offices: list[tuple[int, str, str, str | None]] = [(1, "city", "人才办", None)]
    offices += [(2 + n, "department", name, None) for n, name in enumerate(DEPARTMENTS)]
    offices += [(20 + n, "county", f"第{n + 1}县人才办", _district(n)) for n in range(count)]
    copy(Office, ("id", "kind", "name", "district_id"), offices)
    copy(
        University,
        ("id", "name", "pinyin"),
        ((n, f"第{n}理工大学", _pinyin(f"第{n}理工大学")) for n in range(1, plan.size.universities + 1)),
    )


def _district(number: int) -> str:
    return f"{149901 + number:06d}"


ENTERPRISE = (
    "id", "credit_code", "name", "pinyin", "district_id", "department_id", "industry", "enterprise_class", "size",
    "products", "contact_name", "contact_phone",
)  # fmt: skip


def _enterprises(plan: Plan, random: Random) -> Iterator[tuple[Any, ...]]:
    for number in range(1, plan.size.enterprises + 1):
        trade, body = random.choice(TRADES), f"91149901MA{number:07d}"
        word = random.choice(SUBSTANCES)
        farming = trade.field in ("现代农业", "畜牧养殖", "食品")
        yield (
            number,
            body + uscc.calc_check_digit(body),
            f"云泉{number}{word}有限公司",
            pinyin_of(f"云泉{number}{word}有限公司"),
            _district((number * 2654435761 >> 8) % plan.size.districts),
            2 + number % len(DEPARTMENTS),
            random.choice(("C26", "C30", "C35", "A01")),
            "agriculture" if farming else "technology",
            random.choice(("large", "medium", "small", "micro")),
            "、".join(random.sample(trade.things, 3)),
            person(random),
            f"199{number:08d}",
        )


QUALIFICATION = ("id", "enterprise_id", "kind", "level", "certificate", "valid_from", "valid_until")


def _qualifications(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for number in range(1, plan.size.enterprises + 1):
        kind, level = Qualification.Kind.values[number % 5], Qualification.Level.values[number % 3]
        since = plan.today - timedelta(days=number % 1200)
        yield number, number, kind, level, f"GR{number:09d}", since, since + timedelta(days=1095)


USER = (
    "id", "username", "name_key", "password", "name", "pinyin", "role", "office_id", "is_staff", "is_active",
    "date_joined", "operates", "administers",
)  # fmt: skip


def _people(plan: Plan, random: Random) -> None:
    copy(User, USER, _users(plan, random))
    size = plan.size
    liaisons = ((n + 1, n + 1, FIRST_LIAISON + n) for n in range(size.universities))
    copy(Liaison, ("id", "university_id", "user_id"), liaisons)
    members = ((n, plan.host_enterprise(n), plan.first_member + n - 1) for n in range(1, size.hosts + 1))
    copy(Member, ("id", "enterprise_id", "user_id"), members)
    token = (1, PROGRAM, "bench", "tl_bench", ApiToken.digest_of(TOKEN), "read", moment(plan.today))
    copy(ApiToken, ("id", "user_id", "label", "prefix", "digest", "scope", "created_at"), [token])


def _users(plan: Plan, random: Random) -> Iterator[tuple[Any, ...]]:
    joined = moment(plan.today - timedelta(days=400))

    def user(key: int, role: str, office: int | None = None) -> tuple[Any, ...]:
        name = person(random)
        username, staff, of_city = f"{role}{key}", role == "office", key == CITY_STAFF
        who = (key, username, look_of(username), "!", name, _pinyin(name), role, office)
        return *who, staff, True, joined, of_city, of_city

    yield user(CITY_STAFF, "office", 1)
    yield user(COUNTY_STAFF, "office", 20)
    yield user(DEPARTMENT_STAFF, "office", 2)
    yield user(PROGRAM, "program", 1)
    for key in range(FIRST_LIAISON, plan.first_member):
        yield user(key, "university")
    for key in range(plan.first_member, plan.first_doctor_user):
        yield user(key, "enterprise")
    for key in range(plan.first_doctor_user, plan.first_doctor_user + plan.size.doctors):
        yield user(key, "doctor")


DOCTOR = (
    "id", "user_id", "university_id", "college", "name", "pinyin", "discipline", "directions", "keywords", "fields",
    "days_a_month", "most_hosts", "folded_words",
)  # fmt: skip


def _doctors(plan: Plan, random: Random) -> None:
    """Write doctors in batches, because all their texts at once would fill the memory."""
    number, piece = 0, 10_000
    works = 0
    while number < plan.size.doctors:
        people = [doctor_words(random) for _ in range(min(piece, plan.size.doctors - number))]
        rows = []
        for key, each in enumerate(people, number + 1):
            college = random.choice(("材料学院", "化工学院", "农学院", "机械学院"))
            rows.append((
                key, plan.first_doctor_user + key - 1, (key - 1) % plan.size.universities + 1, college, each.name,
                _pinyin(each.name), each.discipline, each.directions, each.keywords, each.fields, random.randint(2, 6),
                random.choice((1, 2, 2, 3)), words_of_doctor(each.directions, each.keywords, each.fields),
            ))  # fmt: skip
        copy(Doctor, DOCTOR, rows)
        written = [(key, *work) for key, each in enumerate(people, number + 1) for work in each.works]
        columns = ("id", "doctor_id", "kind", "title", "year", "abstract")
        copy(Work, columns, ((works + at, *row) for at, row in enumerate(written, 1)))
        number, works = number + len(people), works + len(written)


def _batches(plan: Plan) -> None:
    made = moment(plan.round_starts(0) - timedelta(days=60))
    copy(Programme, ("id", "name"), [(1, "高校博士服务行动")])
    rules = {**OldRules().to_data(), "code": "round", "version": 1}
    copy(RuleSet, ("id", "code", "version", "name", "data", "created_at"), [(1, "round", 1, "默认规则", rules, made)])
    columns = (
        "id", "programme_id", "name", "status", "starts_on", "ends_on", "orders_from", "orders_until", "rule_set_id",
        "technology_quota", "agriculture_quota",
    )  # fmt: skip
    rows = []
    for number in range(plan.size.rounds):
        first = plan.round_starts(number)
        status = "running" if number == plan.size.rounds - 1 else "closed"
        opened = first - timedelta(days=45)
        last = first + timedelta(days=400)
        rows.append((number + 1, 1, f"第{number + 1}批", status, first, last, opened, first, 1, 30_000, 30_000))
    copy(Batch, columns, rows)
    pins = [(number + 1, number + 1, 1, made, "") for number in range(plan.size.rounds)]
    copy(RulePin, ("id", "batch_id", "rule_set_id", "since", "reason"), pins)
    hosts = (
        (number * plan.size.hosts + host, number + 1, plan.host_enterprise(host), "technology", True, CITY_STAFF, made)
        for number in range(plan.size.rounds)
        for host in range(1, plan.size.hosts + 1)
    )
    copy(Host, ("id", "batch_id", "enterprise_id", "enterprise_class", "eligible", "chosen_by_id", "chosen_at"), hosts)


NEED = (
    "id", "enterprise_id", "title", "status", "problem", "target", "basis", "keywords", "discipline", "field",
    "return_reason", "created_by_id", "created_at", "submitted_at", "published_at", "expires_on",
    "folded_title", "folded_words",
)  # fmt: skip


def _needs(plan: Plan, random: Random) -> Iterator[tuple[Any, ...]]:
    """First those of the orders, then the open ones, then the others."""
    size = plan.size
    ordered = size.assignments - size.orders
    others = ("solved", "solved", "solved", "unsolved", "expired", "withdrawn", "returned", "draft")
    for number in range(1, size.needs + 1):
        enterprise, status = random.randint(1, size.enterprises), random.choice(others)
        made = plan.today - timedelta(days=random.randint(30, 700))
        if number <= size.orders:
            assignment = ordered + number - 1
            enterprise = plan.host_enterprise(plan.host_of(assignment))
            status = "in_service" if assignment >= size.assignments - size.active else "solved"
        elif number <= size.orders + size.published:
            status, made = "published", plan.today - timedelta(days=random.randint(3, 40))
        elif number <= size.orders + size.published + 40:
            status, made = "submitted", plan.today - timedelta(days=random.randint(1, 9))
        words, at = need_words(random), moment(made)
        published = at + timedelta(days=2) if status not in ("draft", "submitted", "returned", "withdrawn") else None
        yield (
            number, enterprise, words.title, status, words.problem, words.target, words.basis, words.keywords,
            words.discipline, words.field, "请补充目标数值。" if status == "returned" else "", CITY_STAFF, at,
            None if status == "draft" else at, published, plan.today + timedelta(days=random.randint(-200, 200)),
            *words_of_need(words.title, words.problem, words.keywords),
        )  # fmt: skip


def _survey(plan: Plan) -> None:
    """The running round's survey: every enterprise planned, four of five visited, with a need found at some."""
    size, first = plan.size, plan.round_starts(plan.size.rounds - 1) - timedelta(days=120)
    row = (1, 1, size.rounds, "入企问需", first, first + timedelta(days=60))
    copy(Survey, ("id", "programme_id", "batch_id", "name", "starts_on", "ends_on"), [row])
    sheets = (
        (
            n,
            1,
            n,
            2 + n % len(DEPARTMENTS),
            first + timedelta(days=n % 60) if n % 5 else None,
            "某科长" if n % 5 else "",
        )
        for n in range(1, size.enterprises + 1)
    )
    copy(VisitSheet, ("id", "survey_id", "enterprise_id", "department_id", "visited_on", "people"), sheets)
    found = ((n, n, n) for n in range(1, min(size.enterprises, size.needs) + 1) if n % 5)
    copy(VisitSheet.needs.through, ("id", "visitsheet_id", "need_id"), found)
