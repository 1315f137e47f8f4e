#!/usr/bin/env bash
# Copies the same images with gantry, with other tools and with cp and tar, one after the other in
# turns, prints tables in Markdown and draws docs/benchmarks.svg.
#
#   bench/compare.sh [ROUNDS]               5 if not given
#
# Needs mvn, java, python3, openssl, skopeo and time. regctl and oras are measured too if they are in
# BENCH_PEERS or on the PATH, or can be built with Go.
#
#   BENCH_WORK      where images are made and kept, and copied to: 3 GB, with BENCH_LARGE 12 GB, on tmpfs
#                   if the disk is not to be measured; default /tmp/gantry-bench-images
#   BENCH_LARGE     set, also 3 GB in 12 layers, one layer of 2 GB and 100,000 blobs
#   BENCH_GANTRY    the gantry to measure; default the distribution of this tree, built first
#   BENCH_PEERS     a folder with regctl and oras; default one in BENCH_WORK
#   BENCH_CHART     where the chart goes; default docs/benchmarks.svg
set -euo pipefail
cd "$(dirname "$0")"

ROUNDS=${1-5}
WORK=${BENCH_WORK-/tmp/gantry-bench-images}
GANTRY=${BENCH_GANTRY-}
PEERS=${BENCH_PEERS-$WORK/peers}
CHART=${BENCH_CHART-../docs/benchmarks.svg}
JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
RESULTS=$WORK/results
mkdir -p "$WORK/tmp"

# The arguments of make.py: images, layers of each, bytes of a layer.
declare -A SHAPES=(
  [smallest]='1 1 1024'
  [12x25MB]='1 12 25000000'
  [12x250MB]='1 12 250000000'
  [1x500MB]='1 1 500000000'
  [1x2GB]='1 1 2000000000'
  [4x250MB]='1 4 250000000'
  [100x1-4KB]='4 25 900 3900'
  [10000x1-4KB]='400 25 900 3900'
  [100000x1-4KB]='4000 25 900 3900'
)

say() { printf '%s\n' "$*" >&2; }

# note KIND VALUE...: a line for report.py.
note() { local IFS=$'\t'; printf '%s\n' "$*" >>"$RESULTS"; }

prepare() {
  local command
  for command in mvn java python3 openssl skopeo; do
    command -v "$command" >/dev/null || { say "compare.sh: $command is missing"; exit 1; }
  done
  [ -x /usr/bin/time ] || { say "compare.sh: /usr/bin/time is missing, Debian package time"; exit 1; }
  if [ -z "$GANTRY" ]; then
    (cd .. && mvn -B -ntp -q -Dmaven.test.skip=true -pl cli -am package) >&2
    GANTRY=$(realpath ../cli/target/gantry-*/bin/gantry)
  fi
  # Makes its class-data archive before it is measured.
  "$GANTRY" --version >/dev/null
  GANTRIES=(gantry)
  ! "$GANTRY" export --help | grep -e --no-sync >/dev/null || GANTRIES+=('gantry --no-sync')
  PATH=$PEERS:$PATH
  peer regctl github.com/regclient/regclient/cmd/regctl@v0.11.7
  peer oras oras.land/oras/cmd/oras@v1.3.6
  mkdir -p "$WORK/empty"
  printf 'class Empty { public static void main(String[] words) {} }\n' >"$WORK/empty/Empty.java"
  "${JAVA}c" -d "$WORK/empty" "$WORK/empty/Empty.java"
  : >"$RESULTS"
}

# peer NAME PACKAGE: builds it if it is not here and if there is Go.
peer() {
  command -v "$1" >/dev/null && return
  command -v go >/dev/null || { say "without $1, as there is no Go to build it"; return 0; }
  say "building $1"
  mkdir -p "$PEERS"
  GOBIN=$(realpath "$PEERS") CGO_ENABLED=0 go install "$2" || say "without $1, which cannot be built"
}

# make SHAPE: the layout, unless it is there, and in any case in memory.
make() {
  # shellcheck disable=SC2086  # several arguments
  if [ ! -d "$WORK/$1" ]; then
    say "making $WORK/$1"
    rm -rf "$WORK/part"
    python3 make.py "$WORK/part" ${SHAPES[$1]}
    mv "$WORK/part" "$WORK/$1"
  fi
  find "$WORK/$1" -type f -exec cat {} + >/dev/null
}

# copy TOOL SHAPE TARGET: the command, run instead of this shell where nothing is behind it.
copy() {
  local from=$WORK/$2 to=$WORK/out sync=
  [ "$1" != 'gantry --no-sync' ] || sync=--no-sync
  case $1:$3 in
    gantry*:stdout) "$GANTRY" export -q $sync "dir:$from" tar:- | cat >/dev/null ;;
    gantry*) exec "$GANTRY" export -q $sync "dir:$from" "$3:$to" ;;
    skopeo:dir) exec skopeo --insecure-policy copy -q --all "oci:$from:latest" "oci:$to:latest" ;;
    skopeo:tar) exec skopeo --insecure-policy copy -q --all "oci:$from:latest" "oci-archive:$to:latest" ;;
    regctl:dir) exec regctl image copy "ocidir://$from:latest" "ocidir://$to:latest" ;;
    regctl:tar) exec regctl image export "ocidir://$from:latest" "$to" ;;
    regctl:stdout) regctl image export "ocidir://$from:latest" | cat >/dev/null ;;
    oras:dir) exec oras cp --no-tty --from-oci-layout "$from:latest" --to-oci-layout "$to:latest" ;;
    cp:*) exec cp -r "$from" "$to" ;;
    tar:tar) exec tar -C "$from" -cf "$to" . ;;
    tar:stdout) tar -C "$from" -cf - . | cat >/dev/null ;;
    'java, empty main':*) exec "$JAVA" -cp "$WORK/empty" Empty ;;
    *) echo "compare.sh: $1 cannot write to $3" >&2; exit 1 ;;
  esac
}
export -f copy

