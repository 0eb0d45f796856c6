"""Whole journeys and audits in a real browser: what people do, and what every page must keep to."""
