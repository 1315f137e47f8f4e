# shellcheck shell=bash disable=SC2154
# Other people's readers read what we write: skopeo, umoci, containerd, GNU tar.

# skopeo_reads TRANSPORT:PATH IMAGE: the very manifest, and a copy with the same digests. No tag is
# given, since skopeo finds no Docker manifest by tag; there is one image to find.
skopeo_reads() {
  local root; root=$(digest_of "$2")
  skopeo inspect --raw "$1" >"$T/raw"
  equal "digest of skopeo inspect --raw" "$root" "$(sha256_of "$T/raw")"
  case $2 in
    # skopeo 1.9 does not copy an index of indexes.
    nested:*) return 0 ;;
    # An oci: target would be converted.
    docker*) skopeo copy --quiet --all --preserve-digests "$1" "dir:$T/skopeo"
      equal "digest after skopeo copy" "$root" "$(sha256_of "$T/skopeo/manifest.json")" ;;
    *) skopeo copy --quiet --all --preserve-digests "$1" "oci:$T/skopeo:copy"
      equal "digest after skopeo copy" "$root" "$(root_digest "$T/skopeo" copy)"
      complete "$T/skopeo" "$root" ;;
  esac
}

layout_is_read() {
  gantry export "$(from_dir "$1")" "dir:$T/layout:$(tag_of "$1")"
  complete "$T/layout" "$(digest_of "$1")"
  skopeo_reads "oci:$T/layout" "$1"
}

archive_is_read() {
  gantry export "$(from_store "$1")" "tar:$T/image.tar:$(full_name "$1")"
  mkdir "$T/layout"
  tar -xpf "$T/image.tar" -C "$T/layout"
  complete "$T/layout" "$(digest_of "$1")"
  skopeo_reads "oci-archive:$T/image.tar" "$1"
}

# By the tag that we wrote, as people type it.
skopeo_finds_the_tag() {
  gantry export "$(from_dir "$1")" "dir:$T/layout:my-tag"
  gantry export "$(from_dir "$1")" "tar:$T/image.tar:my-tag"
  equal "by tag in a layout" "$(digest_of "$1")" \
    "sha256:$(skopeo inspect --raw "oci:$T/layout:my-tag" | sha256sum | cut -d ' ' -f 1)"
  equal "by tag in an archive" "$(digest_of "$1")" \
    "sha256:$(skopeo inspect --raw "oci-archive:$T/image.tar:my-tag" | sha256sum | cut -d ' ' -f 1)"
}

# manifest.json: the archive as Docker's, with the config, the layers and the familiar name.
docker_archive_is_read() {
  local manifest config
  gantry export "$(from_store "$1")" "tar:$T/image.tar:$(full_name "$1")"
  manifest=$(blob "$(layout_of "$1")" "$(digest_of "$1")")
  config=$(jq -r .config.digest "$manifest")
  skopeo inspect --raw --config "docker-archive:$T/image.tar" >"$T/config"
  equal "digest of the config" "$config" "$(sha256_of "$T/config")"
  equal "names" "$1" "$(skopeo list-tags "docker-archive:$T/image.tar" | jq -r '.Tags[] | sub("^docker.io/library/"; "")')"
  skopeo copy --quiet "docker-archive:$T/image.tar" "dir:$T/copy"
  equal "layers" "$(jq '.layers | length' "$manifest")" "$(jq '.layers | length' "$T/copy/manifest.json")"
}

