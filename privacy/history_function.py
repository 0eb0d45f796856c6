"""The one procedure that changes rows of history: a function of the database that runs with its owner's rights.

The application calls it and can make it do only this: in rows of history, by their keys, put pseudonyms into the
columns that the apps declare as personal, for an erasure that two persons decided and that was not carried out before.
What is declared is part of the function's text, which only the owner writes, at the end of each `migrate`. It writes
for each table how many rows it changed, with a digest before and after, into a table that the application cannot write.
"""

import json
from typing import Any

from django.db import connection, models

from core.history_functions import SAFE_PATH
from core.personal_data import REMOVED, SOMEBODY, Becomes, Holding, Mention, everything, history_of

LOG_DAYS = 190  # the Cybersecurity Law demands that logs of the network are kept for at least six months

FREE_OF = f"""
CREATE OR REPLACE FUNCTION privacy_free_of(said text, known text[]) RETURNS text AS $$
    DECLARE
        each text;
    BEGIN
        FOREACH each IN ARRAY known LOOP
            said := replace(said, each, '{SOMEBODY}');
        END LOOP;
        RETURN said;
    END;
$$ LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = {SAFE_PATH}
"""

ERASE = """
CREATE OR REPLACE FUNCTION privacy_erase_history(erasing bigint, keys jsonb, known text[], words text[])
RETURNS void AS $$
    DECLARE
        declared CONSTANT jsonb := %(declared)s;
        it privacy_erasure%%ROWTYPE;
        name text;
        rule jsonb;
        ids bigint[];
        columns text;
        number bigint;
        before text;
        after text;
        acts uuid[];
    BEGIN
        SELECT * INTO it FROM privacy_erasure WHERE id = erasing FOR UPDATE;
        IF NOT FOUND OR it.done_at IS NOT NULL OR it.again AND NOT pg_has_role(session_user, current_user, 'USAGE') THEN
            RAISE EXCEPTION 'no erasure %% is under way', erasing USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM set_config('talentlink.erasing', pg_current_xact_id()::text, true);
        PERFORM set_config('pgtrigger.ignore', (
            SELECT array_agg(DISTINCT tgname::text)::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_append_only%%'
        ), true);
        FOR name IN SELECT jsonb_object_keys(keys) ORDER BY 1 LOOP
            rule := declared -> name;
            IF rule IS NULL THEN
                RAISE EXCEPTION 'nothing is declared as %%', name USING ERRCODE = 'insufficient_privilege';
            END IF;
            ids := ARRAY(SELECT jsonb_array_elements_text(keys -> name)::bigint);
            EXECUTE format(%(digest)s, rule ->> 'table') INTO number, before, acts USING ids;
            SELECT string_agg(format('%%I = %%s', key, value), ', '), string_agg(key, ', ' ORDER BY key)
                INTO after, columns FROM jsonb_each_text(rule -> 'columns');
            EXECUTE format('UPDATE %%I SET %%s WHERE pgh_id = ANY($1)', rule ->> 'table', after)
                USING ids, it.pseudonym, it.pinyin, it.unique_name, known;
            -- The reason that was given for an act stands in its context.
            UPDATE pghistory_context
                SET metadata = metadata || jsonb_build_object('reason', privacy_free_of(metadata ->> 'reason', words))
                WHERE id = ANY(acts) AND metadata ->> 'reason' <> privacy_free_of(metadata ->> 'reason', words);
            EXECUTE format(%(digest)s, rule ->> 'table') INTO number, after, acts USING ids;
            IF number > 0 THEN
                INSERT INTO privacy_erasedtable (erasure_id, "table", columns, rows, before, after, at)
                    VALUES (erasing, rule ->> 'table', columns, number, before, after, clock_timestamp());
            END IF;
        END LOOP;
        -- The digest of an entry holds without what is personal in it (core.models.ledger). The law demands that the
        -- log of the network is kept for six months: the name goes now, with the addresses of older entries. Those of
        -- younger ones stay until the owner takes their days away.
        IF it.account IS NOT NULL THEN
            PERFORM set_config('talentlink.ledger_care', 'on', true);
            UPDATE core_ledgerentry SET salt = NULL, who_name = '',
                    address = CASE WHEN day < current_date - %(days)s THEN '' ELSE address END,
                    device = CASE WHEN day < current_date - %(days)s THEN '' ELSE device END
                WHERE who = it.account AND who_name <> '';
            PERFORM set_config('talentlink.ledger_care', '', true);
        END IF;
        PERFORM set_config('talentlink.erasing', '', true), set_config('pgtrigger.ignore', '{}', true);
    END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = %(path)s
"""
DIGEST = (
    "SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(t::text, '' ORDER BY pgh_id), ''), 'UTF8')), "
    "'hex'), array_agg(DISTINCT pgh_context_id) FROM %I t WHERE pgh_id = ANY($1)"
)


def make_functions() -> None:
    """Make both functions, as the owner of the tables."""
    with connection.cursor() as cursor:
        for function in _functions():
            cursor.execute(function)


def are_current() -> bool:
    """Whether the database has both functions as this release makes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname IN ('privacy_free_of', 'privacy_erase_history')")
        return {body for [body] in cursor.fetchall()} == {each.split("$$")[1] for each in _functions()}


def _functions() -> list[str]:
    facts = {"declared": _literal(json.dumps(declared())) + "::jsonb", "digest": _literal(DIGEST)}
    facts |= {"path": SAFE_PATH, "days": str(LOG_DAYS)}
    return [FREE_OF, ERASE % facts]


def declared() -> dict[str, dict[str, Any]]:
    """What is declared of the histories: by name the table, and for each column the expression of its new value."""
    return {
        name: {"table": history._meta.db_table, "columns": _expressions(history, each)}
        for name, each in by_name().items()
        if (history := history_of(each.model)) is not None and _expressions(history, each)
    }


def by_name() -> dict[str, Holding | Mention]:
    """Holdings and mentions by the names under which the function knows them."""
    return {f"{each.model._meta.label_lower}:{at}": each for at, each in enumerate(everything())}


def _expressions(history: type[models.Model], each: Holding | Mention) -> dict[str, str]:
    known = {column.name: column for column in history._meta.concrete_fields}
    return {
        str(known[name].column): _expression(known[name], how) for name, how in each.becomes.items() if name in known
    }


def _expression(column: Any, how: Becomes) -> str:
    quoted = f'"{column.column}"'
    texts = {
        Becomes.NAME: "$2",
        Becomes.PINYIN: "$3",
        Becomes.KEY: "$4",
        Becomes.REMOVED: _literal(REMOVED),
        Becomes.EMPTY: _empty(column),
        Becomes.NOT_HIS: f"CASE WHEN {quoted} = ANY($5) THEN {_empty(column)} ELSE {quoted} END",
        Becomes.FREED: f"privacy_free_of({quoted}, $5)",
    }
    if how == Becomes.FREED and isinstance(column, models.JSONField):
        return f"privacy_free_of({quoted}::text, $5)::jsonb"
    return texts[how]


def _empty(column: Any) -> str:
    if column.null:
        return "NULL"
    if isinstance(column, models.JSONField):
        return f"{_literal(json.dumps(column.get_default()))}::jsonb"
    return {models.BooleanField: "false"}.get(type(column), "''")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
