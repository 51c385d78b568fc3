"""The web parts: pages and files that browsers load."""
