"""Measurements beside references: what people usually write, and the floor of the machine.

Figures of one call are comparable with each other and with nothing else.
"""
