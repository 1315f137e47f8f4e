# shellcheck shell=bash disable=SC2154
# Archives that others made, read by us: whole, with the digests that they had, and read back by skopeo.

# brought SOURCE IMAGE: the source has the image; all of it comes over, and nothing else.
brought() {
  rm -rf "$T/out"
  gantry export "$1" "dir:$T/out:copy"
  complete "$T/out" "$(digest_of "$2")"
  equal "digest of skopeo inspect --raw" "$(digest_of "$2")" \
    "sha256:$(skopeo inspect --raw "oci:$T/out" | sha256sum | cut -d ' ' -f 1)"
}

skopeo_archive() { skopeo copy --quiet --all --preserve-digests "oci:$(layout_of "$1"):$(tag_of "$1")" "oci-archive:$2"; }

skopeo_archive_is_brought() {
  skopeo_archive "$1" "$T/a.tar:$(tag_of "$1")"
  brought "tar:$T/a.tar" "$1"
  brought "oci-archive:$T/a.tar:$(tag_of "$1")" "$1"
  brought "tar:$T/a.tar@$(digest_of "$1")" "$1"
}

ctr_archive_is_brought() {
  ctr images export --all-platforms "$T/a.tar" "$(full_name "$1")"
  brought "tar:$T/a.tar:$(full_name "$1")" "$1"
  # And what comes in as containerd writes it goes out so.
  gantry export "tar:$T/a.tar" "tar:$T/b.tar"
  case $1 in
    artifact:scan) ;; # ctr gives an artifact a manifest.json
    *) [ "$(uname -m)" != x86_64 ] || cmp "$T/a.tar" "$T/b.tar" ;;
  esac
}

# A tar of the layout, as GNU tar's options have it.
tar_is_brought() {
  local image=$1; shift
  tar -C "$(layout_of "$image")" -cf "$T/a.tar" "$@"
  brought "tar:$T/a.tar:$(tag_of "$image")" "$image"
}

compressed_is_brought() {
  local image=$1; shift
  tar -C "$(layout_of "$image")" -c . | "$@" >"$T/a"
  brought "tar:$T/a:$(tag_of "$image")" "$image"
  # Not by the name of the file, and the same through a pipe.
  # shellcheck disable=SC2002  # a pipe is what is tested
  cat "$T/a" | gantry export "tar:-:$(tag_of "$image")" "dir:$T/piped:copy"
  complete "$T/piped" "$(digest_of "$image")"
}

in_two_members() { head -c 10000 >"$T/head"; gzip -c "$T/head"; gzip -c; }

# Whoever writes into the pipe must not be told that nobody reads, though the archive ends before.
pipes_are_brought() {
  local sources=("tar:-:$(tag_of "$1")" "tar:/dev/stdin:$(tag_of "$1")") source
  tar -C "$(layout_of "$1")" -cf "$T/a.tar" .
  head -c 3M /dev/zero >>"$T/a.tar"
  for source in "${sources[@]}"; do
    # shellcheck disable=SC2002
    cat "$T/a.tar" | gantry export "$source" "dir:$T/piped:copy"
    complete "$T/piped" "$(digest_of "$1")"
    gantry export "$source" "dir:$T/redirected:copy" <"$T/a.tar"
    complete "$T/redirected" "$(digest_of "$1")"
    rm -r "$T/piped" "$T/redirected"
  done
  gantry export "tar:-:$(tag_of "$1")" "tar:-:copy" <"$T/a.tar" | gantry export tar:- "dir:$T/both"
  complete "$T/both" "$(digest_of "$1")"
}

nothing_is_left_in_tmpdir() {
  mkdir "$T/tmp"
  tar -C "$(layout_of "$1")" -cz . | TMPDIR=$T/tmp gantry export "tar:-:$(tag_of "$1")" "dir:$T/out:copy"
  nothing_in "$T/tmp"
  tar -C "$(layout_of "$1")" -cf "$T/a.tar" .
  gzip -c "$T/a.tar" >"$T/whole.tar.gz"
  head -c 100000 "$T/whole.tar.gz" >"$T/cut.tar.gz"
  TMPDIR=$T/tmp refused 1 "$GANTRY" export "tar:$T/cut.tar.gz" "dir:$T/none"
  nothing_in "$T/tmp"
  # Killed while it waits for more: it has read some, for a pipe does not hold that much.
  mkfifo "$T/pipe"
  TMPDIR=$T/tmp "$GANTRY" export --quiet "tar:$T/pipe" "dir:$T/none" &
  { head -c 1M "$T/a.tar"; kill -KILL $!; } >"$T/pipe"
  wait $! || true
  nothing_in "$T/tmp"
}