# The root file system, as a list of types, modes, owners, dates, names and contents.
fingerprint() {
  (cd "$1" && find . -printf '%y %m %U:%G %T@ %p %l\n' | LC_ALL=C sort \
    && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
}

umoci_unpacks() {
  gantry export "$(from_store "$1")" "dir:$T/layout:$(tag_of "$1")"
  umoci unpack --image "$T/layout:$(tag_of "$1")" "$T/ours"
  umoci unpack --image "$(layout_of "$1"):$(tag_of "$1")" "$T/original"
  fingerprint "$T/original/rootfs" >"$T/expected"
  fingerprint "$T/ours/rootfs" >"$T/actual"
  [ "$(wc -l <"$T/expected")" -gt "$2" ] || fail "the original unpacks to next to nothing"
  same_lines "root file systems" "$T/expected" "$T/actual"
}

# A containerd that has nothing yet reads our archive, shows the name and the digest, and gives the
# same archive back (which it can only do with every blob).
containerd_imports() {
  local image=$1 name; shift
  name=$(full_name "imported-$image")
  gantry export "$(from_store "$image")" "$@" "tar:$T/image.tar:$name"
  fresh_ctr images import --no-unpack --all-platforms "$T/image.tar"
  equal "digest of $name" "$(digest_of "$image")" "$(fresh_ctr images ls "name==$name" | awk 'NR == 2 { print $3 }')"
  case $image in
    nested:*) fresh_ctr images export --all-platforms --skip-manifest-json "$T/back.tar" "$name" ;;
    *) fresh_ctr images export --all-platforms "$T/back.tar" "$name" ;;
  esac
  # ctr gives an artifact a manifest.json, and names the host's platform in that of an index.
  case $image in
    artifact:scan) ;;
    *) [ "$(uname -m)" != x86_64 ] || cmp "$T/image.tar" "$T/back.tar" ;;
  esac
}

containerd_imports_names() {
  local name names=(docker.io/library/imported-names:a ghcr.example/team/imported-names:b)
  gantry export --name "${names[0]}" --name "${names[1]}" "$(from_store "$1")" "tar:$T/image.tar"
  fresh_ctr images import --no-unpack --all-platforms "$T/image.tar"
  for name in "${names[@]}"; do
    equal "digest of $name" "$(digest_of "$1")" "$(fresh_ctr images ls "name==$name" | awk 'NR == 2 { print $3 }')"
  done
}

containerd_imports_a_layout() {
  local name; name=$(full_name layout-many:1.0)
  gantry export "$(from_dir "$1")" "dir:$T/layout:$name"
  tar -C "$T/layout" -cf - . | fresh_ctr images import --no-unpack -
  equal "digest of $name" "$(digest_of "$1")" "$(fresh_ctr images ls "name==$name" | awk 'NR == 2 { print $3 }')"
}

# GNU tar's view of the members: modes, owners, dates, order, and where the archive ends.
tar_lists() {
  gantry export "$(from_store "$1")" "tar:$T/image.tar:$(full_name "$1")"
  TZ=UTC tar --full-time --numeric-owner -tvf "$T/image.tar" >"$T/members"
  awk '{ print $6 }' "$T/members" >"$T/names"
  LC_ALL=C sort -c "$T/names"
  equal "names that occur twice" "" "$(sort "$T/names" | uniq -d)"
  # Mode, owner, date and kind of name of every member, each kind once.
  awk '{ sub(/[0-9a-f]{64}$/, "BLOB", $6); gsub(/[0-9a-f]+$/, "BLOB", $6); print $1, $2, $4, $5, $6 }' "$T/members" \
    | sort -u >"$T/kinds"
  sort >"$T/expected" <<'KINDS'
drwxr-xr-x 0/0 1970-01-01 00:00:00 blobs/
drwxr-xr-x 0/0 1970-01-01 00:00:00 blobs/sha256/
-r--r--r-- 0/0 1970-01-01 00:00:00 blobs/sha256/BLOB
-rw-r--r-- 0/0 1970-01-01 00:00:00 index.json
-rw-r--r-- 0/0 1970-01-01 00:00:00 manifest.json
-r--r--r-- 0/0 1970-01-01 00:00:00 oci-layout
KINDS
  same_lines "kinds of members" "$T/expected" "$T/kinds"
  ends_with_two_zero_blocks "$T/image.tar"
}

ends_with_two_zero_blocks() {
  local last blocks
  # "block 5: -r--r--r-- 0/0 30 1970-01-01 00:00 oci-layout": the header's block, and the size.
  last=$(tar --numeric-owner -R -tvf "$1" | grep -v 'NUL' | tail -n 1)
  blocks=$(awk '{ gsub(":", "", $2); print $2 + 1 + int(($5 + 511) / 512) + 2 }' <<<"$last")
  equal "size of the archive" $((blocks * 512)) "$(stat -c %s "$1")"
  tail -c 1024 "$1" | cmp - <(head -c 1024 /dev/zero)
}

