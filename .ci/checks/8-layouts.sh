# shellcheck shell=bash disable=SC2154
# Looking after layouts that other tools made: verify, remove, prune.

LAYERED=many-layers:1.0

# ---- layouts by the tools of others ----

by_skopeo() {
  skopeo copy --quiet "oci:$(layout_of "$LAYERED"):1.0" "oci:$1:1.0"
  skopeo copy --quiet --override-os linux --override-arch amd64 "oci:$(layout_of multi:1.0):1.0" "oci:$1:2.0"
}

by_umoci() {
  umoci init --layout "$1"
  umoci new --image "$1:1.0"
  umoci new --image "$1:2.0"
  printf 'hello\n' >"$T/hello"
  umoci insert --rootless --image "$1:2.0" "$T/hello" /hello
}

by_buildah() {
  local buildah=(buildah --storage-driver vfs --root "$T/storage" --runroot "$T/run") container tag
  printf 'hello\n' >"$T/hello"
  for tag in 1.0 2.0; do
    container=$("${buildah[@]}" from scratch)
    "${buildah[@]}" copy --quiet "$container" "$T/hello" "/hello-$tag" >/dev/null
    "${buildah[@]}" commit --quiet --format oci "$container" "oci:$1:$tag" >/dev/null
  done
}

# ---- verify ----

# fault_of KIND DIGEST: the last report has this fault, and says what needs the blob.
fault_of() {
  grep -q "^$1 $2: .*; needed by " "$T/report" || { cat "$T/report"; fail "no line '$1 $2'"; }
}

# verified CODE ARGUMENTS...: the exit code; the report is kept.
verified() {
  local code=0 expected=$1; shift
  gantry verify "$@" >"$T/report" 2>"$T/stderr" || code=$?
  cat "$T/stderr"
  equal "exit code" "$expected" "$code"
}

is_sound() {
  "by_$1" "$T/layout"
  verified 0 "dir:$T/layout"
  ! grep -qv '^unreachable ' "$T/report" || { cat "$T/report"; fail "more than unreachable blobs"; }
  gantry verify --json "dir:$T/layout" 2>/dev/null >"$T/json"
  jq -e '.sound and (.faults == []) and .images == 2' "$T/json" >/dev/null
  equal "blobs" "$(find "$T/layout/blobs" -type f | wc -l)" "$(jq .blobs "$T/json")"
  reachable "$T/layout" | cut -d ' ' -f 1 >"$T/reachable"
  find "$T/layout/blobs/sha256" -type f -printf 'sha256:%f\n' | sort \
    | comm -23 - <(sort "$T/reachable") >"$T/expected"
  jq -r '.unreachable[].digest' "$T/json" | sort >"$T/unreachable"
  same_lines "unreachable blobs" "$T/expected" "$T/unreachable"
}

# damage LAYOUT DIGEST HOW
damage() {
  local file size; file=$(blob "$1" "$2")
  size=$(stat -c %s "$file")
  chmod u+w "$file"
  case $3 in
    altered) printf '\377' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc status=none ;;
    short) truncate -s $((size - 1)) "$file" ;;
    long) printf 'x' >>"$file" ;;
    missing) rm "$file" ;;
  esac
}

# Every kind of damage by itself, and then all at once.
damage_is_told() {
  local manifest kind i=0 layers=()
  by_skopeo "$T/made"
  manifest=$(blob "$T/made" "$(root_digest "$T/made" 1.0)")
  mapfile -t layers < <(jq -r '.layers[].digest' "$manifest" | sort -u | head -n 4)
  cp -r "$T/made" "$T/all"
  for kind in altered short long missing; do
    cp -r "$T/made" "$T/$kind"
    for layout in "$T/$kind" "$T/all"; do damage "$layout" "${layers[$i]}" "$kind"; done
    verified 3 "dir:$T/$kind"
    equal "faults" 1 "$(wc -l <"$T/report")"
    fault_of "$kind" "${layers[$i]}"
    i=$((i + 1))
  done
  verified 3 "dir:$T/all"
  equal "faults" 4 "$(wc -l <"$T/report")"
  i=0
  for kind in altered short long missing; do
    fault_of "$kind" "${layers[$i]}"
    i=$((i + 1))
  done
  verified 3 "dir:$T/all:1.0"
  verified 0 "dir:$T/all:2.0"
}

