# shellcheck shell=bash disable=SC2154
# Parts of what a source holds: some images, some platforms, what refers to them; and what it shows.

entries() { jq -r '[.manifests[] | "\(.platform.os)/\(.platform.architecture)"] | join(" ")' "$1"; }

# A rewritten index is whole, so that skopeo copies all of it; one that was left as it is would fail.
rewritten_index() {
  gantry export --platform linux/arm64 --platform linux/amd64 --rewrite-index \
    "$(from_dir multi:1.0)" "dir:$T/layout:1.0"
  complete "$T/layout" "$(root_digest "$T/layout" 1.0)"
  skopeo copy --quiet --all --preserve-digests "oci:$T/layout:1.0" "oci:$T/copy:1.0"
  equal "digest after skopeo copy" "$(root_digest "$T/layout" 1.0)" "$(root_digest "$T/copy" 1.0)"
  skopeo inspect --raw "oci:$T/copy:1.0" >"$T/index"
  jq -S '[.manifests[] | select(.platform.architecture == ("amd64", "arm64"))]' \
    "$(blob "$(layout_of multi)" "$(digest_of multi:1.0)")" >"$T/expected"
  jq -S .manifests "$T/index" >"$T/actual"
  same_lines "entries" "$T/expected" "$T/actual"
}

index_left_as_it_is() {
  gantry export --platform linux/arm64 "$(from_dir multi:1.0)" "dir:$T/layout:1.0"
  equal "digest" "$(digest_of multi:1.0)" "$(root_digest "$T/layout" 1.0)"
  skopeo --override-os linux --override-arch arm64 copy --quiet "oci:$T/layout:1.0" "dir:$T/copy"
  # What is sparse is a source like others, for what it has.
  refused 4 "$GANTRY" export "dir:$T/layout:1.0" "tar:$T/refused.tar"
  grep -q 'for the platform linux/' "$T/stderr" || fail "no platform named"
  gantry export --missing skip --rewrite-index "dir:$T/layout:1.0" "dir:$T/arm:1.0" 2>"$T/warnings"
  equal "warnings of what is left out" 2 "$(grep -c 'left out' "$T/warnings")"
  complete "$T/arm" "$(root_digest "$T/arm" 1.0)"
  equal "entries" linux/arm64 "$(entries "$(blob "$T/arm" "$(root_digest "$T/arm" 1.0)")")"
}

several_images() {
  local layout; layout=$(layout_of names:one)
  gantry export --image two --image @0 "dir:$layout" "dir:$T/layout"
  equal "digests" "$(root_digest "$layout" two) $(jq -r '.manifests[0].digest' "$layout/index.json")" \
    "$(jq -r '[.manifests[].digest] | join(" ")' "$T/layout/index.json")"
  gantry export "dir:$layout:@1" "tar:$T/one.tar"
  equal "digest at position 1" "$(jq -r '.manifests[1].digest' "$layout/index.json")" \
    "$(tar -xOf "$T/one.tar" index.json | jq -r '.manifests[0].digest')"
}

# The referrer of the artifact layout is tagged there, and is not an image of its own afterwards.
referrers_travel() {
  local layout; layout=$(layout_of artifact)
  gantry export "dir:$layout:1.0" "dir:$T/without"
  equal "entries without" 1 "$(jq '.manifests | length' "$T/without/index.json")"
  gantry export --referrers "dir:$layout:1.0" "dir:$T/with"
  equal "subject" "$(digest_of artifact:1.0)" \
    "$(jq -r '.manifests[1].annotations["io.containerd.manifest.subject"]' "$T/with/index.json")"
  equal "its name" null \
    "$(jq -r '.manifests[1].annotations["org.opencontainers.image.ref.name"]' "$T/with/index.json")"
  holds "$T/with" "$(jq -r '.manifests[1].digest' "$T/with/index.json")"
  gantry export --artifact-type application/nothing "dir:$layout:1.0" "dir:$T/none"
  equal "entries of another type" 1 "$(jq '.manifests | length' "$T/none/index.json")"
}

# The sums that a walk by jq gives.
inspect_counts() {
  gantry inspect --json "$(from_dir "$1")" >"$T/inspected"
  reachable "$(layout_of "$1")" | sort -u >"$T/reachable"
  if [ "$(jq '.manifests | length' "$(layout_of "$1")/index.json")" = 1 ]; then
    equal "blobs" "$(wc -l <"$T/reachable")" "$(jq .blobs "$T/inspected")"
    equal "bytes" "$(awk '{ n += $2 } END { print n }' "$T/reachable")" "$(jq .totalBytes "$T/inspected")"
  fi
  equal "digest" "$(digest_of "$1")" "$(jq -r '.images[0].digest' "$T/inspected")"
  gantry inspect "$(from_dir "$1")" >"$T/tree"
  equal "lines" "$(jq '[.. | objects | select(.role)] | length' "$T/inspected")" \
    "$(grep -c ' sha256:' "$T/tree")"
}

check parts/rewritten-index rewritten_index
check parts/index-left-as-it-is index_left_as_it_is
check parts/several-images several_images
check parts/referrers referrers_travel
for image in debian:bookworm multi:1.0 nested:1.0 docker-list:1.0; do
  check "inspect/${image%:*}" inspect_counts "$image"
done
