"""The nine kinds of refusal. A docstring is the default message; each edge owns one table kind → its dialect.

ModelwrightError
├── Invalid            the request itself is wrong
├── Unauthenticated    nobody is logged in
├── Denied             the actor may not do this
├── NotFound           no such thing (or not in a workspace the actor can see)
├── AlreadyExists      the name or id is taken
├── Conflict           the thing is in a state that forbids this
├── TooLarge           over a stated limit
├── Unavailable        try again later
└── StorageFull        no space left
"""

from __future__ import annotations


class ModelwrightError(Exception):
    """Something went wrong in Modelwright."""

    kind = "internal"

    def __init__(self, message: str = "", *, where: str = "", hint: str = "") -> None:
        self.message = message or (type(self).__doc__ or "")
        self.where = where
        self.hint = hint
        super().__init__(self.message)


class Invalid(ModelwrightError):
    """The request is not valid."""

    kind = "invalid"


class Unauthenticated(ModelwrightError):
    """Log in first: send `Authorization: Bearer <token>` (create one with `mw login`)."""

    kind = "unauthenticated"


class Denied(ModelwrightError):
    """You do not have permission to do this."""

    kind = "denied"


class NotFound(ModelwrightError):
    """There is no such thing."""

    kind = "not_found"
    hidden = False
    """Whether it may be there, and only the actor may not know of it: audit tells the two apart, no answer does."""


class AlreadyExists(ModelwrightError):
    """The name is already taken."""

    kind = "already_exists"


class Conflict(ModelwrightError):
    """The current state does not allow this."""

    kind = "conflict"


class TooLarge(ModelwrightError):
    """The request is over a size limit."""

    kind = "too_large"


class Unavailable(ModelwrightError):
    """The server cannot do this right now; try again."""

    kind = "unavailable"


class StorageFull(ModelwrightError):
    """No space is left on the storage; free some and try again."""

    kind = "storage_full"
