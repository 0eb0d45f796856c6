"""Enterprises, what they need, and how their needs were found."""

from enterprises.models.enterprises import Enterprise, Member, Qualification, check_credit_code
from enterprises.models.hosts import Host
from enterprises.models.needs import Need, NeedQuerySet
from enterprises.models.surveys import Survey, VisitSheet

__all__ = [
    "Enterprise",
    "Host",
    "Member",
    "Need",
    "NeedQuerySet",
    "Qualification",
    "Survey",
    "VisitSheet",
    "check_credit_code",
]