# docker_is_brought ARCHIVE IMAGE [PLAIN]: no manifest came with it; config and layers are those of the image,
# the latter as they are when they are not compressed. PLAIN is the archive as skopeo can read it.
docker_is_brought() {
  local layout manifest
  layout=$(layout_of "$2")
  manifest=$(blob "$layout" "$(digest_of "$2")")
  rm -rf "$T/out" "$T/copy" "$T/image.tar"
  gantry export "tar:$1:docker.io/library/saved:1" "dir:$T/out"
  complete "$T/out" "$(root_digest "$T/out" 1)"
  equal "name" docker.io/library/saved:1 "$(jq -r '.manifests[].annotations["io.containerd.image.name"]' "$T/out/index.json")"
  skopeo inspect --raw "oci:$T/out" >"$T/manifest"
  equal "type" application/vnd.docker.distribution.manifest.v2+json "$(jq -r .mediaType "$T/manifest")"
  jq -r '.rootfs.diff_ids[]' "$(blob "$layout" "$(jq -r .config.digest "$manifest")")" >"$T/expected"
  jq -r '.layers[].digest' "$T/manifest" >"$T/actual"
  same_lines "layers" "$T/expected" "$T/actual"
  skopeo inspect --config --raw "docker-archive:${3:-$1}" >"$T/config"
  equal "digest of the config" "$(sha256_of "$T/config")" "$(jq -r .config.digest "$T/manifest")"
  skopeo copy --quiet --preserve-digests "oci:$T/out" "dir:$T/copy"
  # And back into an archive of Docker's.
  gantry export "tar:$1" "tar:$T/image.tar"
  equal "names" '["saved:1"]' "$(skopeo list-tags "docker-archive:$T/image.tar" | jq -c .Tags)"
}

skopeo_docker_archive() {
  skopeo copy --quiet "oci:$(layout_of "$1"):$(tag_of "$1")" "docker-archive:$2:saved:1"
}

docker_archive_is_brought() {
  skopeo_docker_archive "$1" "$T/a.tar"
  docker_is_brought "$T/a.tar" "$1"
  gzip -k "$T/a.tar"
  docker_is_brought "$T/a.tar.gz" "$1" "$T/a.tar"
}

# As docker save had it before version 25: each layer in a folder named by no digest of it, and some only
# links to others. skopeo puts such links beside what its manifest.json lists.
legacy_docker_archive_is_brought() {
  local folder
  skopeo_docker_archive "$1" "$T/a.tar"
  mkdir "$T/tree"
  tar -C "$T/tree" -xf "$T/a.tar"
  for folder in "$T"/tree/*/; do
    folder=$(basename "$folder")
    printf '{"%s": "%s"}\n' "$(readlink "$T/tree/$folder/layer.tar" | sed 's|.*/||')" "$folder/layer.tar"
  done | jq -s add >"$T/links"
  jq -c --slurpfile links "$T/links" '.[].Layers |= map($links[0][.])' "$T/tree/manifest.json" >"$T/new"
  chmod u+w "$T/tree/manifest.json"
  mv "$T/new" "$T/tree/manifest.json"
  grep -q /layer.tar "$T/tree/manifest.json"
  tar -C "$T/tree" -cf "$T/legacy.tar" .
  docker_is_brought "$T/legacy.tar" "$1"
}

buildah_archives_are_brought() {
  local root
  buildah() { command buildah --root "$T/storage" --runroot "$T/run" --storage-driver vfs "$@"; }
  skopeo_docker_archive "$1" "$T/a.tar"
  buildah pull --quiet "docker-archive:$T/a.tar" >"$T/id"
  buildah push --quiet "$(cat "$T/id")" "oci-archive:$T/oci.tar:1"
  buildah push --quiet "$(cat "$T/id")" "docker-archive:$T/docker.tar:saved:1"
  # buildah compresses anew, so the digest is its own.
  mkdir "$T/theirs"
  tar -C "$T/theirs" -xf "$T/oci.tar"
  root=$(root_digest "$T/theirs")
  gantry export "tar:$T/oci.tar:1" "dir:$T/layout"
  complete "$T/layout" "$root"
  docker_is_brought "$T/docker.tar" "$1"
}

# bad_archive WHAT ARCHIVE: refused for that, with nothing of a target.
bad_archive() {
  refused 1 "$GANTRY" export "tar:$2" "dir:$T/none"
  grep -q -- "$1" "$T/stderr" || fail "no '$1' in it"
  [ ! -e "$T/none" ] || fail "a target was made"
}

