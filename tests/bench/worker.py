"""What a Python program has to do to be timed by peers.py."""

import json
import statistics
import sys
import time

import numpy


class Arguments:
    def __init__(self, arguments):
        self.name, self.zoo, path, shape, threads, seconds = arguments
        self.input = numpy.fromfile(path, '<f4').reshape([int(extent) for extent in shape.split('x')])
        self.threads, self.seconds = int(threads), float(seconds)


def serve(arguments, run):
    """Says the logits, then ms a picture for every line that comes in."""
    batch = len(arguments.input)
    print(json.dumps(numpy.asarray(run(), 'f8').reshape(-1).tolist()), flush=True)
    for _ in range(3):
        run()
    for _ in sys.stdin:
        times = []
        end = time.perf_counter() + arguments.seconds
        while time.perf_counter() < end or len(times) < 3:
            begin = time.perf_counter()
            run()
            times.append((time.perf_counter() - begin) * 1e3 / batch)
        print(statistics.median(times), flush=True)
