#!/usr/bin/env bash
# Copies the same images with gantry, with other tools and with cp and tar, one after the other in
# turns, prints tables in Markdown and draws docs/benchmarks.svg.
#
#   bench/compare.sh [ROUNDS]               5 if not given
#
# Needs mvn, java, python3, openssl, skopeo and time. regctl and oras are measured too if they are in
# BENCH_PEERS or on the PATH, or can be built with Go; oras-java and jib-core if Maven can fetch them; ctr
# if root can start a containerd. What is not measured is said.
#
#   BENCH_WORK      where images are made and kept, and copied to: 4 GB, with BENCH_LARGE 12 GB, on tmpfs
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
# An image's name, where it needs a full one.
NAME=docker.io/library/bench:latest
# Of containerd, the content store and the socket.
CONTENT=
SOCKET=
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
  java_peer oras-java
  java_peer jib-core
  start_containerd
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

# java_peer NAME: the library of that name, with the program around it.
java_peer() {
  local folder
  folder=$(realpath "$WORK")/java/$1
  rm -rf "$folder"
  say "building $1"
  if ! mvn -B -ntp -q -f "peers/$1/pom.xml" dependency:copy-dependencies -DoutputDirectory="$folder/lib" >&2 ||
    ! "${JAVA}c" -d "$folder/classes" -cp "$folder/lib/*" "peers/$1"/*.java; then
    say "without $1, which cannot be built"
    rm -rf "$folder"
  fi
}

start_containerd() {
  if [ "$(id -u)" -ne 0 ] || ! command -v containerd >/dev/null || ! command -v ctr >/dev/null; then
    say "without ctr, as there is no containerd or no root to start it"
    return 0
  fi
  rm -rf "$WORK/containerd"
  if CONTENT=$(../.ci/containerd start "$WORK/containerd"); then
    SOCKET=$(../.ci/containerd socket "$WORK/containerd")
    trap '../.ci/containerd stop "$WORK/containerd"; rm -rf "$WORK/containerd"' EXIT
  else
    say "without ctr, as containerd does not start"
  fi
}

# is_here TOOL: whether it can be measured.
is_here() {
  case $1 in
    gantry* | java*) ;;
    oras-java | jib-core) [ -d "$WORK/java/$1/classes" ] ;;
    ctr) [ -n "$SOCKET" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
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

# make_archive SHAPE: an archive of it, too.
make_archive() { "$GANTRY" export -q --overwrite --no-sync "dir:$WORK/$1" "tar:$WORK/$1.tar:$NAME"; }

# fill_store SHAPE: the store of containerd has its image, and no other of that name.
fill_store() {
  tar -C "$WORK/$1" -cf "$WORK/import.tar" .
  ctr -a "$SOCKET" images import --no-unpack --all-platforms --base-name "${NAME%:*}" "$WORK/import.tar" >/dev/null
  rm "$WORK/import.tar"
}

# copy TOOL SHAPE TARGET: the command, run instead of this shell where nothing is behind it.
copy() {
  local from=$WORK/$2 to=$WORK/out sync=
  [ "$1" != 'gantry --no-sync' ] || sync=--no-sync
  # With what gantry's launcher asks of Java, but for the archive of its classes and the size of what is young.
  local java=("$JAVA" -XX:+UseSerialGC -XX:-UsePerfData -Djava.io.tmpdir="$WORK/tmp"
    -cp "$WORK/java/$1/lib/*:$WORK/java/$1/classes")
  case $1:$3 in
    gantry*:archive) exec "$GANTRY" export -q $sync "tar:$from.tar" "tar:$to" ;;
    skopeo:archive) exec skopeo --insecure-policy copy -q --all "oci-archive:$from.tar" "oci-archive:$to:latest" ;;
    jib-core:archive) exec "${java[@]}" JibCopy "$from.tar" "$to" "$NAME" "$WORK/tmp/cache" ;;
    cp:archive) exec cp "$from.tar" "$to" ;;
    gantry*:store) exec "$GANTRY" export -q $sync "store:$CONTENT@$(grep -o 'sha256:[0-9a-f]*' "$from/index.json")" "tar:$to:$NAME" ;;
    ctr:store) exec ctr -a "$SOCKET" images export --all-platforms "$to" "$NAME" ;;
    gantry*:stdout) "$GANTRY" export -q $sync "dir:$from" tar:- | cat >/dev/null ;;
    gantry*) exec "$GANTRY" export -q $sync "dir:$from" "$3:$to" ;;
    skopeo:dir) exec skopeo --insecure-policy copy -q --all "oci:$from:latest" "oci:$to:latest" ;;
    skopeo:tar) exec skopeo --insecure-policy copy -q --all "oci:$from:latest" "oci-archive:$to:latest" ;;
    regctl:dir) exec regctl image copy "ocidir://$from:latest" "ocidir://$to:latest" ;;
    regctl:tar) exec regctl image export "ocidir://$from:latest" "$to" ;;
    regctl:stdout) regctl image export "ocidir://$from:latest" | cat >/dev/null ;;
    oras:dir) exec oras cp --no-tty --from-oci-layout "$from:latest" --to-oci-layout "$to:latest" ;;
    oras-java:dir) exec "${java[@]}" OrasCopy "$from" "$to" ;;
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
    ! is_here "$tool" || tools+=("$tool")
  done
  make "$shape"
  case $target in
    archive) make_archive "$shape" ;;
    store) fill_store "$shape" ;;
  esac
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
  local layer pair pairs verdict
  make smallest
  make_archive smallest
  rm -rf "$WORK/damaged"
  cp -r "$WORK/smallest" "$WORK/damaged"
  layer=$(find "$WORK/damaged/blobs" -type f -printf '%s %p\n' | sort -n | sed -n '$s/^[0-9]* //p')
  printf damaged | dd of="$layer" bs=1 seek=500 conv=notrunc status=none
  # By its index an archive for some, by its manifest.json for jib-core.
  tar -C "$WORK/damaged" -xf "$WORK/smallest.tar" manifest.json
  tar -C "$WORK/damaged" -cf "$WORK/damaged.tar" oci-layout index.json manifest.json blobs
  pairs=(gantry:tar gantry:dir gantry:archive skopeo:tar skopeo:dir skopeo:archive regctl:tar regctl:dir
    oras:dir oras-java:dir jib-core:archive cp:dir tar:tar)
  if is_here ctr; then
    fill_store smallest
    cp "$layer" "$CONTENT/blobs/sha256/${layer##*/}"
    pairs+=(gantry:store ctr:store)
  fi
  for pair in "${pairs[@]}"; do
    is_here "${pair%:*}" || continue
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
  find "$WORK"/java/oras-java/lib/oras-java-* "$WORK"/java/jib-core/lib/jib-core-* -printf '%f\n' 2>/dev/null |
    sed 's/\.jar$//; s/\(.*\)-/\1 /'
  ! is_here ctr || ctr --version | sed 's/ github[^ ]*/ of containerd/'
  cp --version | head -n 1
  tar --version | head -n 1
  openssl version | cut -d " " -f 1-2
}

