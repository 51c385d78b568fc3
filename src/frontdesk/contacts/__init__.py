"""Contacts: who a customer is, on whatever channels the customer writes."""
