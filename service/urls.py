"""Addresses of the pages of this app."""

from django.urls import path

from service.lists import AssignmentList, VisitList
from service.views import assignments, checks, given, visit_log, visits, windows

urlpatterns = [
    path("visits/", VisitList.as_view(), name="visit_list"),
    path("visits/new/", visit_log.visit_new, name="visit_new"),
    path("visits/confirm/", visits.visits_confirm, name="visits_confirm"),
    path("visits/<key:pk>/", visits.visit_detail, name="visit_detail"),
    path("visits/<key:pk>/receipt/", visit_log.visit_receipt, name="visit_receipt"),
    path("visits/<key:pk>/confirm/", visits.visit_confirm, name="visit_confirm"),
    path("visits/<key:pk>/dispute/", visits.visit_dispute, name="visit_dispute"),
    path("visits/<key:pk>/share/", visits.visit_share, name="visit_share"),
    path("visits/<key:pk>/withdraw/", visits.visit_withdraw, name="visit_withdraw"),
    path("assignments/", AssignmentList.as_view(), name="assignment_list"),
    path("assignments/<key:pk>/waiver/", assignments.waiver_new, name="waiver_new"),
    path("assignments/<key:pk>/outcome/", assignments.outcome_new, name="outcome_new"),
    path("assignments/<key:pk>/given/", given.given_new, name="given_new"),
    path("assignments/<key:pk>/window/", windows.window_detail, name="window_detail"),
    path("checks/<key:pk>/", checks.check_detail, name="check_detail"),
    path("checks/<key:pk>/explain/", checks.check_explain, name="check_explain"),
    path("checks/<key:pk>/reopen/", checks.check_reopen, name="check_reopen"),
]
