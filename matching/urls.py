"""Addresses of the pages of this app."""

from django.urls import path

from matching.views import assignments, dispatch_table, dispatches, needs, orders

urlpatterns = [
    path("needs/<int:pk>/", needs.need_detail, name="need_detail"),
    path("needs/<int:pk>/shortlist/", needs.need_shortlist, name="need_shortlist"),
    path("needs/<int:pk>/contact/", needs.need_contact, name="need_contact"),
    path("needs/<int:pk>/withdraw/", needs.need_withdraw, name="need_withdraw"),
    path("needs/<int:pk>/order/", orders.order_new, name="order_new"),
    path("orders/", orders.order_list, name="order_list"),
    path("orders/<int:pk>/", orders.order_detail, name="order_detail"),
    path("orders/<int:pk>/cancel/", orders.order_cancel, name="order_cancel"),
    path("orders/<int:pk>/dispatch/", dispatch_table.order_dispatch, name="order_dispatch"),
    path("dispatches/", dispatches.dispatch_list, name="dispatch_list"),
    path("dispatches/table/", dispatch_table.dispatch_table, name="dispatch_table"),
    path("dispatches/<int:pk>/", dispatches.dispatch_detail, name="dispatch_detail"),
    path("dispatches/<int:pk>/accept/", dispatches.dispatch_accept, name="dispatch_accept"),
    path("dispatches/<int:pk>/decline/", dispatches.dispatch_decline, name="dispatch_decline"),
    path("dispatches/<int:pk>/withdraw/", dispatches.dispatch_withdraw, name="dispatch_withdraw"),
    path("assignments/<int:pk>/begin/", assignments.assignment_begin, name="assignment_begin"),
    path("assignments/<int:pk>/serve/", assignments.assignment_serve, name="assignment_serve"),
]
