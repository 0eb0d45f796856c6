"""Reads a case of the published format; whatever is wrong in it is named with its path."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from officedata.months import Month
from servicerules.casefile import (
    FORMAT,
    CaseFile,
    OfRecord,
    OfRule,
)
from servicerules.cases import Case
from servicerules.checking import wrong_names_of
from servicerules.effort import steps_of
from servicerules.facts import Key, Reason, Term
from servicerules.judging import all_rules
from servicerules.language import RuleSet
from servicerules.presets import preset, preset_names
from servicerules.reading import Reader, WrongWords, printable

MOST_YEARS = 100
MOST_STEPS = 20_000_000
"""Steps of a case, see `servicerules.effort`; so many take some minutes."""
MOST_TWICE = 100
"""So many doubles are remembered when another object has one."""


def read_case(data: Any) -> Case:
    """Read a case from plain JSON values. Raises WrongWords naming every wrong word with its path."""
    reader = Reader()
    file: CaseFile | None = reader.node(CaseFile, data, "")
    if file is None:
        raise WrongWords(reader.wrong)
    rules = _rules_of(file, reader)
    if rules is not None:
        reader.wrong.extend(_wrong_facts(file, Case(rules, file)))
    if rules is None or reader.wrong:
        raise WrongWords(reader.wrong)
    return Case(rules, file)


def read_case_text(text: str | bytes) -> Case:
    """The same from a text. Raises WrongWords where it is no JSON, is nested too deeply, or names a word twice."""
    twice: list[str] = []
    try:
        data = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, twice))
    except json.JSONDecodeError as error:
        raise WrongWords([Reason("not_json", {"path": "$", "line": error.lineno, "column": error.colno})]) from error
    except RecursionError as error:
        raise WrongWords([Reason("json_too_deep", {"path": "$"})]) from error
    except UnicodeDecodeError as error:
        raise WrongWords([Reason("not_unicode", {"path": "$"})]) from error
    except ValueError as error:  # a number of thousands of digits
        raise WrongWords([Reason("number_too_long", {"path": "$"})]) from error
    if twice:
        raise WrongWords([Reason("word_twice", {"path": "$", "word": printable(word)}) for word in twice])
    return read_case(data)


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    """An object of JSON; a word that stands in it twice is noted, because only one of its values would be read."""
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(word for word, _ in pairs)
        twice.extend(word for word in found if times[word] > 1 and word not in twice[-MOST_TWICE:])
    return found


def _rules_of(file: CaseFile, reader: Reader) -> RuleSet | None:
    if file.format != FORMAT:
        reader.refuse("wrong_format", "format")
    if (file.preset is None) == (file.rule_set is None):
        reader.refuse("not_one_of", "$", known="preset, rule_set")
        return None
    if file.rule_set is not None:
        reader.wrong.extend(wrong_names_of(file.rule_set, "rule_set."))
        return file.rule_set
    if file.preset not in preset_names():
        reader.refuse("unknown_preset", "preset", word=file.preset, known=", ".join(preset_names()))
        return None
    return preset(file.preset)


def _wrong_facts(file: CaseFile, case: Case) -> Iterator[Reason]:
    """Names that stand for nothing, doubles, terms that end before they start, months that are none."""
    services = {each.id for each in file.services}
    for name in ("services", "visits", "acts", "people", "hosts"):
        yield from _doubles(name, [each.id for each in getattr(file, name)])
    ends = [(each.starts_on, each.ends_on or each.starts_on) for each in file.services]
    backwards = [number for number, (first, last) in enumerate(ends) if last < first]
    yield from (Reason("wrong_term", {"path": f"services[{number}]"}) for number in backwards)
    too_long = list(_too_long(file))
    yield from too_long
    if not backwards and not too_long:
        yield from _too_much(case)
    for name in ("waivers", "reopened", "given"):
        for number, each in enumerate(getattr(file, name)):
            if each.service is not None:
                yield from _known("service", each.service, services, f"{name}[{number}].service")
    for number, one in enumerate(file.reopened):
        try:
            Month.parse(one.month)
        except ValueError:
            yield Reason("not_a_month", {"path": f"reopened[{number}].month"})
    yield from _wrong_visits(file, services)
    rules = {each.id for each in case.rules.rules}
    for number, waiver in enumerate(file.waivers):
        if waiver.rule is not None:
            yield from _known("rule", waiver.rule, rules, f"waivers[{number}].rule")
    yield from _wrong_expectations(file, {each.id for each in all_rules(case.rules)})


def _wrong_expectations(file: CaseFile, rules: set[str]) -> Iterator[Reason]:
    """Expectations of rules that are not there, or of records and waivers: one that is none would pass as used."""
    records = {visit.id for visit in file.visits} | {waiver.id for waiver in file.waivers}
    for number, expected in enumerate(file.expect):
        if isinstance(expected, OfRecord):
            yield from _known("record", expected.record, records, f"expect[{number}].record")
        if isinstance(expected, (OfRule, OfRecord)) and expected.rule is not None:
            yield from _known("rule", expected.rule, rules, f"expect[{number}].rule")


def _too_long(file: CaseFile) -> Iterator[Reason]:
    """Terms of more than a lifetime, whose days nobody would want to see judged one by one."""
    for number, each in enumerate(file.services):
        for name in ("ends_on", "extended_to"):
            last = getattr(each, name)
            if last is not None and last.year - each.starts_on.year > MOST_YEARS:
                yield Reason("term_too_long", {"path": f"services[{number}].{name}", "most": MOST_YEARS})


def _too_much(case: Case) -> Iterator[Reason]:
    """Rules, terms and moments that together would keep a computer busy for hours."""
    terms = Counter(_months(case.term(each)) for each in case.file.services)
    of_acts = sum(each for each in steps_of(case.rules, 1).values()) * len(case.file.acts)
    of_terms = sum(number * sum(steps_of(case.rules, months).values()) for months, number in terms.items())
    if (steps := (of_terms + of_acts) * max(1, len(case.file.moments))) > MOST_STEPS:
        yield Reason("case_too_large", {"path": "$", "steps": steps, "most": MOST_STEPS})


def _months(term: Term) -> int:
    last = max(term.ends_on, term.extended_to or term.ends_on)
    return max(1, (last - term.starts_on).days // 30 + 1)


def _wrong_visits(file: CaseFile, services: set[Key]) -> Iterator[Reason]:
    """Visits of services that are not there, or of none where there are several."""
    for number, visit in enumerate(file.visits):
        for at, key in enumerate(visit.services):
            yield from _known("service", key, services, f"visits[{number}].services[{at}]")
        if not visit.services and len(services) > 1:
            yield Reason("missing_word", {"path": f"visits[{number}].services", "word": "services"})


def _known(kind: str, key: Key, known: set[Any], path: str) -> Iterator[Reason]:
    if key not in known:
        yield Reason(f"undeclared_{kind}", {"path": path, "word": key})


def _doubles(name: str, keys: Sequence[Key]) -> Iterator[Reason]:
    seen: set[Key] = set()
    for number, key in enumerate(keys):
        if key in seen:
            yield Reason("twice", {"path": f"{name}[{number}].id", "word": key})
        seen.add(key)
