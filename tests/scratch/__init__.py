"""An app that no other knows, with nothing but contributions and what they name."""
