# shellcheck shell=bash disable=SC2154
# Our archive is the one that containerd writes, byte for byte; and it is always the same one.

# same_as_ctr IMAGE [CTR_OPTION...] -- [GANTRY_OPTION...]: out of containerd's content store.
same_as_ctr() {
  local image=$1 theirs=(); shift
  while [ "$1" != -- ]; do theirs+=("$1"); shift; done
  shift
  ctr images export "${theirs[@]}" "$T/ctr.tar" "$(full_name "$image")"
  gantry export "$@" "$(from_store "$image")" "tar:$T/gantry.tar:$(full_name "$image")"
  cmp "$T/ctr.tar" "$T/gantry.tar"
}

# ctr writes the names in the order in which they are asked for.
same_with_names() {
  local options=() names=() name
  for name in "$@"; do
    names+=("$(full_name "$name")")
    options+=(--name "$(full_name "$name")")
  done
  ctr images export "$T/ctr.tar" "${names[@]}"
  gantry export "${options[@]}" "$(from_store "$1")" "tar:$T/gantry.tar"
  cmp "$T/ctr.tar" "$T/gantry.tar"
}

same_on_stdout() {
  ctr images export "$T/ctr.tar" "$(full_name "$1")"
  gantry export "$(from_store "$1")" "tar:-:$(full_name "$1")" | cmp - "$T/ctr.tar"
}

# containerd gives an artifact an element in manifest.json although it cannot be loaded into Docker;
# we do not. All else is equal.
same_but_for_manifest_json() {
  ctr images export "$T/ctr.tar" "$(full_name "$1")"
  gantry export "$(from_store "$1")" "tar:$T/gantry.tar:$(full_name "$1")"
  mkdir "$T/ctr" "$T/gantry"
  tar -xpf "$T/ctr.tar" -C "$T/ctr"
  tar -xpf "$T/gantry.tar" -C "$T/gantry"
  rm -f "$T/ctr/manifest.json"
  [ ! -e "$T/gantry/manifest.json" ] || fail "manifest.json for an artifact"
  diff -r "$T/ctr" "$T/gantry"
}

check cmp/debian same_as_ctr debian:bookworm --
check cmp/many-layers same_as_ctr many-layers:1.0 --
check cmp/docker same_as_ctr docker:1.0 --
check cmp/image-with-referrer same_as_ctr artifact:1.0 --
check cmp/artifact same_but_for_manifest_json artifact:scan
for image in multi:1.0 docker-list:1.0; do
  # Left alone, ctr names the host's manifest in manifest.json; we name linux/amd64 on every machine.
  check "cmp/${image%:*}-all-platforms" same_as_ctr "$image" --all-platforms --platform linux/amd64 --
  check "cmp/${image%:*}-host-platform" same_as_ctr "$image" -- --platform local
  check "cmp/${image%:*}-arm64" same_as_ctr "$image" --platform linux/arm64 -- --platform linux/arm64
  check "cmp/${image%:*}-armv7" same_as_ctr "$image" --platform linux/arm/v7 -- --platform linux/arm/v7
  check "cmp/${image%:*}-no-manifest-json" same_as_ctr "$image" \
    --all-platforms --skip-manifest-json -- -o docker-manifest=false
done
# ctr 1.6 exports a nested index only without manifest.json. (For a single image it ignores that option.)
check cmp/nested-no-manifest-json same_as_ctr nested:1.0 \
  --all-platforms --skip-manifest-json -- -o docker-manifest=false
check cmp/two-names same_with_names names:one names:two
check cmp/two-names-in-other-order same_with_names names:two names:one
check cmp/stdout same_on_stdout debian:bookworm

# ---- reproducible ---------------------------------------------------------------------------------

same_twice() {
  gantry export "$(from_dir "$1")" "tar:$T/a.tar:$(full_name "$1")"
  gantry export "$(from_dir "$1")" "tar:$T/b.tar:$(full_name "$1")"
  cmp "$T/a.tar" "$T/b.tar"
}

same_from_dir_and_store() {
  gantry export "$(from_dir "$1")" "tar:$T/dir.tar:$(full_name "$1")"
  gantry export "$(from_store "$1")" "tar:$T/store.tar:$(full_name "$1")"
  cmp "$T/dir.tar" "$T/store.tar"
}

same_in_other_surroundings() {
  gantry export "$(from_dir "$1")" "tar:$T/a.tar:$(full_name "$1")"
  mkdir "$T/elsewhere"
  (
    umask 077
    cd "$T/elsewhere" || exit
    TZ=Asia/Tokyo LC_ALL=C GANTRY_JAVA_OPTS="$SMALL_HEAP -Duser.language=tr -Dfile.encoding=ISO-8859-1" \
      gantry export "$(from_dir "$1")" "tar:b.tar:$(full_name "$1")"
  )
  cmp "$T/a.tar" "$T/elsewhere/b.tar"
}

same_after_a_layout() {
  gantry export "$(from_dir "$1")" "dir:$T/copy:$(tag_of "$1")"
  gantry export "dir:$T/copy:$(tag_of "$1")" "tar:$T/copy.tar:$(full_name "$1")"
  gantry export "$(from_dir "$1")" "tar:$T/direct.tar:$(full_name "$1")"
  cmp "$T/copy.tar" "$T/direct.tar"
}

check same/twice same_twice debian:bookworm
for image in debian:bookworm many-layers:1.0 docker:1.0 multi:1.0 nested:1.0; do
  check "same/dir-and-store-${image%:*}" same_from_dir_and_store "$image"
done
check same/other-surroundings same_in_other_surroundings multi:1.0
check same/after-a-layout same_after_a_layout many-layers:1.0
