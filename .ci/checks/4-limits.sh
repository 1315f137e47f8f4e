# shellcheck shell=bash disable=SC2154
# Blobs far larger than the heap, and exports that are cut short.

# zeros_layout LAYOUT SIZE: an image with one layer of that many zero bytes, which is an empty tar
# file. On disk it is a hole.
zeros_layout() {
  local digest config
  [ ! -e "$1" ] || return 0
  mkdir -p "$1/blobs/sha256"
  truncate -s "$2" "$1/layer"
  digest=sha256:$(openssl dgst -sha256 -r "$1/layer" | cut -d ' ' -f 1)
  mv "$1/layer" "$(blob "$1" "$digest")"
  jq -cn --arg digest "$digest" \
    '{architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: [$digest]}}' >"$1/config"
  config=$(put_blob "$1" "$1/config")
  jq -cn --argjson config "$(descriptor application/vnd.oci.image.config.v1+json "$1" "$config")" \
    --argjson layer "$(descriptor application/vnd.oci.image.layer.v1.tar "$1" "$digest")" \
    '{schemaVersion: 2, config: $config, layers: [$layer]}' >"$1/manifest"
  descriptor application/vnd.oci.image.manifest.v1+json "$1" "$(put_blob "$1" "$1/manifest")" | write_index "$1"
}

FOUR_GIB=$((4 << 30))
OVER_EIGHT_GIB=$(((8 << 30) + 1))
four_gib_image() { zeros_layout "$WORK/four" "$FOUR_GIB"; }
eight_gib_image() { zeros_layout "$WORK/eight" "$OVER_EIGHT_GIB"; }
layer_of() { jq -r '.layers[0].digest' "$(blob "$1" "$(root_digest "$1")")"; }

# The layer comes out of the other end with the same digest.
four_gib_through_a_pipe() {
  local layer
  four_gib_image
  layer=$(layer_of "$WORK/four")
  GANTRY_JAVA_OPTS=$SMALL_HEAP gantry export "dir:$WORK/four" tar:- \
    | tar -xOf - "blobs/${layer/://}" | openssl dgst -sha256 -r >"$T/digest"
  equal "digest of the layer" "$layer" "sha256:$(cut -d ' ' -f 1 "$T/digest")"
}

four_gib_into_a_file() {
  local free; free=$(df --output=avail -B1 "$T" | tail -n 1)
  [ "$free" -gt $((FOUR_GIB + (2 << 30))) ] || skip "not enough room in ${WORK%/*}"
  four_gib_image
  GANTRY_JAVA_OPTS=$SMALL_HEAP gantry export "dir:$WORK/four" "tar:$T/four.tar"
  ends_with_two_zero_blocks "$T/four.tar"
  tar --numeric-owner -tvf "$T/four.tar" | grep -q " $FOUR_GIB "
}

