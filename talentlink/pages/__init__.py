"""Pages that use all apps: the public front page, the home of each role, and notices."""
