# shellcheck shell=bash disable=SC2154
# A bucket as an OCI layout, on an old and a strict service, read back by the aws command and skopeo.

# at_service NAME: the service is in the environment, and URL is a prefix of this check's own.
at_service() {
  [ -e "$WORK/$1/env" ] || skip "no $1: $(tail -n 1 "$WORK/$1.log")"
  # shellcheck source=/dev/null
  . "$WORK/$1/env"
  URL=s3://interop/${T##*/}-$BASHPID
}

# down FOLDER: what the aws command makes of the prefix.
down() {
  rm -rf "$1"
  aws s3 sync --only-show-errors "$URL" "$1"
}

s3_is_read() {
  at_service "$1"
  gantry export "$(from_dir "$2")" "$URL:$(tag_of "$2")"
  down "$T/layout"
  complete "$T/layout" "$(digest_of "$2")"
  skopeo_reads "oci:$T/layout" "$2"
  # And by us, in another form than it was sent in.
  gantry export "$URL:$(tag_of "$2")" "tar:$T/back.tar:$(full_name "$2")"
  gantry export "$(from_dir "$2")" "tar:$T/direct.tar:$(full_name "$2")"
  cmp "$T/back.tar" "$T/direct.tar"
}

s3_is_told_the_types() {
  local digest bucket=interop prefix
  at_service "$1"
  prefix=${URL#s3://interop/}
  gantry export "$(from_dir debian:bookworm)" "$URL:a"
  type_of() { aws s3api head-object --bucket "$bucket" --key "$prefix/$1" --query ContentType --output text; }
  digest=$(digest_of debian:bookworm)
  equal "type of index.json" application/vnd.oci.image.index.v1+json "$(type_of index.json)"
  equal "type of oci-layout" application/vnd.oci.layout.header.v1+json "$(type_of oci-layout)"
  equal "type of the manifest" application/vnd.oci.image.manifest.v1+json "$(type_of "blobs/${digest/://}")"
}

s3_moves_nothing_twice() {
  at_service "$1"
  gantry export "$(from_dir many-layers:1.0)" "$URL:a"
  aws s3 ls --recursive "$URL/" >"$T/before"
  gantry export --json "$(from_dir many-layers:1.0)" "$URL:a" >"$T/json"
  equal "blobs written" 0 "$(jq .blobsWritten "$T/json")"
  aws s3 ls --recursive "$URL/" >"$T/after"
  same_lines "objects and their dates" "$T/before" "$T/after"
}

s3_is_added_to_at_once() {
  local i pids=()
  at_service "$1"
  for i in 1 2 3 4; do
    gantry export "$(from_dir many-layers:1.0)" "$URL:tag-$i" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  down "$T/layout"
  equal "names" "tag-1 tag-2 tag-3 tag-4" "$(tags_in "$T/layout")"
  complete "$T/layout" "$(digest_of many-layers:1.0)"
}

# The first unfinished upload, or None.
uploads() {
  aws s3api list-multipart-uploads --bucket interop --prefix "${URL#s3://interop/}" \
    --query 'Uploads[0].UploadId' --output text
}

# Killed in the middle of a large layer: nothing is seen of it, and the next run clears up and ends.
s3_survives_a_kill() {
  local pid
  at_service "$1"
  # So large that it is still on its way when the aws command has looked.
  large_image "$T/large" 600
  gantry export "$(from_dir many-layers:1.0)" "$URL:old"
  aws s3 cp --only-show-errors "$URL/index.json" "$T/before"
  # Not through the function: what is killed must be Java, which the launcher becomes.
  "$GANTRY" export --quiet "dir:$T/large" "$URL:new" &
  pid=$!
  until [ "$(uploads)" != None ]; do
    kill -0 "$pid" || fail "the export ended before it could be killed"
  done
  kill -KILL "$pid"
  wait "$pid" || true
  aws s3 cp --only-show-errors "$URL/index.json" "$T/after"
  cmp "$T/before" "$T/after"
  gantry export -o stale-upload-days=0 "dir:$T/large" "$URL:new"
  equal "unfinished uploads" None "$(uploads)"
  down "$T/layout"
  equal "names" "new old" "$(tags_in "$T/layout")"
  tidy "$T/layout"
}

# large_image LAYOUT MIB: an image of one layer of that size.
large_image() {
  local config layer manifest
  mkdir -p "$1"
  head -c "${2}M" /dev/zero | openssl enc -aes-128-ctr -pass pass:interop -nosalt -pbkdf2 >"$1/layer"
  layer=$(put_blob "$1" "$1/layer")
  rm "$1/layer"
  printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["%s"]}}' "$layer" >"$1/config"
  config=$(put_blob "$1" "$1/config")
  rm "$1/config"
  jq -cn --argjson config "$(descriptor application/vnd.oci.image.config.v1+json "$1" "$config")" \
    --argjson layer "$(descriptor application/vnd.oci.image.layer.v1.tar "$1" "$layer")" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: [$layer]}' \
    >"$1/manifest"
  manifest=$(put_blob "$1" "$1/manifest")
  rm "$1/manifest"
  descriptor application/vnd.oci.image.manifest.v1+json "$1" "$manifest" | write_index "$1"
}

