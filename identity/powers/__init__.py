"""The acts on accounts that need two administrators; each module has one kind of them."""
