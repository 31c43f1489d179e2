"""Runs a command and prints one JSON line: CPU seconds, wall seconds, peak memory, exit code.

usage: measure.py COMMAND [ARGUMENT...]     (its standard output goes to /dev/null)
"""

import json
import os
import resource
import subprocess
import sys
import time

with open(os.devnull, "wb") as sink:
    begin = time.monotonic()
    code = subprocess.call(sys.argv[1:], stdout=sink, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "wall": wall, "rss": used.ru_maxrss // 1024, "code": code}))
