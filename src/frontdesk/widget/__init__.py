"""The widget on other people's web pages: what it needs to know, and how it looks."""
