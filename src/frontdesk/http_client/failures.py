"""Why a request brought no answer. The texts are for people and hold no secrets of the request."""


class NoAnswer(Exception):
    """The other server cannot be reached, or says something that is no HTTP."""


class NotAllowed(NoAnswer):
    """The address is not one that may be asked; see `addresses`."""


class TooLate(NoAnswer):
    """The answer was not complete in the time allowed."""


class TooLarge(NoAnswer):
    """The body of the answer is longer than allowed."""
