"""Fetches a role's credentials through IAM Identity Center with botocore, and with them whatever it refreshes.

Prints the access key ID. The environment says where the services and the files are.
"""
import json
import sys

import botocore.session

session = botocore.session.Session(profile=sys.argv[1])
credentials = session.get_credentials()
print(json.dumps({"id": credentials.get_frozen_credentials().access_key}))
