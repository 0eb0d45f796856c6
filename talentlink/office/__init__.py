"""The office's own screens, mounted in the admin: one module per screen, and the numbers they show."""
