"""The office's pages: requests about personal data, and the privacy notices."""
