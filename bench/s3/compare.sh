#!/usr/bin/env bash
# Uploads image layouts with gantry and with the tools that people would use instead, to one and the
# same service, one after the other in turns, and prints tables in Markdown.
#
#   bench/s3/compare.sh [ROUNDS]            5 if not given
#
# Needs mvn, java, python3, aws, rclone, time, and the service: the one that AWS_ENDPOINT_URL_S3, the
# AWS_* credentials and AWS_REGION say, or else a versitygw of its own, on tmpfs, built with Go.
#
#   BENCH_BUCKET    the bucket, made if it is missing; default gantry-bench
#   BENCH_WORK      where the layouts are made and kept, 6 GB; default /tmp/gantry-bench
#   BENCH_GANTRY    the gantry to measure; default the distribution of this tree, built first
#   VGW_ACCESS_LOG  the access log of a service that was given, which is what requests are counted in
set -euo pipefail
cd "$(dirname "$0")"

ROUNDS=${1-5}
BUCKET=${BENCH_BUCKET-gantry-bench}
WORK=${BENCH_WORK-/tmp/gantry-bench}
GANTRY=${BENCH_GANTRY-}
PEERS=(aws rclone transfer-manager)
LOST=0
mkdir -p "$WORK"

say() { printf '%s\n' "$*" >&2; }

prepare() {
  local shape command
  for command in mvn java python3 aws rclone; do
    command -v "$command" >/dev/null || { say "compare.sh: $command is missing"; exit 1; }
  done
  [ -x /usr/bin/time ] || { say "compare.sh: /usr/bin/time is missing, Debian package time"; exit 1; }
  for shape in 200x1 4x256 1x4096; do
    if [ ! -d "$WORK/$shape" ]; then
      say "making $WORK/$shape"
      rm -rf "$WORK/part"
      python3 layout.py "$WORK/part" "${shape%x*}" "${shape#*x}"
      mv "$WORK/part" "$WORK/$shape"
    fi
  done
  if [ -z "$GANTRY" ]; then
    (cd ../.. && mvn -B -ntp -q -Dmaven.test.skip=true -pl cli -am package) >&2
    GANTRY=$(realpath ../../cli/target/gantry-*/bin/gantry)
  fi
  mvn -B -ntp -q -f transfer-manager/pom.xml dependency:copy-dependencies -DoutputDirectory="$WORK/tm/lib" >&2
  javac -d "$WORK/tm/classes" -cp "$WORK/tm/lib/*" transfer-manager/Upload.java
  if [ -z "${AWS_ENDPOINT_URL_S3-}" ]; then
    local server=/dev/shm/gantry-bench-$$
    export VERSITYGW_PORT=17273 VGW_ACCESS_LOG=$server/access.log
    # shellcheck disable=SC2064  # the folder of now
    trap "../../.ci/versitygw stop $server; rm -rf $server" EXIT
    ../../.ci/versitygw build "$WORK/server"
    mkdir -p "$server" && cp "$WORK"/server/versitygw-* "$server"
    ../../.ci/versitygw start "$server"
    # shellcheck source=/dev/null
    . "$server/env"
  fi
  aws s3api head-bucket --bucket "$BUCKET" 2>/dev/null || aws s3 mb "s3://$BUCKET" >&2
}

# upload CLIENT SHAPE PREFIX: the command, run instead of this shell.
upload() {
  local from=$WORK/$2 to=$BUCKET/$3
  case $1 in
    gantry) exec "$GANTRY" export -q "dir:$from" "s3://$to" ;;
    aws) exec aws s3 cp --recursive --only-show-errors "$from" "s3://$to" ;;
    # As many files at a time as gantry has; its 4 parts of a file at a time are as many connections.
    rclone)
      exec env -u AWS_CA_BUNDLE rclone copy --config= --transfers 8 --s3-provider Other --s3-env-auth \
        --s3-endpoint "$AWS_ENDPOINT_URL_S3" --s3-region "$AWS_REGION" --s3-force-path-style --s3-no-check-bucket \
        "$from" ":s3:$to" ;;
    transfer-manager) exec java -cp "$WORK/tm/lib/*:$WORK/tm/classes" Upload "$from" "$BUCKET" "$3" ;;
  esac
}
export -f upload
export WORK BUCKET GANTRY

remove() { aws s3 rm --recursive --only-show-errors "s3://$BUCKET/$1"; }

