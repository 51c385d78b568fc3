"""Channels besides the widget: SMS, e-mail inboxes, and mail to users."""
