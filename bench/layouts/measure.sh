#!/usr/bin/env bash
# Measures reading a layout of 10, 1,000 and 10,000 images, and an archive with a sparse layer of 20 GiB,
# and prints a table in Markdown: seconds, processor seconds and peak memory of whole commands.
#
#   bench/layouts/measure.sh [ROUNDS]       3 if not given
#
# Needs mvn, java, python3 and time; 30 MB in BENCH_WORK, default /tmp/gantry-bench-layouts.
#
#   BENCH_GANTRY    the gantry to measure; default the distribution of this tree, built first
set -euo pipefail
cd "$(dirname "$0")"

ROUNDS=${1-3}
WORK=${BENCH_WORK-/tmp/gantry-bench-layouts}
mkdir -p "$WORK"
if [ -z "${BENCH_GANTRY-}" ]; then
  (cd ../.. && mvn -B -ntp -q -Dmaven.test.skip=true -pl cli -am package) >&2
  BENCH_GANTRY=$(realpath ../../cli/target/gantry-*/bin/gantry)
fi

for entries in 10 1000 10000; do
  [ -d "$WORK/$entries" ] || { python3 make.py layout "$WORK/part" "$entries"; mv "$WORK/part" "$WORK/$entries"; }
done
[ -e "$WORK/huge.tar" ] || { python3 make.py archive "$WORK/part.tar" 20; mv "$WORK/part.tar" "$WORK/huge.tar"; }

# median EXPRESSION: of the times of all rounds.
median() { awk "{ print $1 }" "$WORK/times" | sort -n | sed -n "$(((ROUNDS + 1) / 2))p"; }

# row WHAT ARGUMENT...: one line of the table, the medians of all rounds.
row() {
  local what=$1 round; shift
  rm -f "$WORK/times"
  for ((round = 0; round < ROUNDS; round++)); do
    rm -rf "$WORK/out" "$WORK/out.tar"
    /usr/bin/time -a -o "$WORK/times" -f '%e %U %S %M' "$BENCH_GANTRY" "$@" >/dev/null 2>"$WORK/stderr" ||
      { cat "$WORK/stderr" >&2; exit 1; }
  done
  # shellcheck disable=SC2016  # awk's, not the shell's
  printf '| %s | %s | %s | %s |\n' "$what" "$(median '$1')" "$(median '$2 + $3')" "$(median 'int($4 / 1024)')"
}

"$BENCH_GANTRY" --version >/dev/null
printf '%s, %s × %s, load %s\n\n' "$(date +%F)" "$(nproc)" \
  "$(sed -n 's/^model name\t*: //p' /proc/cpuinfo | head -n 1)" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
printf '| command | seconds | processor seconds | peak MiB |\n| --- | --- | --- | --- |\n'
for entries in 10 1000 10000; do
  row "inspect, $entries images" inspect "dir:$WORK/$entries"
  row "export one of $entries images to an archive" export "dir:$WORK/$entries:image-7" "tar:$WORK/out.tar"
  row "export one of $entries images with referrers" export --referrers "dir:$WORK/$entries:image-7" "dir:$WORK/out"
done
row "inspect, archive of 20 GiB" inspect "tar:$WORK/huge.tar"
row "export a small image of an archive of 20 GiB" export "tar:$WORK/huge.tar:image-1" "dir:$WORK/out"
