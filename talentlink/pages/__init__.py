"""Pages that know all apps: the public front page, each role's home, notices."""