bad_archives_are_refused() {
  local name
  cp -r "$(layout_of "$1")" "$T/bad"
  name=$(cd "$T/bad" && find blobs -type f | sort | head -n 1)
  tar -C "$T/bad" -cf "$T/good.tar" .
  cp "$T/good.tar" "$T/twice.tar"
  tar -C "$T/bad" -rf "$T/twice.tar" index.json
  bad_archive twice "$T/twice.tar"
  head -c 100000 "$T/good.tar" >"$T/cut.tar"
  bad_archive 'ends before its end' "$T/cut.tar"
  (cd "$T/bad" && tar -Pcf "$T/absolute.tar" . "$PWD/index.json")
  bad_archive absolute "$T/absolute.tar"
  (cd "$T/bad/blobs" && tar -Pcf "$T/parent.tar" ../oci-layout ../index.json .)
  bad_archive "'..'" "$T/parent.tar"
  ln "$T/bad/$name" "$T/bad/blobs/sha256/$(printf '0%.0s' {1..64})"
  tar -C "$T/bad" --sort=name -cf "$T/linked.tar" .
  bad_archive 'hard link' "$T/linked.tar"
  rm "$T/bad/blobs/sha256/$(printf '0%.0s' {1..64})"
  mv "$T/bad/$name" "$T/elsewhere"
  ln -s "$T/elsewhere" "$T/bad/$name"
  tar -C "$T/bad" -cf "$T/link.tar" .
  bad_archive 'symbolic link' "$T/link.tar"
  rm "$T/bad/$name"
  truncate -s 10M "$T/bad/$name"
  for format in gnu pax; do
    tar -C "$T/bad" --sparse --format="$format" -cf "$T/sparse.tar" .
    bad_archive sparse "$T/sparse.tar"
  done
  xz -c "$T/good.tar" >"$T/good.tar.xz"
  bad_archive 'compressed with xz' "$T/good.tar.xz"
  zstd -q --long=31 <"$T/good.tar" >"$T/long.tar.zst"
  bad_archive 'window of more than 8 MiB' "$T/long.tar.zst"
  head -c 1M /dev/zero | gzip >"$T/zeros.gz"
  bad_archive 'no archive of images' "$T/zeros.gz"
  tar -cf "$T/other.tar" -C / etc/passwd
  bad_archive 'no archive of images' "$T/other.tar"
  refused 4 "$GANTRY" export "tar:$T/absent.tar" "dir:$T/none"
  refused 4 "$GANTRY" export "tar:$T" "dir:$T/none"
}

# A layer of 300 MiB, out of an archive and out of a stream of it.
archives_need_little_memory() {
  large_image "$T/large" 300
  tar -C "$T/large" -cf "$T/large.tar" .
  GANTRY_JAVA_OPTS=$SMALL_HEAP gantry export "tar:$T/large.tar" "dir:$T/out:a"
  complete "$T/out" "$(root_digest "$T/large")"
  zstd -q -1 <"$T/large.tar" | GANTRY_JAVA_OPTS=$SMALL_HEAP gantry export tar:- "dir:$T/piped:a"
  complete "$T/piped" "$(root_digest "$T/large")"
}

# Nothing of what reads archives is loaded where none is read, and zstd only for zstd.
loads_what_it_needs() {
  local log="${GANTRY_JAVA_OPTS-} -Xlog:class+load:file=$T/classes"
  GANTRY_JAVA_OPTS=$log gantry export "$(from_dir "$1")" "tar:$T/a.tar"
  ! grep -E 'airlift|TarReader|DockerArchive' "$T/classes" || fail "loaded for an archive that is written"
  GANTRY_JAVA_OPTS=$log gantry export "tar:$T/a.tar" "dir:$T/out:copy"
  grep -q TarReader "$T/classes" || fail "the log has nothing of use"
  ! grep -E 'airlift|DockerArchive' "$T/classes" || fail "loaded for an archive that is not compressed"
  zstd -q "$T/a.tar"
  gantry export "tar:$T/a.tar.zst" "dir:$T/out:copy" 2>"$T/stderr"
  equal "lines on standard error" 1 "$(wc -l <"$T/stderr")"
}

for image in debian:bookworm many-layers:1.0 multi:1.0; do
  check "archives/skopeo-$image" skopeo_archive_is_brought "$image"
done
for image in many-layers:1.0 multi:1.0 docker:1.0 artifact:scan; do
  check "archives/ctr-$image" ctr_archive_is_brought "$image"
done
check archives/buildah buildah_archives_are_brought debian:bookworm
check archives/docker-debian docker_archive_is_brought debian:bookworm
check archives/docker-many-layers docker_archive_is_brought many-layers:1.0
check archives/docker-legacy legacy_docker_archive_is_brought many-layers:1.0
for format in v7 oldgnu gnu ustar pax; do
  check "archives/tar-$format" tar_is_brought many-layers:1.0 --format="$format" .
done
check archives/tar-without-folder tar_is_brought many-layers:1.0 oci-layout index.json blobs
check archives/tar-index-last tar_is_brought many-layers:1.0 blobs oci-layout index.json
check archives/tar-strange-blocks tar_is_brought many-layers:1.0 -b 1 --label=volume --xattrs --mtime=@1700000000.5 .
check archives/gzip compressed_is_brought debian:bookworm gzip -1
check archives/gzip-in-two compressed_is_brought many-layers:1.0 in_two_members
check archives/zstd compressed_is_brought debian:bookworm zstd -q -3
check archives/pzstd compressed_is_brought debian:bookworm pzstd -q -c
check archives/zstd-19-threads compressed_is_brought many-layers:1.0 zstd -q -19 -T2 --no-check
check archives/pipes pipes_are_brought many-layers:1.0
check archives/nothing-left nothing_is_left_in_tmpdir debian:bookworm
check archives/bad bad_archives_are_refused many-layers:1.0
check archives/small-heap archives_need_little_memory
check archives/classes loads_what_it_needs many-layers:1.0