clear_output() { rm -rf "$WORK/out" "$WORK/tmp"; mkdir "$WORK/tmp"; }

# measure TOOL SHAPE TARGET: prints seconds, those of CPU (user, system) and KiB.
measure() {
  local began ended
  clear_output
  sync -f "$WORK"
  # A hundredth of a second, which is what time has, is too much of a start.
  began=${EPOCHREALTIME/./}
  TMPDIR=$WORK/tmp /usr/bin/time -o "$WORK/time" -f '%U\t%S\t%M' bash -o pipefail -c 'copy "$@"' copy "$@" \
    >"$WORK/said" 2>&1 || { cat "$WORK/said" >&2; say "$* failed"; exit 1; }
  ended=${EPOCHREALTIME/./}
  printf '%d.%06d\t%s\n' $(((ended - began) / 1000000)) $(((ended - began) % 1000000)) "$(tail -n 1 "$WORK/time")"
}

# hash_rate: bytes of SHA-256 in a second on one processor, as busy as it is now.
hash_rate() { openssl speed -elapsed -mr -seconds 1 -bytes 65536 -evp sha256 2>/dev/null | sed -n 's/^+F:.*://p'; }

# compare SHAPE TARGET TOOL...: every tool in turns, the first of a round another one each time.
compare() {
  local shape=$1 target=$2 tools=() tool round i; shift 2
  for tool; do
    # Those that are here.
    [[ $tool != regctl && $tool != oras ]] || command -v "$tool" >/dev/null || continue
    tools+=("$tool")
  done
  make "$shape"
  note size "$shape" "$(find "$WORK/$shape" -type f -printf '%s\n' | awk '{ n += $1 } END { print n, NR - 2 }' OFS='\t')"
  for ((round = 0; round < ROUNDS; round++)); do
    note hash "$shape" "$target" "$round" "$(hash_rate)"
    for ((i = 0; i < ${#tools[@]}; i++)); do
      tool=${tools[(round + i) % ${#tools[@]}]}
      say "$shape to $target, round $((round + 1)) of $ROUNDS: $tool"
      note run "$shape" "$target" "$round" "$tool" "$(measure "$tool" "$shape" "$target")"
    done
  done
}

# who_verifies: which tools refuse a layer in which some bytes are others.
who_verifies() {
  local layer pair verdict
  make smallest
  rm -rf "$WORK/damaged"
  cp -r "$WORK/smallest" "$WORK/damaged"
  layer=$(find "$WORK/damaged/blobs" -type f -printf '%s %p\n' | sort -n | sed -n '$s/^[0-9]* //p')
  printf damaged | dd of="$layer" bs=1 seek=500 conv=notrunc status=none
  for pair in gantry:tar gantry:dir skopeo:tar skopeo:dir regctl:tar regctl:dir oras:dir cp:dir tar:tar; do
    command -v "${pair%:*}" >/dev/null || [ "${pair%:*}" = gantry ] || continue
    clear_output
    verdict=yes
    ! (TMPDIR=$WORK/tmp copy "${pair%:*}" damaged "${pair#*:}") >/dev/null 2>&1 || verdict=no
    note verifies "${pair%:*}" "${pair#*:}" "$verdict"
  done
}

versions() {
  "$GANTRY" --version | head -n 1
  "$JAVA" -version 2>&1 | sed -n 2p
  skopeo --version
  ! command -v regctl >/dev/null || regctl version --format 'regctl {{println .VCSTag}}'
  ! command -v oras >/dev/null || oras version | sed -n 's/^Version: */oras /p'
  cp --version | head -n 1
  tar --version | head -n 1
  openssl version | cut -d " " -f 1-2
}

prepare
export GANTRY WORK JAVA PATH
printf 'Machine: %s × %s, %s, %s; %s on %s; load %s before.\n\n' "$(nproc)" \
  "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(free -h --si | awk '/Mem/ { print $2 }')" \
  "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" "Linux $(uname -r | cut -d - -f 1)" \
  "$(stat -f -c %T "$WORK")" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
printf 'Versions: %s.\n' "$(versions | paste -sd ';' | sed 's/;/; /g')"

who_verifies
compare smallest dir "${GANTRIES[@]}" skopeo regctl oras 'java, empty main'
large=(1x500MB) many=(100x1-4KB)
if [ -n "${BENCH_LARGE-}" ]; then
  large=(12x250MB 1x2GB) many+=(100000x1-4KB)
fi
for shape in 12x25MB "${large[@]}" 10000x1-4KB; do
  compare "$shape" tar "${GANTRIES[@]}" skopeo regctl cp tar
  compare "$shape" dir "${GANTRIES[@]}" skopeo regctl oras cp
done
for shape in "${many[@]}"; do
  compare "$shape" tar "${GANTRIES[@]}"
  compare "$shape" dir "${GANTRIES[@]}"
done
compare 4x250MB stdout gantry regctl tar
clear_output
printf '\nLoad %s after.\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
python3 report.py "$RESULTS" "$(nproc)" "$CHART"
