"""The watch over operation: how each part is, what that means for the office, what to do, and who is told."""
