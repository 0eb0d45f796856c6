"""Assignments for other systems."""

from typing import Any

from django.db.models import Prefetch, QuerySet, TextField, Value
from django.db.models.functions import Coalesce
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assignments.models import Assignment, Project, of_followed
from rest.lists import Listing, documented
from rest.routes import router
from ui.filters import DayFilter, KeyFilter, MomentFilter


class ProjectSerializer(serializers.ModelSerializer[Project]):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    credit_code = serializers.CharField(source="enterprise.credit_code", read_only=True, allow_null=True)

    class Meta:
        model = Project
        fields = ["id", "kind", "title", "enterprise_name", "credit_code", "need"]


PROJECTS = (
    Project.objects.select_related("enterprise")
    .only("assignment", "kind", "title", "need", "enterprise__name", "enterprise__credit_code")
    .order_by("assignment", "kind", "pk")
)
# Only the fields that are shown: the rows of the six tables have many more.
COLUMNS = [
    "status", "batch__name", "host__enterprise__name", "host__enterprise__credit_code", "host__enterprise__district",
    "doctor__name", "doctor__university__name", "starts_on", "started_on", "ends_on", "extended_to", "stopped_on",
    "updated_at",
]  # fmt: skip


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    batch_name = serializers.CharField(source="batch.name", read_only=True)
    host_name = serializers.CharField(source="host.enterprise.name", read_only=True)
    host_credit_code = serializers.CharField(source="host.enterprise.credit_code", read_only=True, allow_null=True)
    district = serializers.CharField(source="host.enterprise.district_id", read_only=True)
    doctor_name = serializers.CharField(source="doctor.name", read_only=True)
    university = serializers.CharField(source="doctor.university.name", read_only=True)
    # Fields shown only to those who follow the whole service.
    stop_reason = serializers.CharField(source="told_reason", read_only=True)
    projects = ProjectSerializer(many=True, read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "id", "status", "batch", "batch_name", "host_name", "host_credit_code", "district", "doctor", "doctor_name",
            "university", "starts_on", "started_on", "ends_on", "extended_to", "stopped_on", "stop_reason", "projects",
            "updated_at",
        ]  # fmt: skip


class AssignmentFilter(FilterSet):
    status = ChoiceFilter(choices=Assignment.Status.choices)
    batch = KeyFilter()
    doctor = KeyFilter()
    district = CharFilter(field_name="host__enterprise__district_id")
    active_on = DayFilter(method="by_active_on", label="in force on this day")
    starts_from = DayFilter(field_name="starts_on", lookup_expr="gte")
    starts_to = DayFilter(field_name="starts_on", lookup_expr="lte")
    updated_since = MomentFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = Assignment
        fields: list[str] = []

    @extend_schema_field(OpenApiTypes.DATE)
    def by_active_on(self, queryset: Any, name: str, value: Any) -> QuerySet[Assignment]:
        rows: QuerySet[Assignment] = queryset.in_force(value, value)
        return rows


@documented("assignments", "Assignments the token may see", "One assignment")
class AssignmentViewSet(Listing):
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter

    def rows(self) -> Any:
        parties = Assignment.objects.select_related("batch", "host__enterprise", "doctor__university")
        return parties.only(*COLUMNS)

    def get_queryset(self) -> QuerySet[Any]:
        user: Any = getattr(self.request, "user", None)  # there is no user while the OpenAPI document is written
        projects = Prefetch("projects", PROJECTS.visible_to(user))
        told = Coalesce(of_followed(user, "stop_reason"), Value(""), output_field=TextField())
        rows: QuerySet[Any] = super().get_queryset().annotate(told_reason=told).prefetch_related(projects)
        return rows


router.register("assignments", AssignmentViewSet, basename="api-assignment")
