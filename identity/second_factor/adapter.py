"""How allauth names and stores second factors here; secrets are encrypted by a key made from SECRET_KEY."""

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import Refused

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This is not the code; look again."),
    }

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def _get_user_identifier(self, user: User) -> str:
        return str(user.username)

    def generate_authenticator_name(self, user: User, kind: str) -> str:
        return _("This device")

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; refused in words if it was stored under another SECRET_KEY."""
        # The library takes 8 MB, which only processes need that ask for a code.
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            words = _("This second factor can no longer be read; ask the office to remove it, then set it up again.")
            raise Refused(words, code="unreadable") from None


@cache
def _cipher() -> "Fernet":
    from base64 import urlsafe_b64encode  # noqa: PLC0415

    from cryptography.fernet import Fernet  # noqa: PLC0415

    key = salted_hmac("identity.second_factor", "secrets", algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
