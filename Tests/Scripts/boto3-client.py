"""Asks a simulated SES with boto3 and prints what came of it as JSON.

Usage: boto3-client.py ENDPOINT OPERATION [ARGUMENTS AS JSON] [OPTIONS AS JSON]
Options: key, secret, token, region, retries (0: none), page_size, skew (seconds added to the clock of signatures).
"""

import datetime
import json
import sys

import boto3
import botocore.auth
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.paginate import Paginator

endpoint, operation = sys.argv[1:3]
arguments = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
options = json.loads(sys.argv[4]) if len(sys.argv) > 4 else {}

if "skew" in options:
    real = botocore.auth.get_current_datetime
    botocore.auth.get_current_datetime = lambda *args, **kwargs: real(*args, **kwargs) + datetime.timedelta(
        seconds=options["skew"]
    )

retries = options.get("retries", 0)
session = boto3.Session(
    aws_access_key_id=options.get("key", "AKIDSIMULATOR"),
    aws_secret_access_key=options.get("secret", "simulator-secret"),
    aws_session_token=options.get("token"),
    region_name=options.get("region", "eu-west-1"),
)
client = session.client(
    "sesv2",
    endpoint_url=endpoint,
    config=Config(
        retries={"total_max_attempts": retries + 1, "mode": "standard"}, connect_timeout=20, read_timeout=20, proxies={}
    ),
)


def plain(value):
    """Makes times readable as JSON; a time that is no time with a zone would fail here."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat()
    raise TypeError(type(value))


try:
    if options.get("page_size"):
        # botocore's own class with the rules it ships for other lists: it has none for this one.
        rules = {
            "input_token": "NextToken",
            "output_token": "NextToken",
            "limit_key": "PageSize",
            "result_key": "ImportJobs",
        }
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        paginator = Paginator(getattr(client, operation), rules, model)
        pages = [
            [job["JobId"] for job in page["ImportJobs"]]
            for page in paginator.paginate(**arguments, PaginationConfig={"PageSize": options["page_size"]})
        ]
        result = {"pages": pages}
    else:
        result = {"result": getattr(client, operation)(**arguments)}
        metadata = result["result"].pop("ResponseMetadata")
        result["attempts"] = metadata["RetryAttempts"] + 1
        result["request_id"] = metadata["RequestId"]
except ClientError as error:
    metadata = error.response["ResponseMetadata"]
    result = {
        "error": error.response["Error"]["Code"],
        "class": type(error).__name__,
        "message": error.response["Error"].get("Message", ""),
        "status": metadata["HTTPStatusCode"],
        "headers": metadata["HTTPHeaders"],
        "attempts": metadata["RetryAttempts"] + 1,
    }
except BotoCoreError as error:
    result = {"error": type(error).__name__, "message": str(error)}
print(json.dumps(result, default=plain))
