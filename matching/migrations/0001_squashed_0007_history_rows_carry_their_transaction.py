import accounts.migrations._create_models
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('matching', '0001_initial'), ('matching', '0002_initial'), ('matching', '0003_plans_feedback_and_weights'), ('matching', '0005_orders_moved_to_assignments'), ('matching', '0006_history_tables_named'), ('matching', '0007_history_rows_carry_their_transaction')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_fold_the_names'),
        ('assignments', '0001_squashed_0002_history_rows_carry_their_transaction'),
        ('core', '0001_squashed_0003_phones_shown'),
        ('enterprises', '0001_squashed_0007_fold_names_and_words'),
        ('experts', '0001_squashed_0006_fold_names_and_words'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('programmes', '0001_squashed_0003_history_rows_carry_their_transaction'),
    ]

    operations = [
        accounts.migrations._create_models.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='FactorWeights',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(unique=True, verbose_name='version')),
                        ('weights', models.JSONField(verbose_name='weights')),
                        ('adopted', models.BooleanField(verbose_name='adopted')),
                        ('current', models.BooleanField(default=False, verbose_name='in force')),
                        ('why', models.CharField(max_length=40, verbose_name='why')),
                        ('facts', models.JSONField(default=dict, verbose_name='what it stands on')),
                        ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('made_at', models.DateTimeField(verbose_name='decided')),
                    ],
                    options={
                        'verbose_name': 'weights of the factors',
                        'verbose_name_plural': 'weights of the factors',
                        'ordering': ['-version'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('current', True)), fields=('current',), name='weights_one_in_force'), models.CheckConstraint(condition=models.Q(('current', False), ('adopted', True), _connector='OR'), name='weights_in_force_were_adopted')],
                    },
                ),
                migrations.CreateModel(
                    name='Feedback',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('suggestion', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='feedback', to='matching.suggestion', verbose_name='suggestion')),
                        ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='enterprises.need', verbose_name='need')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='experts.doctor', verbose_name='doctor')),
                        ('kind', models.CharField(choices=[('ordered', 'ordered'), ('passed_over', 'passed over'), ('accepted', 'accepted'), ('declined', 'declined'), ('expired', 'lapsed'), ('ended_well', 'ended well'), ('ended_badly', 'ended badly'), ('pinned', 'pinned'), ('forbidden', 'forbidden')], max_length=12, verbose_name='what became of it')),
                        ('reason', models.TextField(blank=True, verbose_name='reason')),
                        ('engine', models.CharField(max_length=40, verbose_name='engine')),
                        ('engine_version', models.CharField(max_length=20, verbose_name='engine version')),
                        ('rank', models.PositiveSmallIntegerField(verbose_name='rank')),
                        ('score', models.DecimalField(decimal_places=1, max_digits=5, verbose_name='score')),
                        ('points', models.JSONField(default=list, verbose_name='points by factor')),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                        ('at', models.DateTimeField(verbose_name='at')),
                    ],
                    options={
                        'verbose_name': 'feedback on a suggestion',
                        'verbose_name_plural': 'feedback on suggestions',
                        'ordering': ['-pk'],
                        'indexes': [models.Index(fields=['need', 'doctor'], name='feedback_by_pair')],
                    },
                ),
                migrations.CreateModel(
                    name='MatchRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='match_runs', to='programmes.batch', verbose_name='batch')),
                        ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='match_runs', to='enterprises.need', verbose_name='need')),
                        ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='match_run', to='core.job', verbose_name='background job')),
                        ('engine', models.CharField(max_length=40, verbose_name='engine')),
                        ('engine_version', models.CharField(max_length=20, verbose_name='engine version')),
                        ('started_at', models.DateTimeField(verbose_name='started')),
                        ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                        ('options', models.JSONField(default=dict, verbose_name='how it is planned')),
                        ('snapshot', models.CharField(blank=True, max_length=64, verbose_name='digest of the doctors read')),
                        ('facts', models.JSONField(default=dict, verbose_name='facts')),
                    ],
                    options={
                        'verbose_name': 'match run',
                        'verbose_name_plural': 'match runs',
                        'ordering': ['-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('batch__isnull', False), ('need__isnull', False), _connector='OR'), name='matchrun_covers_something')],
                    },
                ),
                migrations.CreateModel(
                    name='MatchShare',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='matching.matchrun', verbose_name='match run')),
                        ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                        ('needs', models.JSONField(verbose_name='needs')),
                        ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='match_share', to='core.job', verbose_name='background job')),
                        ('edges', models.JSONField(default=dict, verbose_name='candidates')),
                        ('facts', models.JSONField(default=dict, verbose_name='facts')),
                        ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                    ],
                    options={
                        'verbose_name': 'share of a match run',
                        'verbose_name_plural': 'shares of a match run',
                        'ordering': ['run', 'number'],
                        'constraints': [models.UniqueConstraint(fields=('run', 'number'), name='matchshare_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Override',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='programmes.batch', verbose_name='batch')),
                        ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='enterprises.need', verbose_name='need')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overrides', to='experts.doctor', verbose_name='doctor')),
                        ('kind', models.CharField(choices=[('pin', 'pinned'), ('forbid', 'forbidden')], max_length=8, verbose_name='kind')),
                        ('reason', models.CharField(max_length=300, verbose_name='reason')),
                        ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('made_at', models.DateTimeField(verbose_name='decided')),
                        ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lifted by')),
                        ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted')),
                        ('lift_reason', models.CharField(blank=True, max_length=300, verbose_name='why it was lifted')),
                    ],
                    options={
                        'verbose_name': 'override',
                        'verbose_name_plural': 'overrides',
                        'ordering': ['-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('batch', 'need', 'doctor'), name='override_pair_once'), models.UniqueConstraint(condition=models.Q(('kind', 'pin'), ('lifted_at', None)), fields=('batch', 'need'), name='override_one_pin'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('lift_reason', ''), ('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lift_reason', ''), _negated=True)), _connector='OR'), name='override_lifted_has_reason')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_overrideevent" ("batch_id", "doctor_id", "id", "kind", "lift_reason", "lifted_at", "lifted_by_id", "made_at", "made_by_id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."batch_id", OLD."doctor_id", OLD."id", OLD."kind", OLD."lift_reason", OLD."lifted_at", OLD."lifted_by_id", OLD."made_at", OLD."made_by_id", OLD."need_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;', hash='26eee2a92bf65d8d3d1fb3bbbe0d1a9c3da2d924', operation='DELETE', pgid='pgtrigger_delete_delete_b0984', table='matching_override', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_overrideevent" ("batch_id", "doctor_id", "id", "kind", "lift_reason", "lifted_at", "lifted_by_id", "made_at", "made_by_id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."batch_id", NEW."doctor_id", NEW."id", NEW."kind", NEW."lift_reason", NEW."lifted_at", NEW."lifted_by_id", NEW."made_at", NEW."made_by_id", NEW."need_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='c6e6b89d62a5e80fc4a4d82e0004fa18d774d697', operation='INSERT', pgid='pgtrigger_insert_insert_80fcc', table='matching_override', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_overrideevent" ("batch_id", "doctor_id", "id", "kind", "lift_reason", "lifted_at", "lifted_by_id", "made_at", "made_by_id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."batch_id", NEW."doctor_id", NEW."id", NEW."kind", NEW."lift_reason", NEW."lifted_at", NEW."lifted_by_id", NEW."made_at", NEW."made_by_id", NEW."need_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='cc227bf20802bf80cbc66667b1fb67c35b5514e1', operation='UPDATE', pgid='pgtrigger_update_update_acdaf', table='matching_override', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='OverrideEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='matching.override')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.batch', verbose_name='batch')),
                        ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enterprises.need', verbose_name='need')),
                        ('doctor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.doctor', verbose_name='doctor')),
                        ('kind', models.CharField(choices=[('pin', 'pinned'), ('forbid', 'forbidden')], max_length=8, verbose_name='kind')),
                        ('reason', models.CharField(max_length=300, verbose_name='reason')),
                        ('made_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                        ('made_at', models.DateTimeField(verbose_name='decided')),
                        ('lifted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lifted by')),
                        ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted')),
                        ('lift_reason', models.CharField(blank=True, max_length=300, verbose_name='why it was lifted')),
                    ],
                    options={
                        'db_table': 'matching_overrideevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='overrideevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a60b2cb66c6a0625fd6bf7a576eea5eb97f8f3bf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b0fcf', table='matching_overrideevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='PlanLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='matching.matchrun', verbose_name='match run')),
                        ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='enterprises.need', verbose_name='need')),
                        ('doctor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experts.doctor', verbose_name='doctor')),
                        ('score', models.DecimalField(decimal_places=1, default=0, max_digits=5, verbose_name='score')),
                        ('strength', models.CharField(blank=True, choices=[('strong', 'strong'), ('fair', 'fair'), ('weak', 'weak')], max_length=8, verbose_name='strength')),
                        ('why_none', models.CharField(blank=True, max_length=20, verbose_name='why nobody')),
                        ('lead', models.BooleanField(default=True, verbose_name='lead project')),
                        ('pinned', models.BooleanField(default=False, verbose_name='pinned')),
                        ('greedy_doctor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experts.doctor', verbose_name='doctor by turns')),
                        ('greedy_score', models.DecimalField(decimal_places=1, default=0, max_digits=5, verbose_name='score by turns')),
                        ('alternates', models.JSONField(default=list, verbose_name='alternates')),
                        ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='plan_lines', to='assignments.order', verbose_name='order placed from it')),
                    ],
                    options={
                        'verbose_name': 'line of the plan',
                        'verbose_name_plural': 'lines of the plan',
                        'ordering': ['run', '-score', 'need'],
                        'constraints': [models.UniqueConstraint(fields=('run', 'need'), name='planline_once'), models.CheckConstraint(condition=models.Q(models.Q(('doctor__isnull', False), ('why_none', '')), models.Q(('doctor__isnull', True), models.Q(('why_none', ''), _negated=True)), _connector='OR'), name='planline_doctor_or_why')],
                    },
                ),
                migrations.CreateModel(
                    name='PlanQuota',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plan_quotas', to='programmes.batch', verbose_name='batch')),
                        ('university', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='experts.university', verbose_name='university')),
                        ('enterprise_class', models.CharField(blank=True, choices=[('technology', 'technology'), ('agriculture', 'agriculture'), ('other', 'other class')], max_length=12, verbose_name='class')),
                        ('most', models.PositiveSmallIntegerField(verbose_name='most pairs')),
                    ],
                    options={
                        'verbose_name': 'quota of a plan',
                        'verbose_name_plural': 'quotas of a plan',
                        'ordering': ['batch', 'enterprise_class', 'university', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('batch', 'university'), name='planquota_university_once'), models.UniqueConstraint(condition=models.Q(('enterprise_class', ''), _negated=True), fields=('batch', 'enterprise_class'), name='planquota_class_once'), models.CheckConstraint(condition=models.Q(models.Q(('university__isnull', True), models.Q(('enterprise_class', ''), _negated=True)), models.Q(('enterprise_class', ''), ('university__isnull', False)), _connector='OR'), name='planquota_of_one_thing')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_planquotaevent" ("batch_id", "enterprise_class", "id", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "university_id") VALUES (OLD."batch_id", OLD."enterprise_class", OLD."id", OLD."most", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."university_id"); RETURN NULL;', hash='fdeae11b380ef5f5a843d3460a61110650753ab9', operation='DELETE', pgid='pgtrigger_delete_delete_a04f8', table='matching_planquota', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_planquotaevent" ("batch_id", "enterprise_class", "id", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "university_id") VALUES (NEW."batch_id", NEW."enterprise_class", NEW."id", NEW."most", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."university_id"); RETURN NULL;', hash='ddef02e58fee45277451225d2be4c42d66f63c59', operation='INSERT', pgid='pgtrigger_insert_insert_88b30', table='matching_planquota', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_planquotaevent" ("batch_id", "enterprise_class", "id", "most", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "university_id") VALUES (NEW."batch_id", NEW."enterprise_class", NEW."id", NEW."most", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."university_id"); RETURN NULL;', hash='f6bc7548b48ae7c6159bae07240b13c46c135e50', operation='UPDATE', pgid='pgtrigger_update_update_a4113', table='matching_planquota', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='PlanQuotaEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='matching.planquota')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.batch', verbose_name='batch')),
                        ('university', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.university', verbose_name='university')),
                        ('enterprise_class', models.CharField(blank=True, choices=[('technology', 'technology'), ('agriculture', 'agriculture'), ('other', 'other class')], max_length=12, verbose_name='class')),
                        ('most', models.PositiveSmallIntegerField(verbose_name='most pairs')),
                    ],
                    options={
                        'db_table': 'matching_planquotaevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='planquotaevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bc516aedf4b1904c4ac7b9a17373d14c69ea9c93', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_df806', table='matching_planquotaevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='SnapshotRecord',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('engine', models.CharField(max_length=80, verbose_name='engine')),
                        ('digest', models.CharField(max_length=64, verbose_name='digest')),
                        ('doctors', models.PositiveIntegerField(verbose_name='doctors')),
                        ('state', models.JSONField(verbose_name='state of the tables')),
                        ('made_at', models.DateTimeField(verbose_name='made')),
                    ],
                    options={
                        'verbose_name': 'snapshot of the doctors',
                        'verbose_name_plural': 'snapshots of the doctors',
                        'ordering': ['-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Suggestion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='matching.matchrun', verbose_name='match run')),
                        ('need', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='enterprises.need', verbose_name='need')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggestions', to='experts.doctor', verbose_name='doctor')),
                        ('current', models.BooleanField(default=True, verbose_name='in force')),
                        ('rank', models.PositiveSmallIntegerField(verbose_name='rank')),
                        ('score', models.DecimalField(decimal_places=1, max_digits=5, verbose_name='score')),
                        ('strength', models.CharField(choices=[('strong', 'strong'), ('fair', 'fair'), ('weak', 'weak')], max_length=8, verbose_name='strength')),
                        ('points', models.JSONField(default=list, verbose_name='points by factor')),
                        ('quotes', models.JSONField(default=list, verbose_name='quoted words')),
                        ('unknown', models.JSONField(default=list, verbose_name='what is not known')),
                        ('against', models.JSONField(default=list, verbose_name='what speaks against it')),
                    ],
                    options={
                        'verbose_name': 'suggestion',
                        'verbose_name_plural': 'suggestions',
                        'ordering': ['need', 'rank', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('current', True)), fields=('need', 'doctor'), name='suggestion_once'), models.UniqueConstraint(condition=models.Q(('current', True)), fields=('need', 'rank'), name='suggestion_rank_once'), models.CheckConstraint(condition=models.Q(('score__gt', 0), ('score__lte', 100)), name='suggestion_score_in_range'), models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='suggestion_rank_from_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Vector',
                    fields=[
                        ('key', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                        ('encoder', models.CharField(max_length=80, verbose_name='encoder')),
                        ('data', models.BinaryField()),
                    ],
                    options={
                        'verbose_name': 'vector of a text',
                        'verbose_name_plural': 'vectors of texts',
                        'ordering': ['key'],
                    },
                ),
            ],
        ),
    ]
