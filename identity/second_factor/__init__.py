"""The second factor: for whom it is required, how it is set up, asked for and removed."""
