#!/usr/bin/env python3
"""Prints what compare.sh measured as a table; fails if gantry misses a bar.

report.py SHAPE FILE    lines of FILE: ROUND CLIENT SECONDS USER SYSTEM KIB
"""
import collections
import statistics
import sys

shape, file = sys.argv[1:]
runs = collections.defaultdict(dict)
for line in open(file, encoding="ascii"):
    round_, client, *figures = line.split()
    wall, user, system, memory = map(float, figures)
    runs[client][round_] = [wall, user + system, memory]


def median(client, column):
    return statistics.median(run[column] for run in runs[client].values())


def ratio(column):
    """How fast gantry is beside the best peer of the same round, the median of the rounds."""
    return statistics.median(
        min(runs[peer][round_][column] for peer in runs if peer != "gantry") / gantry[column]
        for round_, gantry in runs["gantry"].items()
    )


count, size = shape.split("x")
print(f"\n{count} × {size} MiB, median of {len(runs['gantry'])} rounds:\n")
print("| client | seconds | CPU seconds | peak RSS, MiB |\n| --- | --- | --- | --- |")
for client in runs:
    print(f"| {client} | {median(client, 0):.2f} | {median(client, 1):.2f} | {median(client, 2) / 1024:.0f} |")
speed, memory = ratio(0), max(run[2] for run in runs["gantry"].values()) / 1024
verdicts = {True: "reached", False: "**missed**"}
print("\n| gantry | found | bar | |\n| --- | --- | --- | --- |")
print(f"| speed : the fastest peer of the round | {speed:.2f} | ≥ 0.95 | {verdicts[speed >= 0.95]} |")
print(f"| CPU: the thriftiest peer of the round | {ratio(1):.2f} | | |")
print(f"| peak RSS, MiB, of all rounds | {memory:.0f} | ≤ 256 | {verdicts[memory <= 256]} |")
sys.exit(speed < 0.95 or memory > 256)
