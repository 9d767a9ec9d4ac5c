"""The same with boto3, one request after the other: on one core threads would only add to its cost.

Usage, environment and output as those of ceiling.c.
"""

import signal
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from deadlines import Deadlines

deadlines = Deadlines()
signal.signal(signal.SIGTERM, lambda *_: deadlines.report())
config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=15, proxies={})
client = boto3.client("sesv2", endpoint_url=deadlines.endpoint, config=config)
while True:
    wait = deadlines.wait()
    if wait is None or wait > 0:
        time.sleep(60 if wait is None else wait)
        continue
    due, job = deadlines.pop()
    answer = None
    try:
        answer = client.get_import_job(JobId=job)
    except (BotoCoreError, ClientError) as error:
        print("boto3:", error, file=sys.stderr)
    deadlines.took(due, job, answer)