s3_needs_little_memory() {
  at_service "$1"
  large_image "$T/large" 160
  GANTRY_JAVA_OPTS="${GANTRY_JAVA_OPTS-} -Xmx128m" gantry export "dir:$T/large" "$URL:large"
  GANTRY_JAVA_OPTS="${GANTRY_JAVA_OPTS-} -Xmx128m" gantry export "$URL:large" "dir:$T/back:large"
  complete "$T/back" "$(root_digest "$T/large")"
}

s3_complains() {
  # shellcheck disable=SC2034  # soon uses it; the SDK takes longer to start than a refusal may take else
  local PROCESSOR_SECONDS=15
  at_service "$1"
  refused 1 "$GANTRY" export "$(from_dir many-layers:1.0)" s3://no-such-bucket/a:b
  grep -q 'there is no such bucket' "$T/stderr"
  refused 4 "$GANTRY" export "$URL" "dir:$T/none"
  grep -q 'is no OCI image layout' "$T/stderr"
  refused 1 env AWS_SECRET_ACCESS_KEY=wrong-secret "$GANTRY" export "$(from_dir many-layers:1.0)" "$URL:b"
  grep -q 'the signature is not accepted' "$T/stderr"
  ! grep -q wrong-secret "$T/stderr"
  refused 1 env AWS_ACCESS_KEY_ID=nobody "$GANTRY" export "$(from_dir many-layers:1.0)" "$URL:b"
  grep -q 'the access key is not known' "$T/stderr"
  refused 2 "$GANTRY" export -o endpoint=http://me:hidden@host "$(from_dir many-layers:1.0)" "$URL:b"
  ! grep -q hidden "$T/stderr"
  refused 1 "$GANTRY" export --source-option endpoint=http://127.0.0.1:9 "$URL" "dir:$T/none"
  grep -q 'cannot connect' "$T/stderr"
  nothing_in_bucket
}
nothing_in_bucket() { equal "objects" "" "$(aws s3 ls --recursive "$URL/" || true)"; }

# Only exports that name s3: open its jars.
s3_costs_others_nothing() {
  GANTRY_JAVA_OPTS="-Xlog:class+load:file=$T/classes" gantry export "$(from_dir many-layers:1.0)" "tar:$T/image.tar"
  ! grep -q -e software.amazon -e drivers/ "$T/classes"
  strace -f -e trace=openat -o "$T/opened" "$GANTRY" export --quiet "$(from_dir many-layers:1.0)" "tar:$T/2.tar"
  ! grep drivers/s3 "$T/opened"
}

# start_service NAME: starts it and makes a bucket, unless it has one from before. Why it is not there, if it is not, is in its log.
start_service() {
  mkdir -p "$WORK/$1"
  # Built before, if at all: it takes minutes.
  [ "$1" != versitygw ] || cp "${VERSITYGW_BUILD:-/nonexistent}"/versitygw-* "$WORK/$1/" 2>/dev/null || true
  if ! "$CI/$1" start "$WORK/$1" >"$WORK/$1.log" 2>&1; then
    rm -f "$WORK/$1/env"
    return 0
  fi
  (
    # shellcheck source=/dev/null
    . "$WORK/$1/env"
    aws s3 ls s3://interop >/dev/null 2>&1 || aws s3 mb s3://interop >/dev/null
  )
}

if selected 's3/*' || [[ ${PATTERNS[*]} = *s3* ]]; then
  for service in versitygw radosgw; do
    start_service "$service"
    for image in debian:bookworm multi:1.0 nested:1.0 docker:1.0; do
      check "s3/$service/${image%:*}" s3_is_read "$service" "$image"
    done
    check "s3/$service/types" s3_is_told_the_types "$service"
    check "s3/$service/nothing-twice" s3_moves_nothing_twice "$service"
    check "s3/$service/four-processes-at-once" s3_is_added_to_at_once "$service"
    check "s3/$service/kill" s3_survives_a_kill "$service"
    check "s3/$service/little-memory" s3_needs_little_memory "$service"
    check "s3/$service/complaints" s3_complains "$service"
    "$CI/$service" stop "$WORK/$service" || true
  done
  check s3/others-pay-nothing s3_costs_others_nothing
fi
