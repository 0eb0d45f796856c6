"""The two functions that pghistory's and pgtrigger's triggers call, as they are where there are two database roles.

Both libraries make their own versions with `CREATE OR REPLACE` when a trigger is made, so `grant` makes ours again
after them.
"""

# The search path of the trigger functions. A role without the right to make tables in these schemas cannot make a table
# that is found instead of ours.
SAFE_PATH = "pg_catalog, public, pg_temp"

# As pghistory's, but a context belongs to the transaction that made it. Whoever names an older one is refused, because
# its metadata would be changed, or new rows would be recorded under another's act. NOW() is the transaction's start.
ATTACH_CONTEXT = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
    DECLARE
        _id UUID := NULLIF(current_setting('pghistory.context_id', true), '');
        _facts JSONB := NULLIF(current_setting('pghistory.context_metadata', true), '');
    BEGIN
        IF _id IS NULL OR _facts IS NULL THEN
            RETURN NULL;
        END IF;
        IF EXISTS (
            SELECT FROM pghistory_context WHERE id = _id AND created_at = NOW() AND metadata = _facts
        ) THEN
            RETURN _id;
        END IF;
        INSERT INTO pghistory_context (id, metadata, created_at, updated_at) VALUES (_id, _facts, NOW(), NOW())
            ON CONFLICT (id) DO UPDATE SET metadata = EXCLUDED.metadata, updated_at = EXCLUDED.updated_at
            WHERE pghistory_context.created_at = NOW();
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the history context % belongs to another transaction', _id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN _id;
    END;
$$ LANGUAGE plpgsql
"""

# As pgtrigger's, but the application cannot disable a trigger by a setting of its session. The triggers that refuse
# changes of history rows let the procedure pass that erases a person (privacy.history_function): it is the only code
# that runs as the owner for the application and updates such rows.
SHOULD_IGNORE = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
    BEGIN
        IF session_user = %s THEN
            RETURN current_user <> session_user
                AND trigger_name LIKE 'pgtrigger\\_append\\_only%%'
                AND current_setting('talentlink.erasing', true) = pg_current_xact_id()::text IS TRUE;
        END IF;
        RETURN trigger_name = ANY(NULLIF(current_setting('pgtrigger.ignore', true), '')::TEXT[]) IS TRUE;
    END;
$$ LANGUAGE plpgsql
"""
