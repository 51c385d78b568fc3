"""Telling another server what happens in conversations: the workspace's outgoing webhook.

A feature tells an event (`room_events.py`); what is sent about it is made and stored in the same
transaction (`announcing.py`). Later it is delivered (`delivering.py`): the events of one
conversation one after the other, those of different conversations independently of each other.
"""
