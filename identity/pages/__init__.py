"""The pages of the own account, of a new password, of invitations and of linked accounts."""
