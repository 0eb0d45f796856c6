"""The columns of months leave the checks, and their history is written again."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('service', '0007_checks_carried_over'),
    ]

    operations = [
        migrations.AlterField(
            model_name='check',
            name='first',
            field=models.DateField(verbose_name='first day'),
        ),
        migrations.AlterField(
            model_name='check',
            name='last',
            field=models.DateField(verbose_name='last day'),
        ),
        migrations.AlterField(
            model_name='checkevent',
            name='first',
            field=models.DateField(verbose_name='first day'),
        ),
        migrations.AlterField(
            model_name='checkevent',
            name='last',
            field=models.DateField(verbose_name='last day'),
        ),
        migrations.RemoveField(
            model_name='check',
            name='month',
        ),
        migrations.RemoveField(
            model_name='check',
            name='reopened_at',
        ),
        migrations.RemoveField(
            model_name='check',
            name='reopened_reason',
        ),
        migrations.RemoveField(
            model_name='check',
            name='reopened_until',
        ),
        migrations.RemoveField(
            model_name='checkevent',
            name='month',
        ),
        migrations.RemoveField(
            model_name='checkevent',
            name='reopened_at',
        ),
        migrations.RemoveField(
            model_name='checkevent',
            name='reopened_reason',
        ),
        migrations.RemoveField(
            model_name='checkevent',
            name='reopened_until',
        ),
        migrations.AddIndex(
            model_name='check',
            index=models.Index(fields=['window', 'verdict'], name='check_by_window'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='check',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_checkevent" ("asks", "assignment_id", "days_awaiting", "days_counted", "facts", "first", "id", "judged_at", "last", "locked_at", "locks_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_at", "reason_by_id", "rule", "rule_set_id", "value", "verdict", "window") VALUES (NEW."asks", NEW."assignment_id", NEW."days_awaiting", NEW."days_counted", NEW."facts", NEW."first", NEW."id", NEW."judged_at", NEW."last", NEW."locked_at", NEW."locks_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."reason_at", NEW."reason_by_id", NEW."rule", NEW."rule_set_id", NEW."value", NEW."verdict", NEW."window"); RETURN NULL;', hash='f108983406cf8ee4225b8d7e198d20fe3b00eb8c', operation='INSERT', pgid='pgtrigger_insert_insert_ed9cb', table='service_check', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='check',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_checkevent" ("asks", "assignment_id", "days_awaiting", "days_counted", "facts", "first", "id", "judged_at", "last", "locked_at", "locks_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_at", "reason_by_id", "rule", "rule_set_id", "value", "verdict", "window") VALUES (NEW."asks", NEW."assignment_id", NEW."days_awaiting", NEW."days_counted", NEW."facts", NEW."first", NEW."id", NEW."judged_at", NEW."last", NEW."locked_at", NEW."locks_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."reason_at", NEW."reason_by_id", NEW."rule", NEW."rule_set_id", NEW."value", NEW."verdict", NEW."window"); RETURN NULL;', hash='95c3d72a92111cc7cc40ff99781df4c7eb77c790', operation='UPDATE', pgid='pgtrigger_update_update_1e496', table='service_check', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='check',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_checkevent" ("asks", "assignment_id", "days_awaiting", "days_counted", "facts", "first", "id", "judged_at", "last", "locked_at", "locks_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reason_at", "reason_by_id", "rule", "rule_set_id", "value", "verdict", "window") VALUES (OLD."asks", OLD."assignment_id", OLD."days_awaiting", OLD."days_counted", OLD."facts", OLD."first", OLD."id", OLD."judged_at", OLD."last", OLD."locked_at", OLD."locks_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."reason_at", OLD."reason_by_id", OLD."rule", OLD."rule_set_id", OLD."value", OLD."verdict", OLD."window"); RETURN NULL;', hash='99be4c35759d7e0256d065cbf1e337d540bd01b8', operation='DELETE', pgid='pgtrigger_delete_delete_82f36', table='service_check', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='checkevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7cc7652e38eb2529fcccd540f486568831ea8f77', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cdf96', table='service_checkevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='waiver',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_waiverevent" ("asked_at", "asked_by_id", "assignment_id", "decision_reason", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id", "window") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."assignment_id", NEW."decision_reason", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."status", NEW."status_at", NEW."status_by_id", NEW."window"); RETURN NULL;', hash='2d9dee2644da9de3ed62ef9b497164a1acc417f2', operation='INSERT', pgid='pgtrigger_insert_insert_96103', table='service_waiver', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='waiver',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_waiverevent" ("asked_at", "asked_by_id", "assignment_id", "decision_reason", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id", "window") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."assignment_id", NEW."decision_reason", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."status", NEW."status_at", NEW."status_by_id", NEW."window"); RETURN NULL;', hash='8872aff720a6f1e1050bb6437c7b2691be4e03c2', operation='UPDATE', pgid='pgtrigger_update_update_58e85', table='service_waiver', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='waiver',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_waiverevent" ("asked_at", "asked_by_id", "assignment_id", "decision_reason", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id", "window") VALUES (OLD."asked_at", OLD."asked_by_id", OLD."assignment_id", OLD."decision_reason", OLD."id", OLD."month", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."status", OLD."status_at", OLD."status_by_id", OLD."window"); RETURN NULL;', hash='35085726b6e6153e65c86567d4dc268a4cb413fe', operation='DELETE', pgid='pgtrigger_delete_delete_0a990', table='service_waiver', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.UniqueConstraint(fields=('assignment', 'rule', 'window'), name='check_one_a_window'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='check_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='check',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), models.Q(('reason_at__isnull', False), ('reason_by__isnull', False)), _connector='OR'), name='check_reason_has_author'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'refused'), _negated=True), fields=('assignment', 'window'), name='waiver_once_a_window'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('window', ''), _negated=True), name='waiver_has_window'),
        ),
    ]