prepare
export GANTRY WORK JAVA NAME CONTENT SOCKET PATH
printf 'Machine: %s × %s, %s, %s; %s on %s; load %s before.\n\n' "$(nproc)" \
  "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(free -h --si | awk '/Mem/ { print $2 }')" \
  "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" "Linux $(uname -r | cut -d - -f 1)" \
  "$(stat -f -c %T "$WORK")" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
printf 'Versions: %s.\n' "$(versions | paste -sd ';' | sed 's/;/; /g')"

who_verifies
compare smallest dir "${GANTRIES[@]}" skopeo regctl oras oras-java 'java, empty main'
large=(1x500MB) many=(100x1-4KB)
if [ -n "${BENCH_LARGE-}" ]; then
  large=(12x250MB 1x2GB) many+=(100000x1-4KB)
fi
for shape in 12x25MB "${large[@]}" 10000x1-4KB; do
  compare "$shape" tar "${GANTRIES[@]}" skopeo regctl cp tar
  java=(oras-java)
  # It copies no index: its stack overflows.
  [ "$shape" != 10000x1-4KB ] || java=()
  compare "$shape" dir "${GANTRIES[@]}" skopeo regctl oras "${java[@]}" cp
done
for shape in "${many[@]}"; do
  compare "$shape" tar "${GANTRIES[@]}"
  compare "$shape" dir "${GANTRIES[@]}"
done
compare 4x250MB stdout gantry regctl tar
compare 12x25MB archive "${GANTRIES[@]}" skopeo jib-core cp
! is_here ctr || for shape in 12x25MB 10000x1-4KB; do compare "$shape" store "${GANTRIES[@]}" ctr; done
clear_output
printf '\nLoad %s after.\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
python3 report.py "$RESULTS" "$(nproc)" "$CHART"
