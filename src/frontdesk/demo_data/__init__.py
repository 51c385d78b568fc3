"""`frontdesk demo-data`: a workspace full of conversations, straight into the store.

Any number, quickly, and the same for the same seed; what is written fits together as if people had
done it. `texts.toml` is what they say.
"""
