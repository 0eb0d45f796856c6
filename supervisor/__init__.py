"""Everything TalentLink needs on one machine: embedded PostgreSQL and Valkey, and the supervisor of all processes."""
