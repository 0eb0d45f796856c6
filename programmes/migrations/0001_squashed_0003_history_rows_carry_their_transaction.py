import accounts.migrations._create_models
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('programmes', '0001_initial'), ('programmes', '0002_history_tables_named'), ('programmes', '0003_history_rows_carry_their_transaction')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_fold_the_names'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        accounts.migrations._create_models.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Batch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='programmes.programme', verbose_name='programme')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('status', models.CharField(choices=[('draft', 'in preparation'), ('open', 'open for orders'), ('running', 'in service'), ('closed', 'closed')], default='draft', max_length=12, verbose_name='status')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(verbose_name='to')),
                        ('orders_from', models.DateField(verbose_name='orders from')),
                        ('orders_until', models.DateField(verbose_name='orders until')),
                        ('answer_days', models.PositiveSmallIntegerField(default=7, verbose_name='days to answer a dispatch')),
                        ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='programmes.ruleset', verbose_name='service rule set')),
                        ('technology_quota', models.PositiveSmallIntegerField(default=10, verbose_name='technology hosts')),
                        ('agriculture_quota', models.PositiveSmallIntegerField(default=5, verbose_name='agriculture hosts')),
                        ('eligibility', models.JSONField(default=list, verbose_name='eligibility of hosts')),
                    ],
                    options={
                        'verbose_name': 'batch',
                        'verbose_name_plural': 'batches',
                        'ordering': ['-starts_on', '-pk'],
                        'constraints': [models.UniqueConstraint(fields=('programme', 'name'), name='batch_name_once'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='batch_dates_in_order'), models.CheckConstraint(condition=models.Q(('orders_until__gte', models.F('orders_from'))), name='batch_orders_in_order'), models.CheckConstraint(condition=models.Q(('answer_days__gt', 0)), name='batch_answer_days_positive')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_batchevent" ("agriculture_quota", "answer_days", "eligibility", "ends_on", "id", "name", "orders_from", "orders_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "rule_set_id", "starts_on", "status", "status_at", "status_by_id", "technology_quota") VALUES (OLD."agriculture_quota", OLD."answer_days", OLD."eligibility", OLD."ends_on", OLD."id", OLD."name", OLD."orders_from", OLD."orders_until", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."rule_set_id", OLD."starts_on", OLD."status", OLD."status_at", OLD."status_by_id", OLD."technology_quota"); RETURN NULL;', hash='96f7612f82a10989e21eb7fd78bc76d7e61fb15a', operation='DELETE', pgid='pgtrigger_delete_delete_ff30b', table='programmes_batch', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_batchevent" ("agriculture_quota", "answer_days", "eligibility", "ends_on", "id", "name", "orders_from", "orders_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "rule_set_id", "starts_on", "status", "status_at", "status_by_id", "technology_quota") VALUES (NEW."agriculture_quota", NEW."answer_days", NEW."eligibility", NEW."ends_on", NEW."id", NEW."name", NEW."orders_from", NEW."orders_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."rule_set_id", NEW."starts_on", NEW."status", NEW."status_at", NEW."status_by_id", NEW."technology_quota"); RETURN NULL;', hash='d573ab930a2db109bb76c0d04c693cd8673250dc', operation='INSERT', pgid='pgtrigger_insert_insert_31293', table='programmes_batch', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programmes_batchevent" ("agriculture_quota", "answer_days", "eligibility", "ends_on", "id", "name", "orders_from", "orders_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "rule_set_id", "starts_on", "status", "status_at", "status_by_id", "technology_quota") VALUES (NEW."agriculture_quota", NEW."answer_days", NEW."eligibility", NEW."ends_on", NEW."id", NEW."name", NEW."orders_from", NEW."orders_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."programme_id", NEW."rule_set_id", NEW."starts_on", NEW."status", NEW."status_at", NEW."status_by_id", NEW."technology_quota"); RETURN NULL;', hash='9f27397419560526097adc86e4aed34c3393c2a5', operation='UPDATE', pgid='pgtrigger_update_update_1232c', table='programmes_batch', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='BatchEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programmes.batch')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('status_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('programme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.programme', verbose_name='programme')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('status', models.CharField(choices=[('draft', 'in preparation'), ('open', 'open for orders'), ('running', 'in service'), ('closed', 'closed')], default='draft', max_length=12, verbose_name='status')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(verbose_name='to')),
                        ('orders_from', models.DateField(verbose_name='orders from')),
                        ('orders_until', models.DateField(verbose_name='orders until')),
                        ('answer_days', models.PositiveSmallIntegerField(default=7, verbose_name='days to answer a dispatch')),
                        ('rule_set', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.ruleset', verbose_name='service rule set')),
                        ('technology_quota', models.PositiveSmallIntegerField(default=10, verbose_name='technology hosts')),
                        ('agriculture_quota', models.PositiveSmallIntegerField(default=5, verbose_name='agriculture hosts')),
                        ('eligibility', models.JSONField(default=list, verbose_name='eligibility of hosts')),
                    ],
                    options={
                        'db_table': 'programmes_batchevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='batchevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1c12664b4e345e6ddb78458eab2cd37dc0b54d49', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_88349', table='programmes_batchevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Programme',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                        ('purpose', models.TextField(blank=True, verbose_name='purpose')),
                    ],
                    options={
                        'verbose_name': 'programme',
                        'verbose_name_plural': 'programmes',
                        'ordering': ['pk'],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_programmeevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose") VALUES (OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."purpose"); RETURN NULL;', hash='eb2c8e725df6e6f4f0c25a5220efcec8f5b57d6a', operation='DELETE', pgid='pgtrigger_delete_delete_f6c03', table='programmes_programme', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_programmeevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose"); RETURN NULL;', hash='4afbbb68dd17aab09c0ad7fc8b52d440c9b529dd', operation='INSERT', pgid='pgtrigger_insert_insert_56ab2', table='programmes_programme', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programmes_programmeevent" ("id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose") VALUES (NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose"); RETURN NULL;', hash='d83191847a05c8129e4871e96e451bb73a721a05', operation='UPDATE', pgid='pgtrigger_update_update_af864', table='programmes_programme', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ProgrammeEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programmes.programme')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('purpose', models.TextField(blank=True, verbose_name='purpose')),
                    ],
                    options={
                        'db_table': 'programmes_programmeevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='programmeevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5fe1ee674ae180722b68fb3695b029aa2ce00d96', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_df196', table='programmes_programmeevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='RuleSet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.SlugField(max_length=40, verbose_name='code')),
                        ('version', models.PositiveIntegerField(verbose_name='version')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('data', models.JSONField(verbose_name='rules')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='written')),
                        ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                    ],
                    options={
                        'verbose_name': 'service rule set',
                        'verbose_name_plural': 'service rule sets',
                        'ordering': ['code', '-version'],
                        'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='ruleset_version_once')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_rulesetevent" ("code", "created_at", "created_by_id", "data", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (OLD."code", OLD."created_at", OLD."created_by_id", OLD."data", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."version"); RETURN NULL;', hash='ef77b96dcbc195e991407894a5ccd05c9477b3f6', operation='DELETE', pgid='pgtrigger_delete_delete_8fcfd', table='programmes_ruleset', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "programmes_rulesetevent" ("code", "created_at", "created_by_id", "data", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."code", NEW."created_at", NEW."created_by_id", NEW."data", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."version"); RETURN NULL;', hash='1ac0ca0f8b092828787e3bad87c8708e0357da0a', operation='INSERT', pgid='pgtrigger_insert_insert_57cef', table='programmes_ruleset', when='AFTER')), pgtrigger.compiler.Trigger(name='ruleset_is_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5e49ac1be06d825667516417493ea45847dcf607', operation='UPDATE OR DELETE', pgid='pgtrigger_ruleset_is_never_changed_21dfa', table='programmes_ruleset', when='BEFORE')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "programmes_rulesetevent" ("code", "created_at", "created_by_id", "data", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."code", NEW."created_at", NEW."created_by_id", NEW."data", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;', hash='08b2ee62a8545d1efd82fb30b0dc4abc070c9b72', operation='UPDATE', pgid='pgtrigger_update_update_c5015', table='programmes_ruleset', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='RuleSetEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='programmes.ruleset')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                        ('version', models.PositiveIntegerField(verbose_name='version')),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('data', models.JSONField(verbose_name='rules')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='written')),
                        ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                    ],
                    options={
                        'db_table': 'programmes_rulesetevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='rulesetevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9036d35e85488d08d13abae1c7b57b27823057a2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9359a', table='programmes_rulesetevent', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]
