"""The same with aiobotocore: one loop, as many requests under way as may be.

Usage, environment and output as those of ceiling.c.
"""

import asyncio
import signal
import sys

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError
from deadlines import Deadlines

deadlines = Deadlines()


async def work(client):
    """One of the requests under way."""
    while True:
        wait = deadlines.wait()
        if wait is None or wait > 0:
            await asyncio.sleep(60 if wait is None else wait)
            continue
        due, job = deadlines.pop()
        answer = None
        try:
            answer = await client.get_import_job(JobId=job)
        except (BotoCoreError, ClientError) as error:
            print("aiobotocore:", error, file=sys.stderr)
        deadlines.took(due, job, answer)


async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, deadlines.report)
    # More workers would all wake for one deadline; these few keep one core busy.
    workers = min(deadlines.in_flight, 8)
    config = AioConfig(
        retries={"total_max_attempts": 1},
        max_pool_connections=workers,
        connect_timeout=5,
        read_timeout=15,
        proxies={},
    )
    async with get_session().create_client("sesv2", endpoint_url=deadlines.endpoint, config=config) as client:
        await asyncio.gather(*(work(client) for _ in range(workers)))


asyncio.run(main())