# Past 8 GiB - 1 the size does not fit into a plain tar header.
nine_digits_of_octal_are_not_enough() {
  local layer
  eight_gib_image
  layer=$(layer_of "$WORK/eight")
  GANTRY_JAVA_OPTS=$SMALL_HEAP gantry export "dir:$WORK/eight" tar:- | tar -tvf - >"$T/members"
  cat "$T/members"
  equal "size" "$OVER_EIGHT_GIB" "$(awk -v name="blobs/${layer/://}" '$6 == name { print $3 }' "$T/members")"
  grep -q ' oci-layout$' "$T/members"
}

# A name of 141 characters, whose last part alone is longer than a plain tar header takes. No tool in
# Debian makes such an image, nor reads one, but for GNU tar.
sha512_layer() {
  local layer=$T/source/layer hex config
  mkdir -p "$T/source/blobs/sha512" "$T/out"
  head -c 10240 /dev/zero >"$layer"
  hex=$(sha512sum "$layer" | cut -d ' ' -f 1)
  mv "$layer" "$T/source/blobs/sha512/$hex"
  jq -cn --arg digest "$(sha256_of "$T/source/blobs/sha512/$hex")" \
    '{architecture: "amd64", os: "linux", rootfs: {type: "layers", diff_ids: [$digest]}}' >"$T/config"
  config=$(put_blob "$T/source" "$T/config")
  jq -cn --argjson config "$(descriptor application/vnd.oci.image.config.v1+json "$T/source" "$config")" \
    --argjson layer "$(descriptor application/vnd.oci.image.layer.v1.tar "$T/source" "sha512:$hex")" \
    '{schemaVersion: 2, config: $config, layers: [$layer]}' >"$T/manifest"
  descriptor application/vnd.oci.image.manifest.v1+json "$T/source" "$(put_blob "$T/source" "$T/manifest")" \
    | write_index "$T/source"

  gantry export "dir:$T/source" "tar:$T/image.tar"
  tar -xpf "$T/image.tar" -C "$T/out"
  diff -r "$T/source/blobs" "$T/out/blobs"
  equal "digest" "$hex" "$(sha512sum "$T/out/blobs/sha512/$hex" | cut -d ' ' -f 1)"
  gantry export "dir:$T/source" "dir:$T/layout"
  diff -r "$T/source/blobs" "$T/layout/blobs"
}

has_files() { [ -n "$(find "$1" -type f)" ]; }

# signalled SIGNAL OUT TARGET: the exit code of an export that gets the signal while it writes. To the
# whole process group, as a terminal does it; a shell ignores SIGINT for what it starts with "&".
signalled() {
  local pid code=0
  eight_gib_image
  mkdir "$2"
  setsid env --default-signal=INT "$GANTRY" export "dir:$WORK/eight" "$3" 2>"$T/stderr" &
  pid=$!
  poll 20 has_files "$2" || { kill -s KILL -- "-$pid"; fail "nothing was written for 20 s"; }
  kill -s "$1" -- "-$pid"
  wait "$pid" || code=$?
  printf '%d\n' "$code"
}

interrupted_archive() {
  equal "exit code" 130 "$(signalled INT "$T/out" "tar:$T/out/a.tar")"
  ! grep -q '^[[:space:]]*at ' "$T/stderr" || fail "a stack trace"
  nothing_in "$T/out"
}
interrupted_layout() {
  equal "exit code" 130 "$(signalled INT "$T/out" "dir:$T/out/layout")"
  unpublished "$T/out/layout"
}

# Killed, it cannot clean up; but nothing has been published, and the next run clears the litter.
killed() {
  equal "exit code" 137 "$(signalled KILL "$T/out" "dir:$T/out/layout")"
  [ ! -e "$T/out/layout/index.json" ] || fail "index.json was published"
  gantry export "$(from_dir many-layers:1.0)" "dir:$T/out/layout:tag"
  holds "$T/out/layout" "$(digest_of many-layers:1.0)"
}

reader_goes_away() {
  local codes start
  eight_gib_image
  start=$SECONDS
  set +e
  gantry export "dir:$WORK/eight" tar:- 2>"$T/stderr" | head -c 100 >/dev/null
  codes=("${PIPESTATUS[@]}")
  set -e
  cat "$T/stderr"
  [ $((SECONDS - start)) -le 15 ] || fail "took $((SECONDS - start)) s"
  equal "exit code" 1 "${codes[0]}"
  equal "lines on standard error" 1 "$(wc -l <"$T/stderr")"
  grep -q '^gantry: ' "$T/stderr"
}

# Each part is on the disk before it gets its name, and each folder before the index names what is in it.
# syncs_and_renames TARGET ARGUMENT...: the calls of an export that matter, in their order.
syncs_and_renames() {
  local target=$1; shift
  strace -f -y -e trace=fsync,fdatasync,rename,link -o "$T/trace" \
    "$GANTRY" export "$@" --quiet "$(from_dir many-layers:1.0)" "$target"
  sed -n -E -e "s#.*sync\([0-9]*<($T/out[^>]*)>.*#sync \1#p" \
    -e "s#.*(rename|link)\(\"($T/out[^\"]*)\", \"([^\"]*)\".*#name \2 \3#p" "$T/trace"
}
synced_before_it_is_named() {
  local blobs
  mkdir "$T/out"
  blobs=$(find "$(layout_of many-layers:1.0)/blobs" -type f | wc -l)
  syncs_and_renames "dir:$T/out/layout" >"$T/layout"
  syncs_and_renames "tar:$T/out/a.tar" >"$T/archive"
  cat "$T/layout" "$T/archive"
  awk '$1 == "sync" { synced[$2] = 1 } $1 == "name" && !($2 in synced) { print "not synced:", $0; bad = 1 } END { exit bad }' \
    "$T/layout" "$T/archive" || fail "named before it was synced"
  equal "blobs" "$blobs" "$(grep -c '^name .*/blobs/' "$T/layout")"
  equal "archives" 1 "$(grep -c '^name .*/a.tar$' "$T/archive")"
  sed '/^name .*index.json$/,$d' "$T/layout" | grep -qx "sync $T/out/layout/blobs/sha256"
  tail -n 1 "$T/layout" | grep -qx "sync $T/out/layout"
  tail -n 1 "$T/archive" | grep -qx "sync $T/out"

  # What somebody else wrote is on the disk before it is relied on.
  rm "$T/out/layout/index.json"
  syncs_and_renames "dir:$T/out/layout" >"$T/again"
  equal "blobs that were there" "$blobs" "$(grep -c '^sync .*/blobs/sha256/' "$T/again")"
  grep -qx "sync $T/out/layout/oci-layout" "$T/again"
}
nothing_synced() {
  mkdir "$T/out"
  syncs_and_renames "dir:$T/out/layout" --no-sync >"$T/calls"
  syncs_and_renames "tar:$T/out/a.tar" --no-sync >>"$T/calls"
  ! grep '^sync' "$T/calls" || fail "synced"
  grep -q '^name .*index.json$' "$T/calls"
  grep -q '^name .*a.tar$' "$T/calls"
}

hard_links() {
  local from blob; from=$(layout_of many-layers:1.0)
  cp -r "$from" "$T/source"
  gantry export -o link=hard "dir:$T/source:1.0" "dir:$T/layout"
  skopeo copy --quiet "oci:$T/layout:1.0" "oci:$T/copy:1.0"
  for blob in "$T"/layout/blobs/sha256/*; do
    [ "$blob" -ef "$T/source/blobs/sha256/${blob##*/}" ] || fail "$blob is a copy"
  done
  # What is linked is hashed as well.
  printf x >>"$(find "$T/source/blobs" -type f -size +10k | head -n 1)"
  refused 3 "$GANTRY" export -o link=hard "dir:$T/source:1.0" "dir:$T/refused"
  [ ! -e "$T/refused/index.json" ]
}
no_links_to_another_disk() {
  local shm; shm=$(mktemp -d /dev/shm/gantry.XXXXXX)
  gantry export -o link=hard "$(from_dir many-layers:1.0)" "dir:$shm/layout" 2>"$T/notices" || { rm -rf "$shm"; return 1; }
  skopeo copy --quiet "oci:$shm/layout:1.0" "oci:$T/copy:1.0" || { rm -rf "$shm"; return 1; }
  rm -rf "$shm"
  equal "notices" 1 "$(grep -c 'those are copied' "$T/notices")"
}
# Only a newer Java has the system copy, and only some file systems share what it has copied.
reflinks() {
  gantry export -o link=reflink "$(from_dir many-layers:1.0)" "dir:$T/layout"
  skopeo copy --quiet "oci:$T/layout:1.0" "oci:$T/copy:1.0"
}

check big/4GiB-in-64MiB-of-heap-to-a-pipe four_gib_through_a_pipe
check big/4GiB-in-64MiB-of-heap-to-a-file four_gib_into_a_file
check big/over-8GiB nine_digits_of_octal_are_not_enough
check big/sha512-names sha512_layer
check stop/interrupted-archive interrupted_archive
check stop/interrupted-layout interrupted_layout
check stop/killed killed
check stop/reader-goes-away reader_goes_away
check sync/before-it-is-named synced_before_it_is_named
check sync/not-wanted nothing_synced
check link/hard hard_links
check link/another-disk no_links_to_another_disk
check link/reflink reflinks
