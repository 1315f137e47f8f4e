#!/usr/bin/env bash
# Prints where one export spends its processor time: on which threads, and in what.
#
#   bench/profile.sh SHAPE [TARGET]      smallest, 12x25MB, 1x500MB or 10000x1-4KB; tar or dir, if not given
#
# Needs what compare.sh has made in BENCH_WORK, and fetches async-profiler with Maven.
#
#   BENCH_WORK      as of compare.sh; default /tmp/gantry-bench-images
#   BENCH_GANTRY    the gantry to look at; default the distribution of this tree
set -euo pipefail
cd "$(dirname "$0")"

SHAPE=$1
TARGET=${2-dir}
WORK=${BENCH_WORK-/tmp/gantry-bench-images}
GANTRY=${BENCH_GANTRY-$(realpath ../cli/target/gantry-*/bin/gantry)}
PROFILER=4.0

[ -d "$WORK/$SHAPE" ] || { echo "profile.sh: there is no $WORK/$SHAPE; compare.sh makes it" >&2; exit 1; }
library=$WORK/async-profiler/linux-x64/libasyncProfiler.so
if [ ! -e "$library" ]; then
  mvn -B -ntp -q dependency:copy "-Dartifact=tools.profiler:async-profiler:$PROFILER" "-DoutputDirectory=$WORK/async-profiler" >&2
  (cd "$WORK/async-profiler" && unzip -qo "async-profiler-$PROFILER.jar" 'linux-x64/*')
fi
"$GANTRY" --version >/dev/null
rm -rf "$WORK/profiled" "$WORK/profile"
GANTRY_JAVA_OPTS="-agentpath:$library=start,event=itimer,interval=1ms,threads,collapsed,file=$WORK/profile" \
  "$GANTRY" export -q --no-sync "dir:$WORK/$SHAPE" "$TARGET:$WORK/profiled" >/dev/null
rm -rf "$WORK/profiled"
python3 - "$WORK/profile" <<'PYTHON'
import collections
import re
import sys

WHAT = [
    ("hashing", "sha256|sha512|MessageDigest|DigestBase"),
    ("reading and writing files", "pread|__GI_write|pwrite|FileDispatcherImpl|sendfile"),
    ("opening, naming and asking for files", "libc_open|statx|rename|mkdir|unlink|__close|UnixNativeDispatcher|__access"),
    ("arguments (picocli)", "picocli"),
    ("manifests (JSON)", "tools/jackson|OciJson|JsonTree"),
    ("the plan", "export/Planner|export/ImageWalker"),
    ("looking for drivers", "DriverRegistry|ProviderScan|ServiceLoader"),
    ("handing over between threads", "futex|pthread_cond|park|notify"),
]
threads, parts, total = collections.Counter(), collections.Counter(), 0
for line in open(sys.argv[1], encoding="utf-8"):
    stack, count = line.rsplit(" ", 1)
    # What picocli calls is not picocli.
    inner = stack.split("ExportCommand.call;")[-1]
    thread = re.sub(r"[-0-9]* tid=.*|[\[\]]", "", stack.split(";", 1)[0]).strip()
    thread = {"C2 CompilerThre": "the second compiler", "C1 CompilerThre": "the first compiler"}.get(thread, thread)
    total += int(count)
    threads[thread] += int(count)
    if "compiler" in thread:
        parts["compilers"] += int(count)
    else:
        parts[next((name for name, of in WHAT if re.search(of, inner)), "all else, of which most is the JVM")] += int(count)
for title, counted in ("thread", threads), ("what", parts):
    print(f"\n| {title} | % of processor time |\n| --- | --- |")
    for name, count in counted.most_common():
        if count * 100 >= total:
            print(f"| {name} | {count * 100 / total:.0f} |")
PYTHON
