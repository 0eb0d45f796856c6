"""Pages of the service: visits, assignments with their months, waivers and outcomes."""
