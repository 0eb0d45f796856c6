"""Addresses of the pages of this app."""

from django.urls import path

from approvals import asking, pages
from approvals.lists import ProposalList

urlpatterns = [
    path("approvals/", ProposalList.as_view(), name="proposal_list"),
    path("approvals/export/", asking.export_propose, name="export_propose"),
    path("approvals/phones/", asking.phones_propose, name="phones_propose"),
    path("approvals/<key:pk>/", pages.detail, name="proposal_detail"),
    path("approvals/<key:pk>/approve/", pages.approve, name="proposal_approve"),
    path("approvals/<key:pk>/refuse/", pages.refuse, name="proposal_refuse"),
    path("approvals/<key:pk>/withdraw/", pages.withdraw, name="proposal_withdraw"),
    path("approvals/<key:pk>/take/", pages.take, name="proposal_take"),
]
