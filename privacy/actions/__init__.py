"""The actions on notices and consents, on requests of persons, and the erasure."""

from privacy.actions.consents import agree, publish_notice, use_packaged_notice, withdraw_consent
from privacy.actions.erasures import erase_again, erase_person, propose_erasure
from privacy.actions.requests import (
    answer_request,
    ask_about_data,
    propose_unneeded,
    take_copy,
    withdraw_request,
)

__all__ = [
    "agree",
    "answer_request",
    "ask_about_data",
    "erase_again",
    "erase_person",
    "propose_erasure",
    "propose_unneeded",
    "publish_notice",
    "take_copy",
    "use_packaged_notice",
    "withdraw_consent",
    "withdraw_request",
]
