"""The office's pages of rules: the list, where a draft begins, the editor, and one version to read and print."""
