import accounts.migrations._create_models
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('experts', '0001_initial'), ('experts', '0002_how_far_doctors_travel'), ('experts', '0003_history_tables_named'), ('experts', '0004_history_rows_carry_their_transaction'), ('experts', '0005_folded_and_whose_interest'), ('experts', '0006_fold_names_and_words')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0006_fold_the_names'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        accounts.migrations._create_models.CreateModels(
            operations=[
                migrations.CreateModel(
                    name='Doctor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='doctor', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('university', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='doctors', to='experts.university', verbose_name='university')),
                        ('college', models.CharField(blank=True, max_length=60, verbose_name='college')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('pinyin', models.CharField(blank=True, editable=False, max_length=1000)),
                        ('sex', models.CharField(blank=True, choices=[('m', 'male'), ('f', 'female')], max_length=1, verbose_name='sex')),
                        ('born_on', models.DateField(blank=True, null=True, verbose_name='month of birth')),
                        ('discipline', models.CharField(blank=True, help_text='GB/T 13745 code', max_length=7, verbose_name='discipline')),
                        ('directions', models.CharField(blank=True, max_length=300, verbose_name='research directions')),
                        ('keywords', models.CharField(blank=True, max_length=200, verbose_name='keywords')),
                        ('fields', models.CharField(blank=True, max_length=200, verbose_name='fields he can serve')),
                        ('honours', models.CharField(blank=True, max_length=120, verbose_name='titles and honours')),
                        ('wishes', models.JSONField(blank=True, default=list, verbose_name='wishes')),
                        ('accepts_adjustment', models.BooleanField(default=True, verbose_name='accepts adjustment')),
                        ('days_a_month', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(31)], verbose_name='days he can give a month')),
                        ('most_hosts', models.PositiveSmallIntegerField(default=1, verbose_name='most hosts at once')),
                        ('most_km', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='farthest he will travel (km)')),
                        ('other_postings', models.CharField(blank=True, max_length=200, verbose_name='other postings')),
                        ('posting_excludes', models.BooleanField(default=False, verbose_name='other posting excludes this one')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('active', models.BooleanField(default=True, verbose_name='takes part')),
                        ('folded_words', models.TextField(blank=True, editable=False)),
                        ('source_key', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                    ],
                    options={
                        'verbose_name': 'doctor',
                        'verbose_name_plural': 'doctors',
                        'ordering': ['pinyin', 'pk'],
                        'indexes': [models.Index(fields=['university', 'active'], name='doctor_by_university')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('days_a_month__lte', 31)), name='doctor_days_fit_a_month'), models.CheckConstraint(condition=models.Q(('most_hosts__gte', 1)), name='doctor_takes_a_host')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_doctorevent" ("accepts_adjustment", "active", "born_on", "college", "days_a_month", "directions", "discipline", "email", "fields", "honours", "id", "keywords", "most_hosts", "most_km", "name", "other_postings", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "pinyin", "posting_excludes", "sex", "source_key", "university_id", "user_id", "wishes") VALUES (OLD."accepts_adjustment", OLD."active", OLD."born_on", OLD."college", OLD."days_a_month", OLD."directions", OLD."discipline", OLD."email", OLD."fields", OLD."honours", OLD."id", OLD."keywords", OLD."most_hosts", OLD."most_km", OLD."name", OLD."other_postings", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."pinyin", OLD."posting_excludes", OLD."sex", OLD."source_key", OLD."university_id", OLD."user_id", OLD."wishes"); RETURN NULL;', hash='64c05050798120e0875ac272681203ad0b96818c', operation='DELETE', pgid='pgtrigger_delete_delete_f1ac3', table='experts_doctor', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_doctorevent" ("accepts_adjustment", "active", "born_on", "college", "days_a_month", "directions", "discipline", "email", "fields", "honours", "id", "keywords", "most_hosts", "most_km", "name", "other_postings", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "pinyin", "posting_excludes", "sex", "source_key", "university_id", "user_id", "wishes") VALUES (NEW."accepts_adjustment", NEW."active", NEW."born_on", NEW."college", NEW."days_a_month", NEW."directions", NEW."discipline", NEW."email", NEW."fields", NEW."honours", NEW."id", NEW."keywords", NEW."most_hosts", NEW."most_km", NEW."name", NEW."other_postings", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."pinyin", NEW."posting_excludes", NEW."sex", NEW."source_key", NEW."university_id", NEW."user_id", NEW."wishes"); RETURN NULL;', hash='4cc9087868c833cd9f9912b39fc37c05cb851cce', operation='INSERT', pgid='pgtrigger_insert_insert_5992f', table='experts_doctor', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."accepts_adjustment" IS DISTINCT FROM (NEW."accepts_adjustment") OR OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."born_on" IS DISTINCT FROM (NEW."born_on") OR OLD."college" IS DISTINCT FROM (NEW."college") OR OLD."days_a_month" IS DISTINCT FROM (NEW."days_a_month") OR OLD."directions" IS DISTINCT FROM (NEW."directions") OR OLD."discipline" IS DISTINCT FROM (NEW."discipline") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."fields" IS DISTINCT FROM (NEW."fields") OR OLD."honours" IS DISTINCT FROM (NEW."honours") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."keywords" IS DISTINCT FROM (NEW."keywords") OR OLD."most_hosts" IS DISTINCT FROM (NEW."most_hosts") OR OLD."most_km" IS DISTINCT FROM (NEW."most_km") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."other_postings" IS DISTINCT FROM (NEW."other_postings") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."pinyin" IS DISTINCT FROM (NEW."pinyin") OR OLD."posting_excludes" IS DISTINCT FROM (NEW."posting_excludes") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."source_key" IS DISTINCT FROM (NEW."source_key") OR OLD."university_id" IS DISTINCT FROM (NEW."university_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."wishes" IS DISTINCT FROM (NEW."wishes"))', func='INSERT INTO "experts_doctorevent" ("accepts_adjustment", "active", "born_on", "college", "days_a_month", "directions", "discipline", "email", "fields", "honours", "id", "keywords", "most_hosts", "most_km", "name", "other_postings", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "pinyin", "posting_excludes", "sex", "source_key", "university_id", "user_id", "wishes") VALUES (NEW."accepts_adjustment", NEW."active", NEW."born_on", NEW."college", NEW."days_a_month", NEW."directions", NEW."discipline", NEW."email", NEW."fields", NEW."honours", NEW."id", NEW."keywords", NEW."most_hosts", NEW."most_km", NEW."name", NEW."other_postings", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."pinyin", NEW."posting_excludes", NEW."sex", NEW."source_key", NEW."university_id", NEW."user_id", NEW."wishes"); RETURN NULL;', hash='27104dd896613cd996aa7d418285bffbe59d4d1c', operation='UPDATE', pgid='pgtrigger_update_update_b349e', table='experts_doctor', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='DoctorEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.doctor')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('university', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.university', verbose_name='university')),
                        ('college', models.CharField(blank=True, max_length=60, verbose_name='college')),
                        ('name', models.CharField(max_length=40, verbose_name='name')),
                        ('pinyin', models.CharField(blank=True, editable=False, max_length=1000)),
                        ('sex', models.CharField(blank=True, choices=[('m', 'male'), ('f', 'female')], max_length=1, verbose_name='sex')),
                        ('born_on', models.DateField(blank=True, null=True, verbose_name='month of birth')),
                        ('discipline', models.CharField(blank=True, help_text='GB/T 13745 code', max_length=7, verbose_name='discipline')),
                        ('directions', models.CharField(blank=True, max_length=300, verbose_name='research directions')),
                        ('keywords', models.CharField(blank=True, max_length=200, verbose_name='keywords')),
                        ('fields', models.CharField(blank=True, max_length=200, verbose_name='fields he can serve')),
                        ('honours', models.CharField(blank=True, max_length=120, verbose_name='titles and honours')),
                        ('wishes', models.JSONField(blank=True, default=list, verbose_name='wishes')),
                        ('accepts_adjustment', models.BooleanField(default=True, verbose_name='accepts adjustment')),
                        ('days_a_month', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(31)], verbose_name='days he can give a month')),
                        ('most_hosts', models.PositiveSmallIntegerField(default=1, verbose_name='most hosts at once')),
                        ('most_km', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='farthest he will travel (km)')),
                        ('other_postings', models.CharField(blank=True, max_length=200, verbose_name='other postings')),
                        ('posting_excludes', models.BooleanField(default=False, verbose_name='other posting excludes this one')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('active', models.BooleanField(default=True, verbose_name='takes part')),
                        ('source_key', models.CharField(blank=True, editable=False, max_length=64, null=True)),
                    ],
                    options={
                        'db_table': 'experts_doctorevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='doctorevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ba68defd3f90743ad8a24089428f8f7b81d771dd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3c3af', table='experts_doctorevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Interest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interests', to='experts.doctor', verbose_name='doctor')),
                        ('credit_code', models.CharField(max_length=18, verbose_name='unified social credit code')),
                        ('what', models.CharField(max_length=120, verbose_name='what it is')),
                        ('side', models.CharField(choices=[('doctor', 'doctor'), ('university', 'university'), ('office', 'talent office')], default='office', max_length=10, verbose_name='declared by the side of the')),
                        ('declared_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='declared by')),
                    ],
                    options={
                        'verbose_name': 'declared interest',
                        'verbose_name_plural': 'declared interests',
                        'ordering': ['doctor', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('doctor', 'credit_code', 'side'), name='interest_once')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_interestevent" ("credit_code", "declared_by_id", "doctor_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side", "what") VALUES (OLD."credit_code", OLD."declared_by_id", OLD."doctor_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."side", OLD."what"); RETURN NULL;', hash='c3ef74736b960f4dc2e1a65fca83043574eb45fe', operation='DELETE', pgid='pgtrigger_delete_delete_2583c', table='experts_interest', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_interestevent" ("credit_code", "declared_by_id", "doctor_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side", "what") VALUES (NEW."credit_code", NEW."declared_by_id", NEW."doctor_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."side", NEW."what"); RETURN NULL;', hash='e2fc7bb47f9407ab04913c06e6e8e9e0efabcb6c', operation='INSERT', pgid='pgtrigger_insert_insert_28248', table='experts_interest', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "experts_interestevent" ("credit_code", "declared_by_id", "doctor_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side", "what") VALUES (NEW."credit_code", NEW."declared_by_id", NEW."doctor_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."side", NEW."what"); RETURN NULL;', hash='5bc8b07dd2cf3368cec9a5fc9ad85e419d4f0197', operation='UPDATE', pgid='pgtrigger_update_update_e86f5', table='experts_interest', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='InterestEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.interest')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('doctor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.doctor', verbose_name='doctor')),
                        ('credit_code', models.CharField(max_length=18, verbose_name='unified social credit code')),
                        ('what', models.CharField(max_length=120, verbose_name='what it is')),
                        ('side', models.CharField(choices=[('doctor', 'doctor'), ('university', 'university'), ('office', 'talent office')], default='office', max_length=10, verbose_name='declared by the side of the')),
                        ('declared_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='declared by')),
                    ],
                    options={
                        'db_table': 'experts_interestevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='interestevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='82b893bece252d0a7f178c3097bfc9b7e0b68ce7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_39e9c', table='experts_interestevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Liaison',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('university', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='liaisons', to='experts.university', verbose_name='university')),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='liaison', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('college', models.CharField(blank=True, max_length=60, verbose_name='college')),
                    ],
                    options={
                        'verbose_name': 'liaison',
                        'verbose_name_plural': 'liaisons',
                        'ordering': ['university', 'pk'],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_liaisonevent" ("college", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "university_id", "user_id") VALUES (OLD."college", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."university_id", OLD."user_id"); RETURN NULL;', hash='5999f84da2ce21c8f77894b16d044dd48469d0af', operation='DELETE', pgid='pgtrigger_delete_delete_aeb8b', table='experts_liaison', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_liaisonevent" ("college", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "university_id", "user_id") VALUES (NEW."college", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."university_id", NEW."user_id"); RETURN NULL;', hash='08dab3c5f14ee5afed04a1487d7490c067ecb045', operation='INSERT', pgid='pgtrigger_insert_insert_fd020', table='experts_liaison', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "experts_liaisonevent" ("college", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "university_id", "user_id") VALUES (NEW."college", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."university_id", NEW."user_id"); RETURN NULL;', hash='d14a918b1848ce091942e5cfefba80725b0a7b83', operation='UPDATE', pgid='pgtrigger_update_update_64d8c', table='experts_liaison', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='LiaisonEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.liaison')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('university', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.university', verbose_name='university')),
                        ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('college', models.CharField(blank=True, max_length=60, verbose_name='college')),
                    ],
                    options={
                        'db_table': 'experts_liaisonevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='liaisonevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b5637102b197c66a36a67bcf9ca26dea39563807', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dcce9', table='experts_liaisonevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='University',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                        ('short_name', models.CharField(blank=True, max_length=20, verbose_name='short name')),
                        ('pinyin', models.CharField(blank=True, editable=False, max_length=1000)),
                        ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                        ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                    ],
                    options={
                        'verbose_name': 'university',
                        'verbose_name_plural': 'universities',
                        'ordering': ['pinyin', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__gte', -90), ('latitude__lte', 90), ('longitude__gte', -180), ('longitude__lte', 180)), _connector='OR'), name='university_place_on_earth')],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_universityevent" ("id", "latitude", "longitude", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "short_name") VALUES (OLD."id", OLD."latitude", OLD."longitude", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."pinyin", OLD."short_name"); RETURN NULL;', hash='71ac374a77202d7cd105e08054a969913cfaafe5', operation='DELETE', pgid='pgtrigger_delete_delete_045e1', table='experts_university', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_universityevent" ("id", "latitude", "longitude", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "short_name") VALUES (NEW."id", NEW."latitude", NEW."longitude", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pinyin", NEW."short_name"); RETURN NULL;', hash='3a60495a486e61fa55f65c01accaba22834c7254', operation='INSERT', pgid='pgtrigger_insert_insert_270e2', table='experts_university', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "experts_universityevent" ("id", "latitude", "longitude", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pinyin", "short_name") VALUES (NEW."id", NEW."latitude", NEW."longitude", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pinyin", NEW."short_name"); RETURN NULL;', hash='3e2df9f5704d408d3386b883ac95ab7b8baae082', operation='UPDATE', pgid='pgtrigger_update_update_f2f09', table='experts_university', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='UniversityEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.university')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('name', models.CharField(max_length=80, verbose_name='name')),
                        ('short_name', models.CharField(blank=True, max_length=20, verbose_name='short name')),
                        ('pinyin', models.CharField(blank=True, editable=False, max_length=1000)),
                        ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                        ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                    ],
                    options={
                        'db_table': 'experts_universityevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='universityevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c883c8817dc7d64e298f46f24cf91ba6e469f338', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e46d9', table='experts_universityevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Work',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('doctor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='works', to='experts.doctor', verbose_name='doctor')),
                        ('kind', models.CharField(choices=[('paper', 'paper'), ('patent', 'patent'), ('project', 'project'), ('product', 'product')], max_length=8, verbose_name='kind')),
                        ('title', models.CharField(max_length=200, verbose_name='title')),
                        ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year')),
                        ('abstract', models.TextField(blank=True, verbose_name='abstract')),
                    ],
                    options={
                        'verbose_name': 'work',
                        'verbose_name_plural': 'works',
                        'ordering': ['doctor', '-year', 'pk'],
                        'triggers': [pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_workevent" ("abstract", "doctor_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "year") VALUES (OLD."abstract", OLD."doctor_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."title", OLD."year"); RETURN NULL;', hash='a576f606d37eda967c97a9cbc48898c61c43c355', operation='DELETE', pgid='pgtrigger_delete_delete_1be48', table='experts_work', when='AFTER')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "experts_workevent" ("abstract", "doctor_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "year") VALUES (NEW."abstract", NEW."doctor_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."title", NEW."year"); RETURN NULL;', hash='0bc3d70ec115f22d479cd5627bf186a678d3d51d', operation='INSERT', pgid='pgtrigger_insert_insert_d859e', table='experts_work', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "experts_workevent" ("abstract", "doctor_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "title", "year") VALUES (NEW."abstract", NEW."doctor_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."title", NEW."year"); RETURN NULL;', hash='2bd7b9f51a05280a71b3b5eeb0d708e450913055', operation='UPDATE', pgid='pgtrigger_update_update_3a3a7', table='experts_work', when='AFTER'))],
                    },
                ),
                migrations.CreateModel(
                    name='WorkEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('xid', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), editable=False)),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='experts.work')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('id', models.BigIntegerField()),
                        ('doctor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='experts.doctor', verbose_name='doctor')),
                        ('kind', models.CharField(choices=[('paper', 'paper'), ('patent', 'patent'), ('project', 'project'), ('product', 'product')], max_length=8, verbose_name='kind')),
                        ('title', models.CharField(max_length=200, verbose_name='title')),
                        ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year')),
                        ('abstract', models.TextField(blank=True, verbose_name='abstract')),
                    ],
                    options={
                        'db_table': 'experts_workevent',
                        'abstract': False,
                        'indexes': [models.Index(fields=['xid', 'pgh_id'], name='workevent_xid')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a9fc71a17f1efc0c7bf665050a00dba9476e132a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2e1b8', table='experts_workevent', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]
