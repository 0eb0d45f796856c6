"""Rules are written as drafts, and the versions that a batch had are rows; the past is read from the history."""

from typing import Any

import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def pin_from_history(apps: Any, schema_editor: Any) -> None:
    """Write a pin for each change of a batch's rules that its history knows, and one for a batch without a history."""
    batches, events = apps.get_model("programmes", "Batch"), apps.get_model("programmes", "BatchEvent")
    pins = apps.get_model("programmes", "RulePin")
    people = set(apps.get_model("accounts", "User").objects.values_list("pk", flat=True))
    for batch in batches.objects.order_by("pk"):
        last = None
        past = events.objects.filter(pgh_obj_id=batch.pk).select_related("pgh_context").order_by("pgh_id")
        for event in past:
            if event.rule_set_id != last:
                last = event.rule_set_id
                said = (event.pgh_context.metadata if event.pgh_context else None) or {}
                by = said.get("by") if said.get("by") in people else None
                pins.objects.create(
                    batch=batch, rule_set_id=last, since=event.pgh_created_at, by_id=by, reason=said.get("reason") or ""
                )
        if last != batch.rule_set_id:
            pins.objects.create(batch=batch, rule_set_id=batch.rule_set_id, since=timezone.now(), reason="")


class Migration(migrations.Migration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('programmes', '0001_squashed_0003_history_rows_carry_their_transaction'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='rules')),
                ('status', models.CharField(choices=[('draft', 'being written'), ('submitted', 'waiting for a second person'), ('sent_back', 'sent back'), ('in_force', 'in force'), ('dropped', 'given up')], default='draft', max_length=12, verbose_name='status')),
                ('written_at', models.DateTimeField(verbose_name='written')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('became', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='programmes.ruleset', verbose_name='version in force')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='programmes.ruleset', verbose_name='follows')),
                ('status_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'draft of rules',
                'verbose_name_plural': 'drafts of rules',
                'ordering': ['-written_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RuleDraftEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                ('id', models.BigIntegerField()),
                ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='rules')),
                ('status', models.CharField(choices=[('draft', 'being written'), ('submitted', 'waiting for a second person'), ('sent_back', 'sent back'), ('in_force', 'in force'), ('dropped', 'given up')], default='draft', max_length=12, verbose_name='status')),
                ('written_at', models.DateTimeField(verbose_name='written')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='checked')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('became', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.ruleset', verbose_name='version in force')),
                ('checked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('follows', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.ruleset', verbose_name='follows')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programmes.ruledraft')),
                ('status_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                ('written_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'db_table': 'programmes_ruledraftevent',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RulePin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins', to='programmes.batch', verbose_name='batch')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pins', to='programmes.ruleset', verbose_name='service rule set')),
            ],
            options={
                'verbose_name': 'rules of a batch since',
                'verbose_name_plural': 'rules of batches since',
                'ordering': ['batch', 'since', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RulePinEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                ('id', models.BigIntegerField()),
                ('since', models.DateTimeField(verbose_name='since')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.batch', verbose_name='batch')),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programmes.rulepin')),
                ('rule_set', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.ruleset', verbose_name='service rule set')),
            ],
            options={
                'db_table': 'programmes_rulepinevent',
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='ruledraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('became__isnull', False), ('checked_at__isnull', False), ('checked_by__isnull', False), ('status', 'in_force')), models.Q(models.Q(('status', 'in_force'), _negated=True), ('became', None)), _connector='OR'), name='ruledraft_in_force_is_a_version'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruledraft',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_ruledraftevent" ("became_id", "checked_at", "checked_by_id", "code", "data", "follows_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id", "written_at", "written_by_id") VALUES (NEW."became_id", NEW."checked_at", NEW."checked_by_id", NEW."code", NEW."data", NEW."follows_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."status", NEW."status_at", NEW."status_by_id", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='2429b469474d7404a3891365947647bd153a9b0f', operation='INSERT', pgid='pgtrigger_insert_insert_71d92', table='programmes_ruledraft', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruledraft',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programmes_ruledraftevent" ("became_id", "checked_at", "checked_by_id", "code", "data", "follows_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id", "written_at", "written_by_id") VALUES (NEW."became_id", NEW."checked_at", NEW."checked_by_id", NEW."code", NEW."data", NEW."follows_id", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."status", NEW."status_at", NEW."status_by_id", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='e63700fb8185cd2e593fbf0207da2db959f364db', operation='UPDATE', pgid='pgtrigger_update_update_dc74e', table='programmes_ruledraft', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruledraft',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_ruledraftevent" ("became_id", "checked_at", "checked_by_id", "code", "data", "follows_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id", "written_at", "written_by_id") VALUES (OLD."became_id", OLD."checked_at", OLD."checked_by_id", OLD."code", OLD."data", OLD."follows_id", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."status", OLD."status_at", OLD."status_by_id", OLD."written_at", OLD."written_by_id"); RETURN NULL;', hash='87c3a3e4c55939f326c92a3069ccab348a1517db', operation='DELETE', pgid='pgtrigger_delete_delete_f7df3', table='programmes_ruledraft', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='ruledraftevent',
            index=models.Index(fields=['xid', 'pgh_id'], name='ruledraftevent_xid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruledraftevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1c55d3dd66f59cdb6081dad13e25b018a8c69b4f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f2823', table='programmes_ruledraftevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='rulepin',
            index=models.Index(fields=['batch', 'since'], name='rulepin_of_moment'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulepin',
            trigger=pgtrigger.compiler.Trigger(name='rulepin_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."batch_id" IS DISTINCT FROM (NEW."batch_id") OR OLD."rule_set_id" IS DISTINCT FROM (NEW."rule_set_id") OR OLD."since" IS DISTINCT FROM (NEW."since"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4ef9b298d7184f1d52e3722e5c9e0a1a1e5ef972', operation='UPDATE', pgid='pgtrigger_rulepin_is_never_changed_f915f', table='programmes_rulepin', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulepin',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_rulepinevent" ("batch_id", "by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rule_set_id", "since") VALUES (NEW."batch_id", NEW."by_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."rule_set_id", NEW."since"); RETURN NULL;', hash='e5b1b36b7b034187924ebacdb33d56947fe72d77', operation='INSERT', pgid='pgtrigger_insert_insert_5a73c', table='programmes_rulepin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulepin',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programmes_rulepinevent" ("batch_id", "by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rule_set_id", "since") VALUES (NEW."batch_id", NEW."by_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."rule_set_id", NEW."since"); RETURN NULL;', hash='7b696bf5c785d0438206b86925794085c6b1717e', operation='UPDATE', pgid='pgtrigger_update_update_3f4a2', table='programmes_rulepin', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulepin',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_rulepinevent" ("batch_id", "by_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "rule_set_id", "since") VALUES (OLD."batch_id", OLD."by_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."rule_set_id", OLD."since"); RETURN NULL;', hash='b9967036cda3f9a90760e58c6d2709f79b61f244', operation='DELETE', pgid='pgtrigger_delete_delete_ba7c7', table='programmes_rulepin', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='rulepinevent',
            index=models.Index(fields=['xid', 'pgh_id'], name='rulepinevent_xid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulepinevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='25bb0bb76481f8a14964eb7bd370c5a8721157a0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2c574', table='programmes_rulepinevent', when='BEFORE')),
        ),
        migrations.RunPython(pin_from_history, migrations.RunPython.noop, elidable=True),
    ]
