"""Privacy notices and consents, requests of persons, and erasures."""

from privacy.models.erasures import EraseAgain, ErasedTable, Erasure
from privacy.models.notices import Consent, PrivacyNotice
from privacy.models.requests import PersonalRequest

__all__ = ["Consent", "EraseAgain", "ErasedTable", "Erasure", "PersonalRequest", "PrivacyNotice"]
