"""Addresses of the pages of this app."""

from django.urls import path

from matching.views import dispatch_table, needs, order_form

urlpatterns = [
    path("needs/<key:pk>/shortlist/", needs.need_shortlist, name="need_shortlist"),
    path("needs/<key:pk>/publish/", needs.need_publish, name="need_publish"),
    path("needs/<key:pk>/return/", needs.need_return, name="need_return"),
    path("needs/<key:pk>/order/", order_form.order_new, name="order_new"),
    path("orders/<key:pk>/dispatch/", dispatch_table.order_dispatch, name="order_dispatch"),
    path("dispatches/table/", dispatch_table.dispatch_table, name="dispatch_table"),
]
