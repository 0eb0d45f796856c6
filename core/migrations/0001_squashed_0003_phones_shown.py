import accounts.migrations._create_models
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('core', '0001_initial'), ('core', '0002_rows_set_aside'), ('core', '0003_phones_shown')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_fold_the_names'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        accounts.migrations._create_models.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40, verbose_name='kind')),
                        ('key', models.CharField(max_length=80, verbose_name='key')),
                        ('args', models.JSONField(default=dict, verbose_name='input')),
                        ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=12, verbose_name='state')),
                        ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='asked')),
                        ('not_before', models.DateTimeField(verbose_name='not before')),
                        ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                        ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                        ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                        ('attempt', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                        ('done', models.PositiveIntegerField(default=0, verbose_name='steps done')),
                        ('total', models.PositiveIntegerField(default=0, verbose_name='steps in all')),
                        ('cancel_asked', models.BooleanField(default=False, verbose_name='to be stopped')),
                        ('result', models.JSONField(default=dict, verbose_name='result')),
                        ('error', models.TextField(blank=True, verbose_name='error')),
                    ],
                    options={
                        'verbose_name': 'background job',
                        'verbose_name_plural': 'background jobs',
                        'ordering': ['-pk'],
                        'indexes': [models.Index(fields=['state', 'not_before'], name='job_by_state')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('kind', 'key'), name='job_one_open_per_key'), models.CheckConstraint(condition=models.Q(('done__lte', models.F('total')), ('total', 0), _connector='OR'), name='job_done_within_total'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until__isnull', False), _connector='OR'), name='job_running_has_lease'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running']), ('ended_at__isnull', False), _connector='OR'), name='job_ended_has_moment')],
                    },
                ),
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('kind', models.CharField(max_length=40, verbose_name='kind')),
                        ('params', models.JSONField(default=dict, verbose_name='details')),
                        ('url', models.CharField(blank=True, max_length=200, verbose_name='address')),
                        ('key', models.CharField(max_length=120, verbose_name='key')),
                        ('created_at', models.DateTimeField(verbose_name='sent')),
                        ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
                    ],
                    options={
                        'verbose_name': 'notice',
                        'verbose_name_plural': 'notices',
                        'ordering': ['-created_at', '-pk'],
                        'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notice_unread')],
                        'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='notice_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Period',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40, verbose_name='kind')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(verbose_name='to')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                        ('locked_at', models.DateTimeField(blank=True, null=True, verbose_name='locked')),
                        ('facts', models.JSONField(default=dict, verbose_name='facts')),
                    ],
                    options={
                        'verbose_name': 'period',
                        'verbose_name_plural': 'periods',
                        'ordering': ['kind', 'starts_on'],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'starts_on'), name='period_once'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='period_dates_in_order')],
                    },
                ),
                migrations.CreateModel(
                    name='PhoneShown',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='shown to')),
                        ('kind', models.CharField(max_length=60, verbose_name='kind')),
                        ('key', models.CharField(max_length=40, verbose_name='key')),
                        ('whose', models.CharField(max_length=200, verbose_name='whose phone')),
                        ('at', models.DateTimeField(verbose_name='shown')),
                        ('address', models.CharField(blank=True, max_length=45, verbose_name='from the address')),
                    ],
                    options={
                        'verbose_name': 'phone number shown',
                        'verbose_name_plural': 'phone numbers shown',
                        'ordering': ['-pk'],
                        'indexes': [models.Index(fields=['kind', 'key'], name='phoneshown_by_thing')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_phoneshownevent" ("address", "at", "by_id", "id", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "whose") VALUES (OLD."address", OLD."at", OLD."by_id", OLD."id", OLD."key", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."whose"); RETURN NULL;', hash='3eae376252e4e56410786724a2ec491791bd242f', operation='DELETE', pgid='pgtrigger_delete_delete_2aebf', table='core_phoneshown', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_phoneshownevent" ("address", "at", "by_id", "id", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "whose") VALUES (NEW."address", NEW."at", NEW."by_id", NEW."id", NEW."key", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."whose"); RETURN NULL;', hash='215741ca7f138f2fa9dd91b28a6c9d61c3d6c8cb', operation='INSERT', pgid='pgtrigger_insert_insert_0d212', table='core_phoneshown', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_phoneshownevent" ("address", "at", "by_id", "id", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "whose") VALUES (NEW."address", NEW."at", NEW."by_id", NEW."id", NEW."key", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."whose"); RETURN NULL;', hash='96cf6ef2a8ad76750240f53bcbb5a56d56f541ab', operation='UPDATE', pgid='pgtrigger_update_update_c7731', table='core_phoneshown', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='PhoneShownEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.phoneshown')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='shown to')),
                        ('kind', models.CharField(max_length=60, verbose_name='kind')),
                        ('key', models.CharField(max_length=40, verbose_name='key')),
                        ('whose', models.CharField(max_length=200, verbose_name='whose phone')),
                        ('at', models.DateTimeField(verbose_name='shown')),
                        ('address', models.CharField(blank=True, max_length=45, verbose_name='from the address')),
                    ],
                    options={
                        'db_table': 'core_phoneshownevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='phoneshownevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='149f4ce1c098ce9173170747ceda7f4c4aee2521', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cc008', table='core_phoneshownevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='SetAside',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=40, verbose_name='kind of work')),
                        ('about', models.CharField(blank=True, max_length=40, verbose_name='about')),
                        ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype', verbose_name='table')),
                        ('object_id', models.BigIntegerField(verbose_name='key')),
                        ('name', models.CharField(max_length=200, verbose_name='what')),
                        ('cause', models.TextField(verbose_name='cause')),
                        ('detail', models.TextField(blank=True, verbose_name='technical detail')),
                        ('first_at', models.DateTimeField(verbose_name='first tried')),
                        ('last_at', models.DateTimeField(verbose_name='last tried')),
                        ('times', models.PositiveIntegerField(default=1, verbose_name='times tried')),
                        ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                    ],
                    options={
                        'verbose_name': 'row set aside',
                        'verbose_name_plural': 'rows set aside',
                        'ordering': ['-last_at', '-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at', None)), fields=('kind', 'about', 'content_type', 'object_id'), name='setaside_one_open'), models.CheckConstraint(condition=models.Q(('last_at__gte', models.F('first_at'))), name='setaside_moments_in_order'), models.CheckConstraint(condition=models.Q(('cause', ''), _negated=True), name='setaside_has_cause')],
                    },
                ),
            ],
        ),
    ]
