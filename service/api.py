"""Visits, checks and standings for other systems."""

from datetime import date
from typing import Any, cast

from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet
from rest_framework import serializers

from accounts.models import User
from officedata.months import Month
from rest.lists import Listing, documented
from rest.routes import router
from service.models import Check, Standing, Visit
from service.seen_facts import with_seen_facts
from ui.filters import DayFilter, KeyFilter, MomentFilter


class VisitSerializer(serializers.ModelSerializer[Visit]):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    doctor_name = serializers.CharField(source="doctor.name", read_only=True)
    days = serializers.IntegerField(source="length", read_only=True)

    class Meta:
        model = Visit
        fields = [
            "id", "assignment", "doctor", "doctor_name", "enterprise", "enterprise_name", "status", "mode", "starts_on",
            "ends_on", "days", "content", "solved", "next_step", "logged_at", "confirmed_at", "disputed_at",
            "withdrawn_at", "dispute_reason",
        ]  # fmt: skip


class VisitFilter(FilterSet):
    status = ChoiceFilter(choices=Visit.Status.choices)
    mode = ChoiceFilter(choices=Visit.Mode.choices)
    assignment = KeyFilter()
    doctor = KeyFilter()
    enterprise = KeyFilter()
    from_day = DayFilter(field_name="ends_on", lookup_expr="gte")
    to_day = DayFilter(field_name="starts_on", lookup_expr="lte")
    logged_since = MomentFilter(field_name="logged_at", lookup_expr="gte")

    class Meta:
        model = Visit
        fields: list[str] = []


@documented("visits", "Visits the token may see", "One visit")
class VisitViewSet(Listing):
    serializer_class = VisitSerializer
    filterset_class = VisitFilter

    def rows(self) -> Any:
        return Visit.objects.select_related("enterprise", "doctor")


class CheckSerializer(serializers.ModelSerializer[Check]):
    rule_set_code = serializers.CharField(source="rule_set.code", read_only=True)
    rule_set_version = serializers.IntegerField(source="rule_set.version", read_only=True)
    facts = serializers.DictField(source="known_facts", read_only=True)

    class Meta:
        model = Check
        fields = [
            "id", "assignment", "rule", "window", "first", "last", "verdict", "value", "asks", "days_counted",
            "days_awaiting", "rule_set_code", "rule_set_version", "judged_at", "locks_on", "locked_at", "reason",
            "facts",
        ]  # fmt: skip


class CheckFilter(FilterSet):
    assignment = KeyFilter()
    doctor = KeyFilter(field_name="assignment__doctor")
    rule = CharFilter(help_text="The id of the rule.")
    window = CharFilter(help_text="The key of the window, such as 2025-04, Y1 or term.")
    from_day = DayFilter(field_name="last", lookup_expr="gte")
    to_day = DayFilter(field_name="first", lookup_expr="lte")
    verdict = ChoiceFilter(choices=Check.Verdict.choices)
    locked = BooleanFilter(field_name="locked_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Check
        fields: list[str] = []


class Checks(Listing):
    """Checks, whose facts name only records of their own service, and those that the caller may see."""

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return page and with_seen_facts(page, self._reader())

    def _reader(self) -> User:
        return cast(User, self.request.user)  # nobody reads lists without a token or a sign-in

    def get_object(self) -> Any:
        return with_seen_facts([super().get_object()], self._reader())[0]


@documented("checks", "Checks the token may see: one for each rule and window", "One check")
class CheckViewSet(Checks):
    serializer_class = CheckSerializer
    filterset_class = CheckFilter

    def rows(self) -> Any:
        return Check.objects.select_related("rule_set")


class MonthlyCheckSerializer(CheckSerializer):
    month = serializers.DateField(source="month.first", read_only=True)

    class Meta(CheckSerializer.Meta):
        fields = [
            "id", "assignment", "rule", "window", "month", "verdict", "days_counted", "days_awaiting", "rule_set_code",
            "rule_set_version", "judged_at", "locks_on", "locked_at", "facts",
        ]  # fmt: skip


class MonthlyCheckFilter(FilterSet):
    assignment = KeyFilter()
    doctor = KeyFilter(field_name="assignment__doctor")
    month = DayFilter(method="of_month", help_text="The first day of the month.")
    from_month = DayFilter(method="from_first")
    to_month = DayFilter(method="to_first")
    verdict = ChoiceFilter(choices=Check.Verdict.choices)
    locked = BooleanFilter(field_name="locked_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Check
        fields: list[str] = []

    def of_month(self, rows: Any, name: str, day: date) -> Any:
        return rows.filter(window=str(Month.of(day))) if day.day == 1 else rows.none()

    def from_first(self, rows: Any, name: str, day: date) -> Any:
        return rows.filter(window__gte=str(Month.of(day) if day.day == 1 else Month.of(day).next()))

    def to_first(self, rows: Any, name: str, day: date) -> Any:
        return rows.filter(window__lte=str(Month.of(day)))


@documented("monthly checks", "Checks of months the token may see: one for each monthly rule", "One monthly check")
class MonthlyCheckViewSet(Checks):
    serializer_class = MonthlyCheckSerializer
    filterset_class = MonthlyCheckFilter

    def rows(self) -> Any:
        return Check.objects.monthly().select_related("rule_set")


class StandingSerializer(serializers.ModelSerializer[Standing]):
    doctor_name = serializers.CharField(source="assignment.doctor.name", read_only=True)
    host_name = serializers.CharField(source="assignment.host.enterprise.name", read_only=True)

    class Meta:
        model = Standing
        fields = [
            "assignment", "doctor_name", "host_name", "on", "month", "month_verdict", "month_days", "month_awaiting",
            "month_due", "days_counted", "days_awaiting", "target", "owed", "months_missed", "pace", "behind",
            "save_by",
            "last_visit_on", "reminded_on",
        ]  # fmt: skip


class StandingFilter(FilterSet):
    behind = BooleanFilter()
    pace = ChoiceFilter(choices=Standing.Pace.choices)
    district = CharFilter(field_name="assignment__host__enterprise__district_id")
    batch = KeyFilter(field_name="assignment__batch")

    class Meta:
        model = Standing
        fields: list[str] = []


@documented("standings", "Where each running assignment stands today", "One assignment's standing")
class StandingViewSet(Listing):
    serializer_class = StandingSerializer
    filterset_class = StandingFilter
    keyset = ("assignment_id",)
    lookup_field = "assignment"

    def rows(self) -> Any:
        return Standing.objects.select_related("assignment__doctor", "assignment__host__enterprise")


router.register("visits", VisitViewSet, basename="api-visit")
router.register("monthly-checks", MonthlyCheckViewSet, basename="api-monthly-check")
router.register("checks", CheckViewSet, basename="api-check")
router.register("standings", StandingViewSet, basename="api-standing")
