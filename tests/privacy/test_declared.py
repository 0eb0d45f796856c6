"""Every column that looks personal is declared by its app, or stands here with the reason why nothing becomes of it."""

import re

import pytest
from django.apps import apps
from django.db import models

from core.personal_data import HOLDINGS, MENTIONS, declared, history_of
from privacy.history_function import declared as in_function

PERSONAL = re.compile(
    r"name$|^pinyin$|phone|mail|contact|address|^people$|note$|^text$|remark|reason|whose|person|^subject$|label$|sex|born|"
    r"wish|honour|posting|college|content$|^solved$|next_step|effect|^message|answer$|params|folded|source_key|quotes|"
    r"login|agent|device|path_info|_data$"
)
# Column → why nothing becomes of it.
NOTHING_PERSONAL = {
    "accounts.district.name": "a place",
    "accounts.office.name": "an office",
    "auth.group.name": "a group",
    "auth.permission": "a permission",
    "socialaccount.socialapp.name": "a service by which people sign in",
    "accounts.user.last_login": "a moment",
    "service.check.reason_at": "a moment",
    "core.proposal.about_label": "a kind of row",
    "core.phoneshown.address": "from where it was shown: a log of the network",
    "privacy.personalrequest.subject": "a kind of row",
    "core.ledgerentry": "only the owner's procedure empties what is personal in it",
    "enterprises.enterprise.name": "a firm",
    "enterprises.enterprise.pinyin": "of the firm's name",
    "enterprises.need.source_key": "a digest of the firm and of texts",
    "experts.university": "a university",
    "pghistory": "views over all histories, and the contexts, in which the procedure rewrites the reasons",
    "privacy.erasure": "holds pseudonyms and keys",
    "privacy.eraseagain": "a kind and a key",
    "programmes": "names and texts of programmes",
    "enterprises.survey.name": "a campaign",
    "sessions.session": "sessions of an erased account are deleted",
    "contenttypes": "names of tables",
}  # fmt: skip
TEXTS = (models.CharField, models.TextField, models.EmailField, models.JSONField, models.DateField)


def looks_personal() -> set[str]:
    found = set()
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model"):
            continue  # follows the table it is the history of
        for column in model._meta.concrete_fields:
            if isinstance(column, TEXTS) and not column.choices and PERSONAL.search(column.name):
                found.add(f"{model._meta.label_lower}.{column.name}")
    return found


def is_excused(column: str) -> bool:
    app, model, _name = column.split(".")
    return bool({app, f"{app}.{model}", column} & NOTHING_PERSONAL.keys())


def is_declared(column: str) -> bool:
    label, _dot, name = column.rpartition(".")
    return name in declared(apps.get_model(label))


def test_every_column_that_looks_personal_is_declared() -> None:
    assert sorted(column for column in looks_personal() if not is_declared(column) and not is_excused(column)) == []


def test_a_reason_that_excuses_nothing_is_taken_out() -> None:
    used = {key for column in looks_personal() if not is_declared(column)
            for key in (column.split(".")[0], column.rpartition(".")[0], column)}  # fmt: skip
    assert sorted(NOTHING_PERSONAL.keys() - used) == []


def test_a_column_nobody_declared_would_be_found() -> None:
    assert {"experts.doctor.phone", "accounts.user.email", "enterprises.need.contact_name"} <= looks_personal()


@pytest.mark.parametrize("each", [*HOLDINGS, *MENTIONS], ids=lambda each: each.model.__name__)
def test_the_procedure_knows_the_columns_of_every_history(each: object) -> None:
    """What the rows lose, their history loses too: each column that is in the history has an expression there."""
    history = history_of(each.model)
    if history is None:
        return
    names = {column.name: column.column for column in history._meta.concrete_fields}
    wanted = {names[name] for name in each.becomes if name in names}
    tables = [rule for rule in in_function().values() if rule["table"] == history._meta.db_table]
    assert any(set(rule["columns"]) == wanted for rule in tables) or wanted == set()
