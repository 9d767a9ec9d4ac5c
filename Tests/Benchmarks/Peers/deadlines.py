"""What the Python clients share: the jobs, a heap of their deadlines, and what was learnt."""

import heapq
import json
import os
import sys
import time

ENDED = {"COMPLETED", "FAILED", "CANCELLED"}


class Deadlines:
    """Says which job is due, and takes the answers."""

    def __init__(self):
        self.endpoint, path, rate, in_flight = sys.argv[1:5]
        self.in_flight = int(in_flight)
        with open(path, encoding="ascii") as file:
            ids = file.read().split()
        self.period = len(ids) / float(rate) if float(rate) > 0 else 0.0
        start = time.monotonic()
        self.heap = [(start + self.period * index / len(ids), id) for index, id in enumerate(ids)]
        self.known, self.answers, self.failures = {}, 0, 0

    def wait(self):
        """Seconds until the next job is due; None when there is none."""
        return max(0.0, self.heap[0][0] - time.monotonic()) if self.heap else None

    def pop(self):
        return heapq.heappop(self.heap)

    def took(self, due, id, answer):
        """Notes an answer, or its lack (None), and sets the job's next deadline."""
        if answer is None:
            self.failures += 1
        else:
            self.answers += 1
            self.known[id] = answer
            if answer["JobStatus"] in ENDED:
                return
        heapq.heappush(self.heap, (max(due + self.period, time.monotonic()), id))

    def report(self):
        statuses, processed = {}, 0
        for answer in self.known.values():
            statuses[answer["JobStatus"]] = statuses.get(answer["JobStatus"], 0) + 1
            if answer["JobStatus"] in ENDED:
                processed += answer.get("ProcessedRecordsCount", 0)
        print(
            json.dumps(
                {
                    "answers": self.answers,
                    "failures": self.failures,
                    "statuses": statuses,
                    "processed": processed,
                }
            ),
            flush=True,
        )
        os._exit(0)
