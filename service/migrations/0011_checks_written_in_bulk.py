"""The history of new checks is written once for a statement; few checks have a reason, so its index holds only those."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assignments', '0003_terms_that_change'),
        ('programmes', '0005_eligibility_in_the_language'),
        ('service', '0010_given_and_shared'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='check',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='check',
            name='delete_delete',
        ),
        migrations.AlterField(
            model_name='check',
            name='reason_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reason given by'),
        ),
        migrations.AddIndex(
            model_name='check',
            index=models.Index(condition=models.Q(('reason_by__isnull', False)), fields=['reason_by'], name='check_by_reasoner'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='check',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "service_checkevent" ("asks", "assignment_id", "days_awaiting", "days_counted", "facts", "first", "id", "judged_at", "last", "locked_at", "locks_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_at", "reason_by_id", "rule", "rule_set_id", "value", "verdict", "window") SELECT new_values."asks", new_values."assignment_id", new_values."days_awaiting", new_values."days_counted", new_values."facts", new_values."first", new_values."id", new_values."judged_at", new_values."last", new_values."locked_at", new_values."locks_on", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."reason_at", new_values."reason_by_id", new_values."rule", new_values."rule_set_id", new_values."value", new_values."verdict", new_values."window" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='dd89e70e2931cc1cf23b0b52e98f81a64c728729', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_ed9cb', referencing='REFERENCING NEW TABLE AS new_values ', table='service_check', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='check',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "service_checkevent" ("asks", "assignment_id", "days_awaiting", "days_counted", "facts", "first", "id", "judged_at", "last", "locked_at", "locks_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_at", "reason_by_id", "rule", "rule_set_id", "value", "verdict", "window") SELECT old_values."asks", old_values."assignment_id", old_values."days_awaiting", old_values."days_counted", old_values."facts", old_values."first", old_values."id", old_values."judged_at", old_values."last", old_values."locked_at", old_values."locks_on", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."reason", old_values."reason_at", old_values."reason_by_id", old_values."rule", old_values."rule_set_id", old_values."value", old_values."verdict", old_values."window" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='1de5fd1992f06be6a69ea4d89d2a1f296af76642', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_82f36', referencing='REFERENCING OLD TABLE AS old_values ', table='service_check', when='AFTER')),
        ),
    ]
