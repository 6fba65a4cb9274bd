"""Encrypts the few fields that nobody may read in the database: bank details, and what a partner keeps private."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class EncryptedField(models.TextField):
    """A column that holds what ``encrypt`` returned. It encrypts nothing itself: services do, and reading is theirs.

    Being of this class is what lets ``rotate_encryption_key`` find the column: there is no other list of them.
    """


def _keys() -> list[Fernet]:
    if not settings.FIELD_ENCRYPTION_KEYS:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is empty: bank details cannot be stored.")
    return [Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS]


def encrypt(text: str) -> str:
    """Return ``text`` encrypted with the newest key, as text that can be stored."""
    return _keys()[0].encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text of ``token``. Raises ValueError when none of the keys opens it."""
    try:
        return MultiFernet(_keys()).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ValueError("None of FIELD_ENCRYPTION_KEYS opens this value.") from None


def encrypted_anew(token: str) -> str:
    """Return ``token`` encrypted with the newest key; as it stands when that is the one that opens it.

    Raises ValueError when none of the keys opens it.
    """
    try:
        _keys()[0].decrypt(token.encode())
    except InvalidToken:
        return encrypt(decrypt(token))
    return token
