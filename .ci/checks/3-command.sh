# shellcheck shell=bash disable=SC2154
# The command itself: exit codes, what goes to which stream, and what happens to targets.

SAMPLE=many-layers:1.0

drivers_are_listed() {
  gantry drivers >"$T/text"
  grep -qw tar "$T/text"
  grep -qw dir "$T/text"
  gantry drivers --json | jq -e '[.. | strings] | contains(["tar", "dir"])' >/dev/null
}

help_and_version() {
  gantry --help | grep -q export
  gantry export --help | grep -q -- --platform
  gantry --version | grep -q '[0-9]'
}

# Whoever reads the result through a pipe gets no progress in it, and no terminal's escapes.
streams_are_kept_apart() {
  gantry export "$(from_dir "$SAMPLE")" "tar:$T/a.tar" >"$T/stdout" 2>"$T/stderr"
  [ ! -s "$T/stdout" ] || fail "something on standard output"
  ! grep -q $'[\r\033]' "$T/stderr" || fail "progress for a terminal on standard error"
  gantry export --quiet "$(from_dir "$SAMPLE")" "tar:$T/b.tar" >"$T/stdout" 2>"$T/stderr"
  [ ! -s "$T/stdout" ] || fail "--quiet: something on standard output"
  [ ! -s "$T/stderr" ] || fail "--quiet: something on standard error"
}

# The launcher's own run before the first command shares the classes of S3, and of nobody's else.
opens_no_driver_of_others() {
  cp -r "$(dirname "$(dirname "$GANTRY")")" "$T/copy"
  rm -f "$T"/copy/share/classes-*
  cp "$T"/copy/drivers/s3/gantry-driver-s3-*.jar "$T/copy/drivers/other.jar"
  strace -f -qq -e trace=openat -o "$T/opened" "$T/copy/bin/gantry" export --quiet "$(from_dir "$SAMPLE")" "tar:$T/a.tar"
  grep -q 'drivers/s3/' "$T/opened"
  ! grep 'drivers/other.jar' "$T/opened" || fail "opened"
}

json_result() {
  gantry export --json "$(from_dir "$SAMPLE")" "tar:$T/a.tar" 2>/dev/null >"$T/json"
  jq -e --arg digest "$(digest_of "$SAMPLE")" 'any(.. | strings; . == $digest)' "$T/json" >/dev/null
}

dry_run_writes_nothing() {
  mkdir "$T/out"
  gantry export --dry-run "$(from_dir "$SAMPLE")" "tar:$T/out/a.tar" >"$T/plan"
  gantry export --dry-run "$(from_dir "$SAMPLE")" "dir:$T/out/layout" >>"$T/plan"
  nothing_in "$T/out"
  grep -q "$(digest_of "$SAMPLE" | cut -d : -f 2 | cut -c 1-12)" "$T/plan"
  gantry export --dry-run --json "$(from_dir "$SAMPLE")" "tar:$T/out/a.tar" 2>/dev/null | jq -e . >/dev/null
}

wrong_usage() {
  refused 2 "$GANTRY" export
  refused 2 "$GANTRY" export "$(from_dir "$SAMPLE")"
  refused 2 "$GANTRY" export --no-such-flag "$(from_dir "$SAMPLE")" "tar:$T/a.tar"
  refused 2 "$GANTRY" export "$(from_dir "$SAMPLE")" "tar:$T/a.tar" third
  refused 2 "$GANTRY" no-such-command
  refused 2 "$GANTRY" export -o no-such-option=1 "$(from_dir "$SAMPLE")" "tar:$T/a.tar"
  refused 2 "$GANTRY" export -o docker-manifest=perhaps "$(from_dir "$SAMPLE")" "tar:$T/a.tar"
  refused 2 "$GANTRY" export --driver-path "$T/none.jar" "$(from_dir "$SAMPLE")" "tar:$T/a.tar"
  [ ! -e "$T/a.tar" ] || fail "the target was made"
}

unknown_scheme() {
  refused 5 "$GANTRY" export "$(from_dir "$SAMPLE")" "nosuch:$T/a.tar"
  refused 5 "$GANTRY" export "nosuch:$T/a" "tar:$T/a.tar"
}

source_not_found() {
  mkdir "$T/out" "$T/empty"
  refused 4 "$GANTRY" export "dir:$T/nowhere" "tar:$T/out/a.tar"
  refused 4 "$GANTRY" export "dir:$(layout_of "$SAMPLE"):no-such-tag" "tar:$T/out/a.tar"
  refused 4 "$GANTRY" export "store:$CONTENT@sha256:$(printf '0%.0s' {1..64})" "tar:$T/out/a.tar"
  refused 1,4 "$GANTRY" export "dir:$T/empty" "tar:$T/out/a.tar"
  nothing_in "$T/out"
}

wrong_digest_argument() {
  local digest
  mkdir "$T/out"
  for digest in sha256:../../etc/passwd "sha256:$(printf 'A%.0s' {1..64})" sha256:ab md5:00 ../x:y; do
    refused 1,2 "$GANTRY" export "store:$CONTENT@$digest" "tar:$T/out/a.tar"
  done
  nothing_in "$T/out"
}

