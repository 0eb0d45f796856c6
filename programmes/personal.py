"""Texts of `programmes` that may name anybody: the reasons given for rules, and what rules call themselves."""

from core.personal_data import mentions
from programmes.models import RuleDraft, RulePin

mentions(RuleDraft, "name", "reason", "data")
mentions(RulePin, "reason")
