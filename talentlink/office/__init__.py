"""The home page of the office, and the numbers in its charts."""
