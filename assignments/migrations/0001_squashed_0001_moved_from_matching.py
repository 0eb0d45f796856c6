import accounts.migrations._create_models
import assignments.models.assignments
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('matching', '0004_strength_of_a_planned_pair'), ('assignments', '0001_moved_from_matching')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0003_history_tables_named'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('enterprises', '0001_squashed_0004_history_tables_named'),
        ('experts', '0001_squashed_0003_history_tables_named'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('programmes', '0001_squashed_0002_history_tables_named'),
    ]

    operations = [
        accounts.migrations._create_models.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Assignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('order', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignment', to='assignments.order', verbose_name='order')),
                        ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='programmes.batch', verbose_name='batch')),
                        ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='enterprises.host', verbose_name='host')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='experts.doctor', verbose_name='doctor')),
                        ('status', models.CharField(choices=[('preparing', 'in preparation'), ('active', 'in service'), ('completed', 'completed'), ('stopped', 'stopped'), ('cancelled', 'cancelled')], default='preparing', max_length=12, verbose_name='status')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(verbose_name='to')),
                        ('stopped_on', models.DateField(blank=True, null=True, verbose_name='last day of service')),
                        ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped at')),
                        ('stop_reason', models.TextField(blank=True, verbose_name='why it was stopped')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                    ],
                    options={
                        'verbose_name': 'assignment',
                        'verbose_name_plural': 'assignments',
                        'db_table': 'matching_assignment',
                        'ordering': ['-starts_on', '-pk'],
                        'indexes': [models.Index(fields=['-starts_on', '-id'], name='assignment_latest'), models.Index(fields=['status', 'starts_on'], name='assignment_by_status'), models.Index(fields=['host', 'status'], name='assignment_by_host')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='assignment_dates_in_order'), models.CheckConstraint(condition=models.Q(('stopped_on', None), models.Q(('stopped_on__gte', models.F('starts_on')), ('stopped_on__lte', models.F('ends_on'))), _connector='OR'), name='assignment_stop_within_term'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'stopped'), _negated=True), models.Q(('stopped_at__isnull', False), ('stopped_on__isnull', False), models.Q(('stop_reason', ''), _negated=True)), _connector='OR'), name='assignment_stop_has_day_and_reason'), models.UniqueConstraint(fields=('id', 'doctor'), name='assignment_with_doctor'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status', 'cancelled'), _negated=True), expressions=[('doctor', '='), ('host', '='), (assignments.models.assignments.DateRange('starts_on', django.db.models.functions.comparison.Coalesce('stopped_on', 'ends_on'), django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_lower=True, inclusive_upper=True)), '&&')], name='assignment_no_overlap')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_assignmentevent" ("batch_id", "doctor_id", "ends_on", "host_id", "id", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status", "status_at", "status_by_id", "stop_reason", "stopped_at", "stopped_on", "updated_at") VALUES (OLD."batch_id", OLD."doctor_id", OLD."ends_on", OLD."host_id", OLD."id", OLD."order_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_on", OLD."status", OLD."status_at", OLD."status_by_id", OLD."stop_reason", OLD."stopped_at", OLD."stopped_on", OLD."updated_at"); RETURN NULL;', hash='5fd4f0318fe671cefabb177462b867da646ac17e', operation='DELETE', pgid='pgtrigger_delete_delete_8d071', table='matching_assignment', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_assignmentevent" ("batch_id", "doctor_id", "ends_on", "host_id", "id", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status", "status_at", "status_by_id", "stop_reason", "stopped_at", "stopped_on", "updated_at") VALUES (NEW."batch_id", NEW."doctor_id", NEW."ends_on", NEW."host_id", NEW."id", NEW."order_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."status", NEW."status_at", NEW."status_by_id", NEW."stop_reason", NEW."stopped_at", NEW."stopped_on", NEW."updated_at"); RETURN NULL;', hash='b5629985d8f6eb24477405b54540b19b759007f7', operation='INSERT', pgid='pgtrigger_insert_insert_50a77', table='matching_assignment', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_assignmentevent" ("batch_id", "doctor_id", "ends_on", "host_id", "id", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status", "status_at", "status_by_id", "stop_reason", "stopped_at", "stopped_on", "updated_at") VALUES (NEW."batch_id", NEW."doctor_id", NEW."ends_on", NEW."host_id", NEW."id", NEW."order_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."status", NEW."status_at", NEW."status_by_id", NEW."stop_reason", NEW."stopped_at", NEW."stopped_on", NEW."updated_at"); RETURN NULL;', hash='165de9ec4c52ba71c1a576eada0b387e4568e808', operation='UPDATE', pgid='pgtrigger_update_update_22493', table='matching_assignment', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='AssignmentEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assignments.assignment')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('status_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('order', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assignments.order', verbose_name='order')),
                        ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='programmes.batch', verbose_name='batch')),
                        ('host', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enterprises.host', verbose_name='host')),
                        ('doctor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.doctor', verbose_name='doctor')),
                        ('status', models.CharField(choices=[('preparing', 'in preparation'), ('active', 'in service'), ('completed', 'completed'), ('stopped', 'stopped'), ('cancelled', 'cancelled')], default='preparing', max_length=12, verbose_name='status')),
                        ('starts_on', models.DateField(verbose_name='from')),
                        ('ends_on', models.DateField(verbose_name='to')),
                        ('stopped_on', models.DateField(blank=True, null=True, verbose_name='last day of service')),
                        ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped at')),
                        ('stop_reason', models.TextField(blank=True, verbose_name='why it was stopped')),
                        ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                    ],
                    options={
                        'db_table': 'matching_assignmentevent',
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='99ba9156d3f80734d5ead6c4fdd5ed31f431811d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_65df3', table='matching_assignmentevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Dispatch',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='assignments.order', verbose_name='order')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='experts.doctor', verbose_name='doctor')),
                        ('status', models.CharField(choices=[('offered', 'awaiting answer'), ('accepted', 'accepted'), ('declined', 'declined'), ('expired', 'lapsed'), ('withdrawn', 'withdrawn')], default='offered', max_length=12, verbose_name='status')),
                        ('offered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='offered by')),
                        ('offered_at', models.DateTimeField(verbose_name='offered')),
                        ('answer_by', models.DateField(verbose_name='answer by')),
                        ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered')),
                        ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ],
                    options={
                        'verbose_name': 'dispatch',
                        'verbose_name_plural': 'dispatches',
                        'db_table': 'matching_dispatch',
                        'ordering': ['-pk'],
                        'indexes': [models.Index(fields=['doctor', 'status'], name='dispatch_by_doctor')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'offered')), fields=('order',), name='dispatch_one_offer'), models.UniqueConstraint(condition=models.Q(('status', 'accepted')), fields=('order',), name='dispatch_one_accepted'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['accepted', 'declined']), _negated=True), ('answered_on__isnull', False), _connector='OR'), name='dispatch_answer_has_date'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='dispatch_declined_has_reason')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_dispatchevent" ("answer_by", "answered_on", "doctor_id", "id", "offered_at", "offered_by_id", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id") VALUES (OLD."answer_by", OLD."answered_on", OLD."doctor_id", OLD."id", OLD."offered_at", OLD."offered_by_id", OLD."order_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."status", OLD."status_at", OLD."status_by_id"); RETURN NULL;', hash='f7fcbc6be7ed91ea5206dba2f2427f6749a267f8', operation='DELETE', pgid='pgtrigger_delete_delete_ad633', table='matching_dispatch', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_dispatchevent" ("answer_by", "answered_on", "doctor_id", "id", "offered_at", "offered_by_id", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id") VALUES (NEW."answer_by", NEW."answered_on", NEW."doctor_id", NEW."id", NEW."offered_at", NEW."offered_by_id", NEW."order_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."status", NEW."status_at", NEW."status_by_id"); RETURN NULL;', hash='3c55964058fa6f854106be787a7d1c41a7310e63', operation='INSERT', pgid='pgtrigger_insert_insert_0cb9a', table='matching_dispatch', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_dispatchevent" ("answer_by", "answered_on", "doctor_id", "id", "offered_at", "offered_by_id", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "status", "status_at", "status_by_id") VALUES (NEW."answer_by", NEW."answered_on", NEW."doctor_id", NEW."id", NEW."offered_at", NEW."offered_by_id", NEW."order_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."status", NEW."status_at", NEW."status_by_id"); RETURN NULL;', hash='d0a5ad1d52cfb7ee9bdc79318dad9a097171e35f', operation='UPDATE', pgid='pgtrigger_update_update_8be16', table='matching_dispatch', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='DispatchEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assignments.dispatch')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('status_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('order', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assignments.order', verbose_name='order')),
                        ('doctor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.doctor', verbose_name='doctor')),
                        ('status', models.CharField(choices=[('offered', 'awaiting answer'), ('accepted', 'accepted'), ('declined', 'declined'), ('expired', 'lapsed'), ('withdrawn', 'withdrawn')], default='offered', max_length=12, verbose_name='status')),
                        ('offered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='offered by')),
                        ('offered_at', models.DateTimeField(verbose_name='offered')),
                        ('answer_by', models.DateField(verbose_name='answer by')),
                        ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered')),
                        ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                    ],
                    options={
                        'db_table': 'matching_dispatchevent',
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='954da1607a33a18dddab6c0c8bea5aba27c7bb98', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_094bd', table='matching_dispatchevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Order',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='enterprises.need', verbose_name='need')),
                        ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='enterprises.host', verbose_name='host')),
                        ('status', models.CharField(choices=[('placed', 'awaiting dispatch'), ('dispatched', 'awaiting the doctor'), ('settled', 'settled'), ('failed', 'nobody found'), ('cancelled', 'cancelled')], default='placed', max_length=12, verbose_name='status')),
                        ('university', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='experts.university', verbose_name='university asked')),
                        ('remark', models.CharField(blank=True, max_length=300, verbose_name='remark')),
                        ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='placed by')),
                        ('placed_at', models.DateTimeField(verbose_name='placed')),
                        ('doctors', models.ManyToManyField(related_name='orders', through='assignments.OrderChoice', to='experts.doctor', verbose_name='doctors asked for')),
                    ],
                    options={
                        'verbose_name': 'order',
                        'verbose_name_plural': 'orders',
                        'db_table': 'matching_order',
                        'ordering': ['-pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['placed', 'dispatched', 'settled'])), fields=('need',), name='order_one_open')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_orderevent" ("host_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "remark", "status", "status_at", "status_by_id", "university_id") VALUES (OLD."host_id", OLD."id", OLD."need_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."placed_at", OLD."placed_by_id", OLD."remark", OLD."status", OLD."status_at", OLD."status_by_id", OLD."university_id"); RETURN NULL;', hash='f7af2b6cbb8a33b0f99f91197283b987acdbba0d', operation='DELETE', pgid='pgtrigger_delete_delete_3b0b3', table='matching_order', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_orderevent" ("host_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "remark", "status", "status_at", "status_by_id", "university_id") VALUES (NEW."host_id", NEW."id", NEW."need_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."placed_at", NEW."placed_by_id", NEW."remark", NEW."status", NEW."status_at", NEW."status_by_id", NEW."university_id"); RETURN NULL;', hash='42af82143d93141a480b52408e8ab4f211486f99', operation='INSERT', pgid='pgtrigger_insert_insert_402e4', table='matching_order', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_orderevent" ("host_id", "id", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_at", "placed_by_id", "remark", "status", "status_at", "status_by_id", "university_id") VALUES (NEW."host_id", NEW."id", NEW."need_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placed_at", NEW."placed_by_id", NEW."remark", NEW."status", NEW."status_at", NEW."status_by_id", NEW."university_id"); RETURN NULL;', hash='25e6a9d292f0bae2d36fc853b7f21a12d7f7b30a', operation='UPDATE', pgid='pgtrigger_update_update_b72a6', table='matching_order', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='OrderChoice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='assignments.order', verbose_name='order')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='experts.doctor', verbose_name='doctor')),
                        ('preference', models.PositiveSmallIntegerField(verbose_name='preference')),
                    ],
                    options={
                        'verbose_name': 'choice',
                        'verbose_name_plural': 'choices',
                        'db_table': 'matching_orderchoice',
                        'ordering': ['order', 'preference'],
                        'constraints': [models.UniqueConstraint(fields=('order', 'doctor'), name='choice_doctor_once'), models.UniqueConstraint(fields=('order', 'preference'), name='choice_preference_once'), models.CheckConstraint(condition=models.Q(('preference__gte', 1), ('preference__lte', 3)), name='choice_up_to_three')],
                    },
                ),
                migrations.CreateModel(
                    name='OrderEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assignments.order')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('status_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='last decided by')),
                        ('status_at', models.DateTimeField(blank=True, null=True, verbose_name='last decided')),
                        ('need', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enterprises.need', verbose_name='need')),
                        ('host', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enterprises.host', verbose_name='host')),
                        ('status', models.CharField(choices=[('placed', 'awaiting dispatch'), ('dispatched', 'awaiting the doctor'), ('settled', 'settled'), ('failed', 'nobody found'), ('cancelled', 'cancelled')], default='placed', max_length=12, verbose_name='status')),
                        ('university', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.university', verbose_name='university asked')),
                        ('remark', models.CharField(blank=True, max_length=300, verbose_name='remark')),
                        ('placed_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='placed by')),
                        ('placed_at', models.DateTimeField(verbose_name='placed')),
                    ],
                    options={
                        'db_table': 'matching_orderevent',
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='81fecf020500e74d1e3a0bd3f684e63e0ff3f792', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cf998', table='matching_orderevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Project',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='projects', to='assignments.assignment', verbose_name='assignment')),
                        ('kind', models.CharField(choices=[('lead', 'lead project'), ('served', 'served enterprise')], max_length=8, verbose_name='kind')),
                        ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='enterprises.enterprise', verbose_name='enterprise')),
                        ('need', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='enterprises.need', verbose_name='need')),
                        ('title', models.CharField(max_length=120, verbose_name='title')),
                    ],
                    options={
                        'verbose_name': 'cooperation project',
                        'verbose_name_plural': 'cooperation projects',
                        'db_table': 'matching_project',
                        'ordering': ['assignment', 'kind', 'pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'lead')), fields=('assignment',), name='project_one_lead'), models.UniqueConstraint(fields=('assignment', 'enterprise'), name='project_enterprise_once')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_projectevent" ("assignment_id", "enterprise_id", "id", "kind", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (OLD."assignment_id", OLD."enterprise_id", OLD."id", OLD."kind", OLD."need_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."title"); RETURN NULL;', hash='637752637ac47592b6197a128ba7a195af94ad01', operation='DELETE', pgid='pgtrigger_delete_delete_04fbf', table='matching_project', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "matching_projectevent" ("assignment_id", "enterprise_id", "id", "kind", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (NEW."assignment_id", NEW."enterprise_id", NEW."id", NEW."kind", NEW."need_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."title"); RETURN NULL;', hash='2dbaf60be0214de3ef7c9f6ec4a731fe0bb541b9', operation='INSERT', pgid='pgtrigger_insert_insert_902ea', table='matching_project', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "matching_projectevent" ("assignment_id", "enterprise_id", "id", "kind", "need_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title") VALUES (NEW."assignment_id", NEW."enterprise_id", NEW."id", NEW."kind", NEW."need_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."title"); RETURN NULL;', hash='b4f232da5a7c93998bbcfc937dedd0663c626f11', operation='UPDATE', pgid='pgtrigger_update_update_9981b', table='matching_project', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='ProjectEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='assignments.project')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('assignment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='assignments.assignment', verbose_name='assignment')),
                        ('kind', models.CharField(choices=[('lead', 'lead project'), ('served', 'served enterprise')], max_length=8, verbose_name='kind')),
                        ('enterprise', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enterprises.enterprise', verbose_name='enterprise')),
                        ('need', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='enterprises.need', verbose_name='need')),
                        ('title', models.CharField(max_length=120, verbose_name='title')),
                    ],
                    options={
                        'db_table': 'matching_projectevent',
                        'abstract': False,
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='874cf221aa81659d11638df55baee4aabe2ef992', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_53bea', table='matching_projectevent', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]