# Nobody changes a blob by accident, and everybody may read the layout.
modes_of_layout() {
  (umask 022; gantry export "$(from_store "$1")" "dir:$T/layout:$(tag_of "$1")")
  equal "modes" "blob 444,directory 755,index.json 644,oci-layout $(stat -c %a "$T/layout/oci-layout")," "$(
    find "$T/layout" -name '*.lock' -o \( -type d -printf 'directory %m\n' \) -o \( -path '*/blobs/*' -printf 'blob %m\n' \) \
      -o -printf '%f %m\n' | sort -u | tr '\n' ,)"
}

for image in debian:bookworm many-layers:1.0 multi:1.0 nested:1.0 docker:1.0 docker-list:1.0 artifact:scan; do
  check "layout/${image%:*}" layout_is_read "$image"
  check "archive/${image%:*}" archive_is_read "$image"
done
for image in debian:bookworm many-layers:1.0 multi:1.0 docker:1.0 docker-list:1.0 artifact:scan; do
  check "import/${image%:*}" containerd_imports "$image"
done
# Without manifest.json, as ctr can give a nested index back only so.
check import/nested containerd_imports nested:1.0 -o docker-manifest=false
check import/two-names containerd_imports_names many-layers:1.0
check import/layout containerd_imports_a_layout many-layers:1.0
check skopeo/tag skopeo_finds_the_tag multi:1.0
for image in debian:bookworm many-layers:1.0 docker:1.0; do
  check "docker-archive/${image%:*}" docker_archive_is_read "$image"
done
check umoci/debian umoci_unpacks debian:bookworm 5000
check umoci/many-layers umoci_unpacks many-layers:1.0 100
for image in debian:bookworm many-layers:1.0 multi:1.0; do
  check "tar/${image%:*}" tar_lists "$image"
done
check modes/layout modes_of_layout many-layers:1.0

# ---- several images in one layout -----------------------------------------------------------------

tags_in() { jq -r '[.manifests[].annotations["org.opencontainers.image.ref.name"]] | sort | join(" ")' "$1/index.json"; }

all_images_of_a_source() {
  gantry export "dir:$(layout_of names:one)" "dir:$T/layout"
  equal "names" "multi one two" "$(tags_in "$T/layout")"
  complete "$T/layout" "$(digest_of names:multi)"
}

added_to_a_layout() {
  gantry export "$(from_dir many-layers:1.0)" "dir:$T/layout:one"
  gantry export "$(from_dir multi:1.0)" "dir:$T/layout:two"
  equal "names" "one two" "$(tags_in "$T/layout")"
  equal "one" "$(digest_of many-layers:1.0)" "$(root_digest "$T/layout" one)"
  equal "two" "$(digest_of multi:1.0)" "$(root_digest "$T/layout" two)"
  complete "$T/layout" "$(digest_of multi:1.0)"
}

replaced_in_a_layout() {
  gantry export "$(from_dir many-layers:1.0)" "dir:$T/layout:tag"
  gantry export "$(from_dir multi:1.0)" "dir:$T/layout:other"
  gantry export "$(from_dir multi:1.0)" "dir:$T/layout:tag"
  equal "names" "other tag" "$(tags_in "$T/layout")"
  equal "tag" "$(digest_of multi:1.0)" "$(root_digest "$T/layout" tag)"
}

# Beside what another tool has put there, and still to its liking.
added_to_skopeos_layout() {
  skopeo copy --quiet "oci:$(layout_of many-layers:1.0):1.0" "oci:$T/layout:theirs"
  gantry export "$(from_dir multi:1.0)" "dir:$T/layout:ours"
  equal "names" "ours theirs" "$(tags_in "$T/layout")"
  skopeo copy --quiet "oci:$T/layout:theirs" "dir:$T/copy"
}

added_at_once() {
  local i pids=()
  for i in 1 2 3 4; do
    gantry export "$(from_dir many-layers:1.0)" "dir:$T/layout:tag-$i" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i"; done
  equal "names" "tag-1 tag-2 tag-3 tag-4" "$(tags_in "$T/layout")"
  complete "$T/layout" "$(digest_of many-layers:1.0)"
}

check add/all-images-of-a-source all_images_of_a_source
check add/second-image added_to_a_layout
check add/same-name-replaces replaced_in_a_layout
check add/to-skopeos-layout added_to_skopeos_layout
check add/four-processes-at-once added_at_once
