#!/usr/bin/env python3
"""Prints what compare.sh measured as tables and draws a chart; fails if gantry misses a bar.

report.py FILE PROCESSORS CHART
"""

import collections
import statistics
import sys

file, processors, chart = sys.argv[1:]
processors = int(processors)
runs = collections.defaultdict(lambda: collections.defaultdict(dict))
hashing = collections.defaultdict(dict)
sizes, verifies = {}, collections.defaultdict(dict)
for line in open(file, encoding="ascii"):
    kind, *words = line.rstrip("\n").split("\t")
    if kind == "run":
        shape, target, round_, tool, wall, user, system, memory = words
        runs[shape, target][tool][round_] = float(wall), float(user) + float(system), float(memory) / 1024
    elif kind == "hash":
        shape, target, round_, rate = words
        hashing[shape, target][round_] = float(rate)
    elif kind == "size":
        shape, size, blobs = words
        sizes[shape] = int(size), int(blobs)
    elif kind == "verifies":
        tool, target, verdict = words
        verifies[tool][target] = verdict

PEERS = ["skopeo", "regctl", "oras", "oras-java", "jib-core", "ctr"]
# What the bars are about: files that are not waited for until they are on disk, as no peer does.
fast = max((tool for tool in runs["smallest", "dir"] if tool.startswith("gantry")), key=len)
missed = False


def median(work, tool, column=0):
    return statistics.median(run[column] for run in runs[work][tool].values())


def paired(work, ratio):
    """The median of what ratio says of each round: {tool: seconds} and the hash rate."""
    rounds = hashing[work]
    return statistics.median(
        ratio({tool: of[round_][0] for tool, of in runs[work].items()}, rounds[round_]) for round_ in rounds
    )


def bar(what, found, least=None, most=None, unit=""):
    """A line of the table of bars."""
    global missed
    reached = found >= least if least is not None else found <= most
    missed |= not reached
    limit = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
    text = f"{found:.2f}" if found < 10 else f"{found:.0f}"
    print(f"| {what} | {text}{unit} | {limit}{unit} | {'reached' if reached else '**missed**'} |")


def title(work):
    shape, target = work
    size, blobs = sizes[shape]
    amount = f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
    where = {
        "dir": "layout to layout",
        "tar": "layout to archive",
        "stdout": "layout to standard output",
        "archive": "archive to archive",
        "store": "containerd's store to archive",
    }[target]
    return f"{amount} in {blobs:,} blobs, {where}"


def verifying(work):
    """The peers that refuse what their target's check found."""
    target = work[1] if work[1] != "stdout" else "tar"
    return [tool for tool in PEERS if tool in runs[work] and verifies[tool].get(target) == "yes"]


def tables():
    rounds = max(len(of) for of in hashing.values())
    print(f"\nMedians of {rounds} rounds; “× gantry” is how often the tool's time is that of `{fast}` in the same round.")
    for work, tools in runs.items():
        own = fast if fast in tools else "gantry"
        print(f"\n**{title(work)}**\n\n| | seconds | least to most | CPU seconds | peak MiB | × gantry |")
        print("| --- | --- | --- | --- | --- | --- |")
        for tool in tools:
            every = [run[0] for run in tools[tool].values()]
            times = paired(work, lambda seconds, _: seconds[tool] / seconds[own])
            print(
                f"| {tool} | {median(work, tool):.2f} | {min(every):.2f} – {max(every):.2f} | {median(work, tool, 1):.2f} "
                f"| {median(work, tool, 2):.0f} | {'' if tool == own else f'{times:.2f}'} |"
            )
    for verdict, text in {"yes": "refuse", "no": "copy"}.items():
        found = {tool: [target for target in of if of[target] == verdict] for tool, of in verifies.items()}
        named = [f"{tool} ({', '.join(targets)})" for tool, targets in found.items() if targets]
        print(f"\nA layer with eight other bytes than its digest says these {text}: {', '.join(named)}.")


def bars():
    print(f"\n| `{fast}` | found | bar | |\n| --- | --- | --- | --- |")
    for work in runs:
        shape, target = work
        if target in ("archive", "store"):
            continue
        size, blobs = sizes[shape]
        what = title(work)
        if shape == "smallest":
            bar(f"{what}: an empty JVM", paired(work, lambda s, _: s[fast] / s["java, empty main"]), most=3)
        elif shape.startswith("12x"):
            bar(f"{what}: skopeo", paired(work, lambda s, _: s["skopeo"] / s[fast]), least=4)
            for peer in [min(verifying(work), key=lambda tool: median(work, tool))] if verifying(work) else []:
                bar(f"{what}: {peer}, the fastest that verifies", paired(work, lambda s, _: s[peer] / s[fast]), least=1.5)
            limit = paired(work, lambda s, rate: size / s[fast] / (processors / (1 / rate + s["cp"] / size)))
            print(f"| {what}: the limit of {processors} processors | {limit:.2f} | in steady state only | |")
        elif shape.startswith("1x"):
            share = paired(work, lambda s, rate: size / s[fast] / min(rate, size / s["cp"]))
            bar(f"{what}: the slower of hashing and copying", share, least=0.9)
        elif target == "stdout":
            bar(f"{what}: hashing on one processor", paired(work, lambda s, rate: size / s["gantry"] / rate), least=0.9)
        elif shape == "10000x1-4KB":
            bar(f"{what}: skopeo", paired(work, lambda s, _: s["skopeo"] / s[fast]), least=5)
    start = median(("smallest", "dir"), fast)
    for target in "tar", "dir":
        each = {sizes[shape][1]: (median((shape, to), fast) - start) / sizes[shape][1] * 1e6
                for shape, to in runs if shape.endswith("1-4KB") and to == target}
        costs = ", ".join(f"{cost:.0f} of {blobs:,}" for blobs, cost in sorted(each.items()))
        print(f"| µs for a blob of 1 to 4 KB, {target}, less the start | {costs} | flat | |")
    peak = max(run[2] for of in runs.values() for tool in of for run in of[tool].values() if tool.startswith("gantry"))
    bar("peak memory of any run", peak, most=128, unit=" MiB")


def draw():
    """Seconds as lengths, each work on a scale of its own."""
    colours = {"gantry": "#1f6feb", "peer": "#8c959f", "floor": "#d0d7de"}
    height, parts = 10, []

    def text(x, y, content, more=""):
        parts.append(f'<text x="{x}" y="{y}"{more}>{content}</text>')

    for work, tools in runs.items():
        if not any(tool in tools for tool in PEERS):
            continue
        height += 26
        text(10, height, title(work), ' font-weight="bold"')
        longest = max(median(work, tool) for tool in tools)
        for tool in tools:
            height += 18
            seconds = median(work, tool)
            kind = "gantry" if tool.startswith("gantry") else "peer" if tool in PEERS else "floor"
            width = max(1, round(460 * seconds / longest))
            text(150, height, tool, ' text-anchor="end"')
            parts.append(f'<rect x="158" y="{height - 11}" width="{width}" height="14" fill="{colours[kind]}"/>')
            text(164 + width, height, f"{seconds:.2f} s")
        height += 8
    with open(chart, "w", encoding="utf-8") as out:
        out.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="700" height="{height + 10}" '
            'font-family="sans-serif" font-size="12">\n'
            '<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
        )


tables()
bars()
draw()
sys.exit(missed)
