"""A passkey as a browser hands it over, made without one."""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User


def credential(key: bytes = b"k" * 16, challenge: bytes = b"c" * 16) -> dict[str, Any]:
    """What a browser answers when a passkey is made, without a signature of its maker."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    kept = AttestedCredentialData.create(Aaguid(b"\0" * 16), key, public)
    data = AuthenticatorData.create(b"h" * 32, AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, kept)
    client = {"type": "webauthn.create", "challenge": websafe_encode(challenge), "origin": "http://testserver"}
    return {
        "id": websafe_encode(key),
        "rawId": websafe_encode(key),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(client).encode()),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
        },
        "clientExtensionResults": {},
    }


def give_passkey(user: User, name: str = "手机") -> Authenticator:
    row: Authenticator = Authenticator.objects.create(
        user=user, type="webauthn", data={"name": name, "credential": credential(f"{user.pk:016d}".encode())}
    )
    return row
