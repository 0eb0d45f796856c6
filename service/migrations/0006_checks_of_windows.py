"""The checks of months become checks of rules and windows, with their history; re-openings are rows."""

import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

TRIGGERS = ("insert_insert", "update_update", "delete_delete")


class Migration(migrations.Migration):

    dependencies = [
        ('assignments', '0001_squashed_0002_history_rows_carry_their_transaction'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('programmes', '0001_squashed_0003_history_rows_carry_their_transaction'),
        ('service', '0005_history_rows_carry_their_transaction'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(pgtrigger.migrations.RemoveTrigger(model_name="monthlycheck", name=name) for name in TRIGGERS),
        pgtrigger.migrations.RemoveTrigger(model_name="monthlycheckevent", name="append_only"),
        migrations.RemoveConstraint(model_name="monthlycheck", name="check_one_a_month"),
        migrations.RemoveConstraint(model_name="monthlycheck", name="check_month_is_a_first"),
        migrations.RemoveConstraint(model_name="monthlycheck", name="check_reopened_has_reason"),
        migrations.RemoveIndex(model_name="monthlycheck", name="check_by_month"),
        migrations.RenameModel("MonthlyCheck", "Check"),
        migrations.RenameModel("MonthlyCheckEvent", "CheckEvent"),
        migrations.AlterModelTable("checkevent", "service_checkevent"),
        migrations.RenameIndex("checkevent", old_name="monthlycheckevent_xid", new_name="checkevent_xid"),
        migrations.CreateModel(
            name='Reopening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('at', models.DateTimeField(verbose_name='re-opened')),
                ('until', models.DateField(blank=True, null=True, verbose_name='re-opened until')),
                ('reason', models.CharField(max_length=300, verbose_name='why re-opened')),
            ],
            options={
                'verbose_name': 're-opening',
                'verbose_name_plural': 're-openings',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReopeningEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                ('id', models.BigIntegerField()),
                ('month', models.DateField(verbose_name='month')),
                ('at', models.DateTimeField(verbose_name='re-opened')),
                ('until', models.DateField(blank=True, null=True, verbose_name='re-opened until')),
                ('reason', models.CharField(max_length=300, verbose_name='why re-opened')),
            ],
            options={
                'db_table': 'service_reopeningevent',
                'abstract': False,
            },
        ),
        migrations.AlterModelOptions(
            name='check',
            options={'ordering': ['-last', '-pk'], 'verbose_name': 'check', 'verbose_name_plural': 'checks'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='waiver',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='waiver',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='waiver',
            name='update_update',
        ),
        migrations.RemoveConstraint(
            model_name='waiver',
            name='waiver_once_a_month',
        ),
        migrations.AddField(
            model_name='check',
            name='asks',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='asked for'),
        ),
        migrations.AddField(
            model_name='check',
            name='first',
            field=models.DateField(null=True, verbose_name='first day'),
        ),
        migrations.AddField(
            model_name='check',
            name='last',
            field=models.DateField(null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='check',
            name='reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='check',
            name='reason_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='reason given'),
        ),
        migrations.AddField(
            model_name='check',
            name='reason_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reason given by'),
        ),
        migrations.AddField(
            model_name='check',
            name='rule',
            field=models.CharField(default='', max_length=60, verbose_name='rule'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='check',
            name='value',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='counted'),
        ),
        migrations.AddField(
            model_name='check',
            name='window',
            field=models.CharField(default='', max_length=60, verbose_name='window'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='checkevent',
            name='asks',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='asked for'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='first',
            field=models.DateField(null=True, verbose_name='first day'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='last',
            field=models.DateField(null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='reason_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='reason given'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='reason_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reason given by'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='rule',
            field=models.CharField(default='', max_length=60, verbose_name='rule'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='checkevent',
            name='value',
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=16, null=True, verbose_name='counted'),
        ),
        migrations.AddField(
            model_name='checkevent',
            name='window',
            field=models.CharField(default='', max_length=60, verbose_name='window'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='waiver',
            name='window',
            field=models.CharField(default='', max_length=60, verbose_name='window'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='waiverevent',
            name='window',
            field=models.CharField(default='', max_length=60, verbose_name='window'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='standing',
            name='month',
            field=models.DateField(blank=True, null=True, verbose_name='month'),
        ),
        migrations.AlterField(
            model_name='standing',
            name='month_verdict',
            field=models.CharField(blank=True, choices=[('met', 'met'), ('not_met', 'not met'), ('waived', 'waived'), ('exempt', 'exempt'), ('pending', 'pending'), ('warning', 'warning')], max_length=8, verbose_name='this month'),
        ),
        migrations.AlterField(
            model_name='waiver',
            name='month',
            field=models.DateField(blank=True, null=True, verbose_name='month'),
        ),
        migrations.AlterField(
            model_name='waiverevent',
            name='month',
            field=models.DateField(blank=True, null=True, verbose_name='month'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='assignment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='assignments.assignment', verbose_name='assignment'),
        ),
        migrations.AddField(
            model_name='reopening',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='assignment',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assignments.assignment', verbose_name='assignment'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='reopeningevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='service.reopening'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.UniqueConstraint(fields=('assignment', 'month', 'at'), name='reopening_once_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='reopening_month_is_a_first'),
        ),
        migrations.AddConstraint(
            model_name='reopening',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reopening_has_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reopening',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_reopeningevent" ("assignment_id", "at", "by_id", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "until") VALUES (NEW."assignment_id", NEW."at", NEW."by_id", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."until"); RETURN NULL;', hash='0dd84958788106f94bd64d4ba87fb907d19a6363', operation='INSERT', pgid='pgtrigger_insert_insert_9ee75', table='service_reopening', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reopening',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "service_reopeningevent" ("assignment_id", "at", "by_id", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "until") VALUES (NEW."assignment_id", NEW."at", NEW."by_id", NEW."id", NEW."month", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."until"); RETURN NULL;', hash='b54239b076e153c6a0ba0a93280b256bc78aec8d', operation='UPDATE', pgid='pgtrigger_update_update_16750', table='service_reopening', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reopening',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "service_reopeningevent" ("assignment_id", "at", "by_id", "id", "month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "until") VALUES (OLD."assignment_id", OLD."at", OLD."by_id", OLD."id", OLD."month", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."until"); RETURN NULL;', hash='5e3c7b64d32612201c2a26537c8f82e20fdca484', operation='DELETE', pgid='pgtrigger_delete_delete_a42de', table='service_reopening', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='reopeningevent',
            index=models.Index(fields=['xid', 'pgh_id'], name='reopeningevent_xid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reopeningevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='27d1a981665a270ddc1583ca4cf604d1fea04f9f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07145', table='service_reopeningevent', when='BEFORE')),
        ),
    ]