target_exists() {
  printf 'precious' >"$T/a.tar"
  refused 1 "$GANTRY" export "$(from_dir "$SAMPLE")" "tar:$T/a.tar"
  equal "the old file" precious "$(cat "$T/a.tar")"
  gantry export --overwrite "$(from_dir "$SAMPLE")" "tar:$T/a.tar"
  tar -tf "$T/a.tar" >/dev/null
}

# A failed export leaves the file alone even where it may be replaced.
failure_keeps_the_old() {
  printf 'precious' >"$T/a.tar"
  refused 4 "$GANTRY" export --overwrite "dir:$(layout_of "$SAMPLE"):no-such-tag" "tar:$T/a.tar"
  equal "the old file" precious "$(cat "$T/a.tar")"
}

target_folder_missing() { refused 1 "$GANTRY" export "$(from_dir "$SAMPLE")" "tar:$T/no/such/folder/a.tar"; }
target_is_a_folder() {
  mkdir "$T/folder"
  refused 1 "$GANTRY" export "$(from_dir "$SAMPLE")" "tar:$T/folder"
  refused 1 "$GANTRY" export --overwrite "$(from_dir "$SAMPLE")" "tar:$T/folder"
  nothing_in "$T/folder"
}
target_is_a_file() {
  printf 'precious' >"$T/file"
  refused 1 "$GANTRY" export "$(from_dir "$SAMPLE")" "dir:$T/file"
  equal "the file" precious "$(cat "$T/file")"
}

# Root may write everywhere, so somebody else has to try.
target_not_writable() {
  local reachable=$T/distribution/bin/gantry
  local nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 755 "$WORK" "$T"
  # A clone may be where nobody but its owner can go.
  cp -r "$(dirname "$(dirname "$GANTRY")")" "$T/distribution"
  chmod -R a+rX "$T/distribution"
  "${nobody[@]}" test -x "$reachable" || skip "the user nobody cannot reach $reachable"
  mkdir -m 755 "$T/out"
  cp -r "$(layout_of "$SAMPLE")" "$T/source"
  chmod -R a+rX "$T/source"
  refused 1 "${nobody[@]}" "$reachable" export "dir:$T/source" "tar:$T/out/a.tar"
  refused 1 "${nobody[@]}" "$reachable" export "dir:$T/source" "dir:$T/out/layout"
  nothing_in "$T/out"
}

disk_full() {
  local code=0
  gantry export "$(from_dir "$SAMPLE")" tar:- >/dev/full 2>"$T/stderr" || code=$?
  cat "$T/stderr"
  equal "exit code" 1 "$code"
  equal "lines on standard error" 1 "$(wc -l <"$T/stderr")"
}

# Names and annotations come from whoever made the image. A terminal must not obey them.
control_characters() {
  local arguments evil=$'red\033[31m\nfake: line\a'
  cp -r "$(layout_of "$SAMPLE")" "$T/layout"
  jq --arg evil "$evil" '.manifests[0].annotations |= {"org.opencontainers.image.ref.name": $evil, ($evil): $evil}' \
    "$(layout_of "$SAMPLE")/index.json" >"$T/layout/index.json"
  mkdir "$T/out"
  for arguments in "--dry-run dir:$T/layout" "dir:$T/layout" "dir:$T/layout:other"; do
    # shellcheck disable=SC2086  # two arguments
    gantry export $arguments "tar:$T/out/a.tar" >>"$T/terminal" 2>&1 || true
  done
  gantry export "dir:$T/layout:$evil$evil" "tar:$T/out/b.tar" >>"$T/terminal" 2>&1 || true
  [ -s "$T/terminal" ] || fail "nothing was printed"
  ! grep -q $'[\033\a]' "$T/terminal" || { cat -v "$T/terminal"; fail "control characters were printed"; }
  ! grep -q '^fake: line' "$T/terminal" || fail "a line break was printed"
}

# The class-data archive holds for one place of the jars.
starts_where_it_was_moved() {
  cp -a "$(dirname "$(dirname "$GANTRY")")" "$T/moved"
  "$T/moved/bin/gantry" --version >"$T/version" 2>"$T/stderr"
  cat "$T/stderr"
  [ ! -s "$T/stderr" ] || fail "something on standard error"
  equal "archives" 2 "$(find "$T/moved/share" -name 'classes-*.jsa' -size +1M | wc -l)"
  GANTRY_JAVA_OPTS=-XX:+UseParallelGC "$T/moved/bin/gantry" --version
}

check command/moved starts_where_it_was_moved
check command/drivers drivers_are_listed
check command/first-of-all opens_no_driver_of_others
check command/help help_and_version
check command/streams streams_are_kept_apart
check command/json json_result
check command/dry-run dry_run_writes_nothing
check command/wrong-usage wrong_usage
check command/unknown-scheme unknown_scheme
check command/source-not-found source_not_found
check command/wrong-digest wrong_digest_argument
check command/control-characters control_characters
check target/exists target_exists
check target/kept-on-failure failure_keeps_the_old
check target/folder-missing target_folder_missing
check target/is-a-folder target_is_a_folder
check target/is-a-file target_is_a_file
check target/not-writable target_not_writable
check target/disk-full disk_full
