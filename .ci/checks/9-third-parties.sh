# shellcheck shell=bash disable=SC2154
# Drivers from somebody else's jar, built as a third party would and used by the packaged command:
# examples/driver-zip, and the project of docs/driver-authors.md.

ROOT=$(realpath "$CI/..")
M2=$WORK/m2                                 # the local repository of the third party
SHARED=$WORK/with-drivers                   # a copy of the distribution, with jars in drivers/

mvn() { command mvn -B -ntp -q "-Dmaven.repo.local=$M2" "$@"; }

# What Maven has downloaded already is copied, so that nothing is downloaded twice; of Gantry there is
# what the build installs, and nothing else.
install_gantry() {
  [ ! -e "$M2/installed" ] || return 0
  mkdir -p "$M2"
  [ ! -d ~/.m2/repository ] || cp -r ~/.m2/repository/. "$M2"
  rm -rf "$M2/io/gantry"
  mvn -f "$ROOT" -pl api,testkit -am -Dmaven.test.skip=true -Dspotless.check.skip=true install
  touch "$M2/installed"
}

# drop_in PROJECT: builds and tests a copy of the project, and puts its jar into the copy of the distribution.
drop_in() {
  local copy=$WORK/projects/${1##*/}
  [ ! -e "$copy/dropped" ] || return 0
  install_gantry
  mkdir -p "$WORK/projects"
  rm -rf "$copy"
  cp -r "$1" "$copy"
  mvn -f "$copy" clean verify
  [ -e "$SHARED" ] || cp -r "$(dirname "$(dirname "$GANTRY")")" "$SHARED"
  cp "$copy"/target/*.jar "$SHARED/drivers"
  touch "$copy/dropped"
}

# with_zip ARGUMENTS...: the gantry that has the zip driver. For refused(), a command.
with_zip() { "$SHARED/bin/gantry" "$@"; }
zip_driver() { drop_in "$ROOT/examples/driver-zip"; }

is_listed() {
  zip_driver
  with_zip drivers >"$T/drivers"
  cat "$T/drivers"
  grep -q 'zip .*gantry-driver-zip-1.0.0.jar' "$T/drivers"
  grep -q 'level' "$T/drivers"
  refused 5 "$GANTRY" export "$(from_dir many-layers:1.0)" "zip:$T/image.zip"
}

is_named_on_the_command_line() {
  local jar; zip_driver
  jar=$(echo "$WORK"/projects/driver-zip/target/*.jar)
  gantry export --driver-path "$jar" "$(from_dir many-layers:1.0)" "zip:$T/one.zip:1.0"
  GANTRY_DRIVER_PATH=$jar gantry export "$(from_dir many-layers:1.0)" "zip:$T/two.zip:1.0"
  cmp "$T/one.zip" "$T/two.zip"
  unzip -q -d "$T/unzipped" "$T/one.zip"
  skopeo_agrees "$T/unzipped" many-layers:1.0
  refused 2 "$GANTRY" export --driver-path "$T/none.jar" "$(from_dir many-layers:1.0)" "zip:$T/three.zip"
}

# skopeo_agrees LAYOUT IMAGE: it can copy all of it, and the digest is that of the image.
skopeo_agrees() {
  complete "$1" "$(digest_of "$2")"
  skopeo inspect --raw "oci:$1" >"$T/raw"
  equal "digest of skopeo inspect --raw" "$(digest_of "$2")" "$(sha256_of "$T/raw")"
  skopeo copy --quiet --all --preserve-digests "oci:$1" "dir:$T/copied"
  rm -r "$T/copied"
}

goes_into_a_zip() {
  zip_driver
  with_zip export "$(from_dir "$1")" "zip:$T/image.zip:1.0"
  unzip -tq "$T/image.zip"
  unzip -q -d "$T/unzipped" "$T/image.zip"
  skopeo_agrees "$T/unzipped" "$1"
  equal "last entries" "index.json oci-layout" "$(unzip -Z1 "$T/image.zip" | tail -n 2 | paste -sd ' ')"
  with_zip verify "zip:$T/image.zip"
  with_zip export "zip:$T/image.zip:1.0" "dir:$T/out:1.0"
  skopeo_agrees "$T/out" "$1"
}

# comes_out_of_a_zip IMAGE OPTION...: as Info-ZIP makes them.
comes_out_of_a_zip() {
  local image=$1; shift
  zip_driver
  (cd "$(layout_of "$image")" && zip -qr "$@" "$T/image.zip" .)
  with_zip export "zip:$T/image.zip:$(tag_of "$image")" "dir:$T/out:1.0"
  skopeo_agrees "$T/out" "$image"
}

# Sizes and checksums follow the content, as zip cannot seek in a pipe.
comes_out_of_a_streamed_zip() {
  zip_driver
  (cd "$(layout_of "$1")" && zip -qr - . | cat >"$T/image.zip")
  with_zip export "zip:$T/image.zip:$(tag_of "$1")" "dir:$T/out:1.0"
  skopeo_agrees "$T/out" "$1"
}

is_the_same_each_time() {
  zip_driver
  with_zip export "$(from_dir "$1")" "zip:$T/one.zip:1.0"
  TZ=Pacific/Kiritimati with_zip export --parallel 1 "$(from_store "$1")" "zip:$T/other.zip:1.0"
  cmp "$T/one.zip" "$T/other.zip"
}

takes_its_option() {
  zip_driver
  zeros_layout "$T/zeros" 1M
  with_zip export "dir:$T/zeros" "zip:$T/image.zip"
  [ "$(stat -c %s "$T/image.zip")" -gt 1000000 ] || fail "compressed unasked"
  refused 1 "$SHARED/bin/gantry" export -o level=9 "dir:$T/zeros" "zip:$T/image.zip"
  with_zip export --overwrite -o level=9 "dir:$T/zeros" "zip:$T/image.zip"
  [ "$(stat -c %s "$T/image.zip")" -lt 10000 ] || fail "not compressed"
  refused 2 "$SHARED/bin/gantry" export -o level=10 "dir:$T/zeros" "zip:$T/none.zip"
  refused 2 "$SHARED/bin/gantry" export -o lever=1 "dir:$T/zeros" "zip:$T/none.zip"
  [ ! -e "$T/none.zip" ] || fail "a file was made"
}

bad_zips_are_refused() {
  zip_driver
  (cd "$(layout_of "$1")" && zip -qr "$T/good.zip" .)
  refused 4 "$SHARED/bin/gantry" export "zip:$T/absent.zip" "dir:$T/out"
  head -c 10000 "$T/good.zip" >"$T/cut.zip"
  cp "$T/good.zip" "$T/leads-out.zip"
  python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "a").writestr("../x", "x")' "$T/leads-out.zip"
  cp "$T/good.zip" "$T/twice.zip"
  python3 -W ignore -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "a").writestr("index.json", "{}")' "$T/twice.zip"
  cp "$T/good.zip" "$T/dotted.zip"
  python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "a").writestr("./index.json", "{}")' "$T/dotted.zip"
  cp "$T/good.zip" "$T/both.zip"
  python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "a").writestr("index.json/", "")' "$T/both.zip"
  (cd "$(layout_of "$1")/.." && zip -qr "$T/folder.zip" "${1%%:*}")
  (cd "$(layout_of "$1")" && zip -qr -P secret "$T/encrypted.zip" .)
  for bad in cut leads-out twice dotted both folder encrypted; do
    refused 1 "$SHARED/bin/gantry" export "zip:$T/$bad.zip" "dir:$T/out"
    grep -q "$bad.zip" "$T/stderr" || fail "the file is not named"
  done
  [ ! -e "$T/out" ] || unpublished "$T/out"
}

four_gib_in_a_zip() {
  local free layer; free=$(df --output=avail -B1 "$T" | tail -n 1)
  [ "$free" -gt $((FOUR_GIB + (2 << 30))) ] || skip "not enough room in ${WORK%/*}"
  zip_driver
  four_gib_image
  layer=$(layer_of "$WORK/four")
  # Not compressed, so that what follows begins after 4 GiB.
  GANTRY_JAVA_OPTS=$SMALL_HEAP with_zip export "dir:$WORK/four" "zip:$T/four.zip"
  unzip -p "$T/four.zip" "blobs/${layer/://}" | openssl dgst -sha256 -r >"$T/digest"
  equal "digest of the layer" "$layer" "sha256:$(cut -d ' ' -f 1 "$T/digest")"
  GANTRY_JAVA_OPTS=$SMALL_HEAP with_zip verify "zip:$T/four.zip"
}

# guide_project FOLDER: the files of the guide, as they are at its end. A block that is a file has its
# name after the language.
guide_project() {
  awk -v folder="$1" '
    /^```[a-z]+ [^ ]+$/ {
      file = folder "/" $2
      parent = file
      sub("/[^/]*$", "", parent)
      system("mkdir -p \"" parent "\"")
      printf "" >file
      next
    }
    /^```$/ { if (file) close(file); file = ""; next }
    file { print >file }
  ' "$ROOT/docs/driver-authors.md"
}

guide_leads_to_a_driver() {
  guide_project "$WORK/guide/driver-flat"
  drop_in "$WORK/guide/driver-flat"
  with_zip drivers >"$T/drivers"
  cat "$T/drivers"
  grep -q 'flat .*gantry-driver-flat-1.0.0.jar' "$T/drivers"
  with_zip export -o comment=hello "$(from_dir "$1")" "flat:$T/image.flat:1.0"
  equal "first line" "# hello" "$(head -n 1 "$T/image.flat")"
  equal "blobs" "$(reachable "$(layout_of "$1")" | wc -l)" "$(grep -acE 'sha256:[0-9a-f]{64} [0-9]+$' "$T/image.flat")"
  equal "digest in the index" "$(digest_of "$1")" \
    "$(grep -aoE '\{"schemaVersion":2,"manifests":.*' "$T/image.flat" | jq -r '.manifests[0].digest')"
  refused 1 "$SHARED/bin/gantry" export "$(from_dir "$1")" "flat:$T/image.flat"
}

check guide/project guide_leads_to_a_driver many-layers:1.0
check zip/is-listed is_listed
check zip/named is_named_on_the_command_line
for image in debian:bookworm many-layers:1.0 multi:1.0 docker:1.0; do
  check "zip/into-$image" goes_into_a_zip "$image"
  check "zip/out-of-$image" comes_out_of_a_zip "$image"
done
check zip/out-of-stored comes_out_of_a_zip many-layers:1.0 -0
check zip/out-of-stream comes_out_of_a_streamed_zip many-layers:1.0
check zip/same is_the_same_each_time many-layers:1.0
check zip/option takes_its_option
check zip/bad bad_zips_are_refused many-layers:1.0
check zip/four-gib four_gib_in_a_zip
