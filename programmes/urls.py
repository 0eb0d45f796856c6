"""Addresses of the pages of this app."""

from django.urls import path

from programmes.rule_pages.help import rule_help

urlpatterns = [path("rules/", rule_help, name="rule_help")]
