"""Measurements on a filled scratch database: what it costs to run a city and a province."""
