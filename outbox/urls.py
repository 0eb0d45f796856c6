"""The URLs of the pages of this app."""

from django.urls import path

from outbox import views

urlpatterns = [
    path("messages/settings/", views.message_settings, name="message_settings"),
    path("messages/settings/address/", views.message_address, name="message_address"),
    path("messages/settings/code/", views.message_code, name="message_code"),
    path("messages/settings/remove/", views.message_remove, name="message_remove"),
]
