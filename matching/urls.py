"""Addresses of the pages of this app."""

from django.urls import path

from matching.views import dispatch_page, dispatch_table, needs, order_form

urlpatterns = [
    path("needs/<key:pk>/", needs.need_detail, name="need_detail"),
    path("needs/<key:pk>/shortlist/", needs.need_shortlist, name="need_shortlist"),
    path("needs/<key:pk>/contact/", needs.need_contact, name="need_contact"),
    path("needs/<key:pk>/withdraw/", needs.need_withdraw, name="need_withdraw"),
    path("needs/<key:pk>/order/", order_form.order_new, name="order_new"),
    path("orders/<key:pk>/dispatch/", dispatch_table.order_dispatch, name="order_dispatch"),
    path("dispatches/table/", dispatch_table.dispatch_table, name="dispatch_table"),
    path("dispatches/<key:pk>/", dispatch_page.dispatch_detail, name="dispatch_detail"),
]
