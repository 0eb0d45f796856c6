"""The watch of operation: the state of each part, what it means for the office, what to do, and who is told."""
