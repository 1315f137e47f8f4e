# shellcheck shell=bash disable=SC2154
# Layouts that are wrong in one way each (.ci/make-bad): one clear line, the right exit code, nothing
# published; soon, and in a small heap.

bad_input_into_archive() {
  mkdir "$T/out"
  GANTRY_JAVA_OPTS=$SMALL_HEAP refused "$1" "$GANTRY" export "$2" "tar:$T/out/a.tar"
  nothing_in "$T/out"
}

bad_input_into_layout() {
  GANTRY_JAVA_OPTS=$SMALL_HEAP refused "$1" "$GANTRY" export "$2" "dir:$T/layout"
  unpublished "$T/layout"
}

# Extreme, and yet nothing is wrong with it.
sound_input() {
  GANTRY_JAVA_OPTS=$SMALL_HEAP soon "$GANTRY" export "$1" "tar:$T/a.tar"
  equal "members that occur twice" "" "$(tar -tf "$T/a.tar" | sort | uniq -d)"
}

# Out of a layout into an archive, and out of a bare content store into a layout.
bad_input() {
  local name codes root
  "$CI/make-bad" "$WORK/bad" >"$WORK/bad-cases"
  while IFS=$'\t' read -r name codes root; do
    if [ "$codes" = 0 ]; then
      check "bad/$name" sound_input "dir:$WORK/bad/$name"
      continue
    fi
    check "bad/$name" bad_input_into_archive "$codes" "dir:$WORK/bad/$name"
    [ "$root" = - ] || check "bad/$name-in-store" bad_input_into_layout "$codes" "store:$WORK/bad/$name@$root"
  done <"$WORK/bad-cases"
}
bad_input
