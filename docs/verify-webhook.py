"""Verifies a notification of importwatchd: pip install standardwebhooks."""

import json

from standardwebhooks.webhooks import Webhook


def verified(headers, body, secret):
    """The notification, or an exception: the headers in lower case, the body's bytes as they came, whsec_…"""
    return Webhook(secret).verify(body, headers)


if __name__ == "__main__":
    import sys

    message = json.load(sys.stdin)
    notification = verified(message["headers"], message["body"], message["secret"])
    print(notification["type"], notification["data"]["job_id"])
