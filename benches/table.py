"""Turns the measurements of run.sh into a Markdown table; a ratio is to quarry's CPU seconds."""

import json
import sys

path, gigabytes = sys.argv[1], float(sys.argv[2])
best = {}
for line in open(path):
    kind, name, result = line.rstrip("\n").split("\t")
    result = json.loads(result)
    kept = best.get((kind, name))
    if kept is None or result["cpu"] < kept["cpu"]:
        best[kind, name] = result

print(f"{gigabytes:.2f} GB of JSON\n")
print("| input | tool | CPU s | wall s | GB per CPU second | CPU against quarry | peak MB |")
print("|---|---|--:|--:|--:|--:|--:|")
for (kind, name), result in best.items():
    base = best[kind, "quarry"]["cpu"]
    failed = "" if result["code"] in (0, 1) else f" (exit code {result['code']})"
    print(
        f"| {kind} | {name}{failed} | {result['cpu']:.2f} | {result['wall']:.2f} |"
        f" {gigabytes / result['cpu']:.2f} | {result['cpu'] / base:.2f}x | {result['rss']} |"
    )
for kind in ("objects", "lines"):
    two, one = best[kind, "quarry"], best[kind, "quarry, one thread"]
    print(f"\n{kind}: wall time on all cores is {two['wall'] / one['wall']:.2f} of one thread's")