# measure CLIENT SHAPE: uploads to an empty prefix; prints seconds, those of CPU (user, system) and KiB.
measure() {
  local prefix=gantry-bench-$1-$2
  remove "$prefix"
  sync
  /usr/bin/time -o "$WORK/time" -f '%e %U %S %M' bash -c "upload $1 $2 $prefix" >&2
  tail -n 1 "$WORK/time"
  remove "$prefix"
}

# compare SHAPE: every client in turns, the first of a round another one each time.
compare() {
  local round i client results=$WORK/results-$1 all=(gantry "${PEERS[@]}")
  : >"$results"
  for ((round = 0; round < ROUNDS; round++)); do
    for ((i = 0; i < ${#all[@]}; i++)); do
      client=${all[(round + i) % ${#all[@]}]}
      say "$1, round $((round + 1)) of $ROUNDS: $client"
      printf '%s %s %s\n' "$round" "$client" "$(measure "$client" "$1")" >>"$results"
    done
  done
  python3 report.py "$1" "$results" || LOST=1
}

# requests SINCE: what the service was asked after that line of its log, counted by kind.
requests() { tail -n "+$(($1 + 1))" "$VGW_ACCESS_LOG" | awk '{ print $8 }' | sort | uniq -c; }
log_lines() { wc -l <"$VGW_ACCESS_LOG"; }

# check WHAT VALUE LIMIT: a bar to stay under.
check() {
  local verdict=reached
  [ "$2" -le "$3" ] || { verdict='**missed**'; LOST=1; }
  printf '| %s | %s | ≤ %s | %s |\n' "$1" "$2" "$3" "$verdict"
}

count_requests() {
  local prefix=gantry-bench-requests since new again puts
  if [ ! -r "${VGW_ACCESS_LOG-}" ]; then
    printf '\nRequests: not counted, as VGW_ACCESS_LOG names no log.\n'
    return 0
  fi
  remove "$prefix"
  since=$(log_lines); (upload gantry 200x1 "$prefix"); sleep 1; new=$(requests "$since")
  since=$(log_lines); (upload gantry 200x1 "$prefix"); sleep 1; again=$(requests "$since")
  remove "$prefix"
  puts=$(awk '/PutObject/ { print $1 }' <<<"$again")
  # shellcheck disable=SC2016  # the quotes are those of Markdown
  printf '\n```\nnew export of 202 blobs:\n%s\nthe same export again:\n%s\n```\n\n' "$new" "$again"
  printf '| requests | found | bar | |\n| --- | --- | --- | --- |\n'
  check 'of a new export of 202 blobs, beside the LIST' "$(awk '!/ListObjects/ { n += $1 } END { print n }' <<<"$new")" 404
  check 'of an unchanged export' "$(awk '{ n += $1 } END { print n }' <<<"$again")" 9
  # The probe for conditions is the one PutObject, of oci-layout, and is refused.
  check 'of these, PutObject, the refused probe included' "${puts:-0}" 1
}

little_memory() {
  local prefix=gantry-bench-memory
  remove "$prefix"
  export GANTRY_JAVA_OPTS=-Xmx128m
  /usr/bin/time -o "$WORK/time" -f '%e %U %S %M' bash -c "upload gantry 1x4096 $prefix"
  unset GANTRY_JAVA_OPTS
  read -r wall _ _ memory < <(tail -n 1 "$WORK/time")
  # shellcheck disable=SC2016
  printf '\nOne layer of 4 GiB with `-Xmx128m`: %s s, peak RSS %s MiB.\n' "$wall" $((memory / 1024))
  remove "$prefix"
}

prepare
printf 'Machine: %s × %s, %s, %s; load %s before.\n' "$(nproc)" \
  "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(free -h --si | awk '/Mem/ { print $2 }')" \
  "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
printf 'Versions: %s; %s; %s; transfer manager %s; %s.\n' "$("$GANTRY" --version | head -n 1)" \
  "$(aws --version | cut -d ' ' -f 1)" "$(rclone version | head -n 1)" \
  "$(sed -n '/s3-transfer-manager/,/version/s/.*<version>\(.*\)<.*/\1/p' transfer-manager/pom.xml)" "$(java -version 2>&1 | sed -n 2p)"
compare 200x1
compare 4x256
count_requests
little_memory
printf '\nLoad %s after.\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
exit "$LOST"