damaged_documents_are_told() {
  local root; root=$(digest_of multi:1.0)
  cp -r "$(layout_of multi:1.0)" "$T/layout"
  damage "$T/layout" "$root" altered
  verified 3 "dir:$T/layout"
  fault_of altered "$root"
  refused 3 "$GANTRY" prune --grace 0 "dir:$T/layout"
  equal "blobs" "$(find "$(layout_of multi:1.0)/blobs" -type f | wc -l)" \
    "$(find "$T/layout/blobs" -type f | wc -l)"
}

content_store_is_sound() {
  verified 0 "store:$CONTENT"
  verified 0 "$(from_store multi:1.0)"
}

nothing_there_to_verify() {
  refused 4 "$GANTRY" verify "dir:$T/nowhere"
  refused 4 "$GANTRY" verify "dir:$(layout_of "$LAYERED"):no-such-tag"
}

# ---- remove and prune ----

name_is_gone() {
  "by_$1" "$T/layout"
  skopeo inspect --raw "oci:$T/layout:1.0" >/dev/null
  gantry remove "dir:$T/layout:1.0"
  ! skopeo inspect --raw "oci:$T/layout:1.0" >/dev/null 2>&1 || fail "skopeo still finds 1.0"
  skopeo inspect --raw "oci:$T/layout:2.0" >/dev/null
  equal "umoci ls" 2.0 "$(umoci ls --layout "$T/layout")"
  refused 4 "$GANTRY" remove "dir:$T/layout:1.0"
}

# What is left can be copied whole, and umoci's own collector finds nothing that we left.
blobs_are_gone() {
  local before
  "by_$1" "$T/layout"
  gantry remove "dir:$T/layout:1.0"
  before=$(find "$T/layout/blobs" -type f | wc -l)
  gantry prune "dir:$T/layout"
  equal "blobs within the grace" "$before" "$(find "$T/layout/blobs" -type f | wc -l)"
  gantry prune --grace 0 "dir:$T/layout"
  [ "$(find "$T/layout/blobs" -type f | wc -l)" -lt "$before" ] || fail "nothing was removed"
  complete "$T/layout" "$(root_digest "$T/layout" 2.0)"
  skopeo copy --quiet --preserve-digests "oci:$T/layout:2.0" "oci:$T/copy:2.0"
  equal "copy" "$(root_digest "$T/layout" 2.0)" "$(root_digest "$T/copy" 2.0)"
  find "$T/layout/blobs" -type f | sort >"$T/before"
  umoci gc --layout "$T/layout"
  find "$T/layout/blobs" -type f | sort >"$T/after"
  same_lines "blobs before and after umoci gc" "$T/before" "$T/after"
  verified 0 "dir:$T/layout"
  equal "report" "" "$(cat "$T/report")"
}

# skopeo writes blobs first and the index last, and tells nobody; the grace is what it has.
skopeo_is_left_in_peace() {
  local skopeo
  by_umoci "$T/layout"
  skopeo copy --quiet "oci:$(layout_of "$LAYERED"):1.0" "oci:$T/layout:new" &
  skopeo=$!
  while ! is_gone "$skopeo"; do gantry prune --quiet "dir:$T/layout"; done
  wait "$skopeo"
  gantry prune --quiet "dir:$T/layout"
  verified 0 "dir:$T/layout:new"
}

# Names with everything in them, on a carrier that cannot be edited, and without one.
wrong_targets() {
  refused 2 "$GANTRY" remove "tar:$T/a.tar:1.0"
  refused 2 "$GANTRY" prune "tar:$T/a.tar"
  refused 2 "$GANTRY" prune --grace soon "dir:$(layout_of "$LAYERED")"
  refused 4 "$GANTRY" prune "dir:$T/nowhere"
  refused 5 "$GANTRY" prune "nosuch:$T/a"
}

for tool in skopeo umoci buildah; do
  check "layouts/verify-$tool" is_sound "$tool"
  check "layouts/remove-$tool" name_is_gone "$tool"
  check "layouts/prune-$tool" blobs_are_gone "$tool"
done
check layouts/damage damage_is_told
check layouts/damaged-documents damaged_documents_are_told
check layouts/content-store content_store_is_sound
check layouts/not-found nothing_there_to_verify
check layouts/prune-beside-skopeo skopeo_is_left_in_peace
check layouts/wrong-targets wrong_targets
