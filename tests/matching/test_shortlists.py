"""A shortlist in words: factors, what is unknown, what speaks against, and how often a word of strength was right."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from matchengine.weights import FACTORS as WEIGHED
from matching.models import Suggestion
from matching.shortlists import shortlist_rows, strength_facts
from matching.wording import AGAINST, FACTORS, STRENGTH_BASES, STRENGTH_FACTS, UNKNOWN, UNKNOWN_WORDS, strength_fact
from tests.factories import CityUserFactory, NeedFactory, SuggestionFactory, WorkFactory


def test_every_factor_and_every_unknown_has_its_words() -> None:
    assert set(FACTORS) == set(WEIGHED)
    assert set(UNKNOWN) == set(UNKNOWN_WORDS)
    assert set(UNKNOWN.values()) <= set(FACTORS)
    assert set(STRENGTH_FACTS) == set(Suggestion.Strength.values)
    assert set(STRENGTH_BASES) < set(STRENGTH_FACTS)
    assert {"nearly_full", "other_posting", "conflict_declared"} <= set(AGAINST)


def test_what_a_word_was_worth_on_graded_pairs() -> None:
    with override("en"):
        assert strength_fact("strong") == "“Strong”: of 92 pairs that people graded, 43% fitted well (28% to 61%)."
        assert strength_fact("weak") == "“Weak” says that little of the need was found with this doctor."


@pytest.mark.django_db
def test_points_unknowns_quotes_and_objections_of_a_line() -> None:
    work = WorkFactory()
    line = SuggestionFactory(
        doctor=work.doctor,
        points=[
            {"factor": "topic", "points": 40.0, "most": 60.0},
            {"factor": "distance", "points": 0.0, "most": 3.0},
            {"factor": "earlier", "points": 0.0, "most": 3.0},
        ],
        unknown=["need_place", "earlier"],
        quotes=[
            {"terms": ["镁碳砖"], "need": "镁碳砖剥落快", "work": work.pk, "text": "镁碳砖", "weight": 0.615},
            {"terms": ["砖"], "need": "砖", "work": None, "text": "砖", "weight": 0.049},
        ],
        against=[{"code": "nearly_full", "params": {}}, {"code": "other_posting", "params": {"name": "科技特派员"}}],
    )
    with override("en"):
        (row,) = shortlist_rows([line])
        factors = [(str(one["label"]), one["points"], one["most"], len(one["unknown"])) for one in row["factors"]]
    assert factors == [("Topic", "40", "60", 0), ("Distance", "0", "3", 1), ("Earlier service", "0", "3", 1)]
    assert [(quote["work"], quote["share"]) for quote in row["quotes"]] == [(work, 62), (None, None)]
    assert row["against"] == ["This would take his last free place.", "He also serves in 科技特派员."]


@pytest.mark.django_db
def test_the_page_says_what_its_words_are_worth_and_what_a_quote_carries() -> None:
    need = NeedFactory()
    facts: dict[str, Any] = {"need": need, "quotes": [{"terms": ["砖"], "need": "砖", "work": None, "text": "砖"}]}
    strong = SuggestionFactory(need=need, strength="strong")
    SuggestionFactory(strength="weak", score=Decimal(20), **facts)
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(need.get_absolute_url())
    with override("en"):
        assert page.context["strength_facts"] == [strength_fact("strong"), strength_fact("weak")]
        assert strength_facts(shortlist_rows([strong])) == [strength_fact("strong")]
    text = page.content.decode()
    assert "carries 60% of what the need says" in text
