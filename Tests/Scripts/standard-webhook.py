"""Sends a notification signed by the Standard Webhooks project's own library; prints status, headers, seconds as JSON.

Usage: standard-webhook.py URL OPTIONS
Options: secrets (whsec_…), seed (hexadecimal, of an Ed25519 key), id, age (seconds), tamper (changes the body after
signing), job, event, timeout.
"""

import datetime
import http.client
import json
import sys
import time
import urllib.parse

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook
import base64

url, options = urllib.parse.urlsplit(sys.argv[1]), json.loads(sys.argv[2])
identifier = options.get("id", "evt_0123456789abcdef0123456789abcdef")
when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=options.get("age", 0))
timestamp = str(int(when.timestamp()))
body = json.dumps(
    {
        "type": options.get("event", "ses.import_job.completed"),
        "timestamp": when.isoformat(),
        "data": {"job_id": options.get("job", "a"), "status": "COMPLETED", "name": "größer"},
    },
    ensure_ascii=False,
)
signatures = [Webhook(secret).sign(identifier, when, body) for secret in options.get("secrets", [])]
if "seed" in options:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(options["seed"]))
    signature = key.sign(f"{identifier}.{timestamp}.{body}".encode())
    signatures.append("v1a," + base64.b64encode(signature).decode())
headers = {"Content-Type": "application/json", "webhook-id": identifier, "webhook-timestamp": timestamp}
if signatures:
    headers["webhook-signature"] = " ".join(signatures)
if options.get("tamper"):
    body = body.replace("COMPLETED", "CANCELLED")

connection = http.client.HTTPConnection(url.hostname, url.port, timeout=options.get("timeout", 20))
began = time.monotonic()
try:
    connection.request("POST", url.path, body.encode(), headers)
    response = connection.getresponse()
    response.read()
    result = {"status": response.status, "headers": {name.lower(): value for name, value in response.getheaders()}}
except (OSError, http.client.HTTPException) as error:
    result = {"error": type(error).__name__}
print(json.dumps({**result, "seconds": time.monotonic() - began}))
