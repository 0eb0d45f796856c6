"""Runs TalentLink on one machine: embedded PostgreSQL and Valkey, and the supervisor that starts all processes."""
