"""The pages of the own account, and those on which somebody asks for a new password."""
