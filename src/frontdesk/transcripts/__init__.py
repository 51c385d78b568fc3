"""Transcripts: what is said in a conversation, as an e-mail and as a PDF."""
