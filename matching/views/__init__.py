"""Pages of orders, dispatches and assignments."""
