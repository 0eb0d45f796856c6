import accounts.migrations._create_models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('core', '0001_initial')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0003_history_tables_named'),
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
            ],
        ),
    ]
