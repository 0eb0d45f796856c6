"""The history of what moves to `assignments` is written by triggers of that app from now on; these would write it twice.

Their names carry a hash of the app, so that those of `assignments` do not replace them.
"""

from django.db import migrations
from pgtrigger.migrations import RemoveTrigger

FUNCTIONS_WITHOUT_TRIGGER = r"""
DO $$ DECLARE function regprocedure; BEGIN
    FOR function IN SELECT oid FROM pg_proc
        WHERE proname LIKE 'pgtrigger\_%' AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgfoid = pg_proc.oid)
    LOOP
        EXECUTE 'DROP FUNCTION ' || function;
    END LOOP;
END $$
"""
KEPT = ("insert_insert", "update_update", "delete_delete")


class Migration(migrations.Migration):
    # Not on the latest one of `matching`: this stands for the tables alone that move (bin/lib/squash.py, CAME_FROM).
    dependencies = [("matching", "0002_initial")]

    operations = [
        operation
        for model in ("assignment", "dispatch", "order", "project")
        for operation in [
            *(RemoveTrigger(model_name=model, name=name) for name in KEPT),
            RemoveTrigger(model_name=f"{model}event", name="append_only"),
        ]
    ] + [migrations.RunSQL(FUNCTIONS_WITHOUT_TRIGGER, migrations.RunSQL.noop, elidable=True)]
