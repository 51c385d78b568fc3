"""Identifiers in the alphabets that clients of the API expect."""

import secrets

#: Characters of an id: no look-alikes (behaviour of the API, conventions of ids).
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
TOKEN_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

# Random bytes are mapped onto the alphabet by one translation: bytes that would make some
# characters likelier than others are thrown away (rejection sampling).
_SIZE = len(ALPHABET)
_FAIR = 256 - 256 % _SIZE
_CHARACTERS = bytes(ord(ALPHABET[byte % _SIZE]) for byte in range(256))
_UNFAIR = bytes(range(_FAIR, 256))
_TOKEN_MASK = 63


def random_id(length: int = 17) -> str:
    """Return `length` random characters of the id alphabet (17: about 98 bits)."""
    characters = b""
    while len(characters) < length:
        characters += secrets.token_bytes(2 * length).translate(_CHARACTERS, _UNFAIR)
    return characters[:length].decode()


def hex_id() -> str:
    """Return 24 random hexadecimal characters, the id form of inquiries and visitors."""
    return secrets.token_hex(12)


def random_token() -> str:
    """Return a log-in token: 43 characters, about 258 bits."""
    return "".join(TOKEN_ALPHABET[byte & _TOKEN_MASK] for byte in secrets.token_bytes(43))
