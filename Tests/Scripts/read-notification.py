"""Reads a notification with libraries that know nothing of us; prints what they say as JSON.

Usage: read-notification.py OPTIONS
Options: headers, body, secrets (whsec_…), public_keys (whpk_…), cloudevent (true reads it as one).
"""

import base64
import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

options = json.loads(sys.argv[1])
headers = {name.lower(): value for name, value in options["headers"].items()}
body = options["body"]


def hmac_verdict(secret):
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError as error:
        return str(error)


def ed25519_verdict(public_key):
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    for signature in headers["webhook-signature"].split(" "):
        version, _, encoded = signature.partition(",")
        if version != "v1a":
            continue
        try:
            key.verify(base64.b64decode(encoded), signed)
            return True
        except InvalidSignature:
            pass
    return False


result = {
    "v1": [hmac_verdict(secret) for secret in options.get("secrets", [])],
    "v1a": [ed25519_verdict(key) for key in options.get("public_keys", [])],
}
if options.get("cloudevent"):
    event = from_http_event(HTTPMessage(headers, body.encode()))
    result["cloudevent"] = {"attributes": {name: str(value) for name, value in event.get_attributes().items()}, "data": event.get_data()}
print(json.dumps(result))
