"""Addresses of the pages of this app."""

from django.urls import path

from assignments.lists import DispatchList, OrderList
from assignments.views import assignments, dispatches, needs, orders

urlpatterns = [
    path("needs/<key:pk>/withdraw/", needs.need_withdraw, name="need_withdraw"),
    path("orders/", OrderList.as_view(), name="order_list"),
    path("orders/<key:pk>/", orders.order_detail, name="order_detail"),
    path("orders/<key:pk>/cancel/", orders.order_cancel, name="order_cancel"),
    path("dispatches/", DispatchList.as_view(), name="dispatch_list"),
    path("dispatches/<key:pk>/", dispatches.dispatch_detail, name="dispatch_detail"),
    path("dispatches/<key:pk>/accept/", dispatches.dispatch_accept, name="dispatch_accept"),
    path("dispatches/<key:pk>/decline/", dispatches.dispatch_decline, name="dispatch_decline"),
    path("dispatches/<key:pk>/withdraw/", dispatches.dispatch_withdraw, name="dispatch_withdraw"),
    path("assignments/<key:pk>/", assignments.assignment_detail, name="assignment_detail"),
    path("assignments/<key:pk>/begin/", assignments.assignment_begin, name="assignment_begin"),
    path("assignments/<key:pk>/serve/", assignments.assignment_serve, name="assignment_serve"),
    path("assignments/<key:pk>/late/", assignments.assignment_late, name="assignment_late"),
    path("assignments/<key:pk>/extend/", assignments.assignment_extend, name="assignment_extend"),
    path("assignments/<key:pk>/stop/", assignments.assignment_stop, name="assignment_stop"),
    path("assignments/<key:pk>/cancel/", assignments.assignment_cancel, name="assignment_cancel"),
]
