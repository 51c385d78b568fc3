"""Canned responses: texts that agents keep at hand, for themselves, a department or everybody."""
