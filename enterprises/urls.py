"""Addresses of the pages of this app."""

from django.urls import path

from enterprises import need_page, views
from enterprises.lists import NeedList

urlpatterns = [
    path("needs/", NeedList.as_view(), name="need_list"),
    path("needs/new/", views.need_new, name="need_new"),
    path("needs/<key:pk>/", need_page.need_detail, name="need_detail"),
    path("needs/<key:pk>/contact/", need_page.need_contact, name="need_contact"),
    path("needs/<key:pk>/edit/", views.need_edit, name="need_edit"),
    path("needs/<key:pk>/hide-numbers/", need_page.need_hide_numbers, name="need_hide_numbers"),
    path("needs/<key:pk>/receipt/", views.need_receipt, name="need_receipt"),
]
