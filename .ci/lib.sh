# shellcheck shell=bash
# What the scripts in this folder share. Sourced, never run.

# say TEXT...: progress for a human; standard output is left to results.
say() { printf '%s\n' "$*" >&2; }

die() { say "${0##*/}: $*"; exit 1; }

# as_root COMMAND...: runs it as root, through sudo where we are not root already.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  say "installing: $*"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# need_packages COMMAND=PACKAGE...: installs the Debian packages whose command is missing. Asks apt
# for nothing when everything is there, so that a prepared machine needs no network.
need_packages() {
  local pair missing=()
  for pair in "$@"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# poll SECONDS COMMAND...: tries the command ten times a second until it succeeds or time is up.
poll() {
  local tries=$(($1 * 10)); shift
  until "$@" >/dev/null 2>&1; do
    [ $((tries -= 1)) -gt 0 ] || return 1
    sleep 0.1
  done
}

# wait_for_exit SECONDS PID: waits until the process is gone.
is_gone() { ! kill -0 "$1" 2>/dev/null; }
wait_for_exit() { poll "$1" is_gone "$2"; }

# fresh_copy FOLDER: the tree around us as a clone would have it: no build output, nothing ignored.
fresh_copy() {
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -C "$1" -xf -
}

# sha256_of FILE: its digest as OCI writes it.
sha256_of() { sha256sum "$1" | sed 's/^\\\{0,1\}/sha256:/; s/ .*//'; }

# blob LAYOUT DIGEST: the path of a blob.
blob() { printf '%s/blobs/%s\n' "$1" "${2/://}"; }

# put_blob LAYOUT FILE: copies the file into the layout as a blob and prints its digest.
put_blob() {
  local digest; digest=$(sha256_of "$2")
  mkdir -p "$1/blobs/sha256"
  cp "$2" "$(blob "$1" "$digest")"
  printf '%s\n' "$digest"
}

# descriptor MEDIA_TYPE LAYOUT DIGEST: the descriptor of a blob that is already there.
descriptor() {
  jq -cn --arg type "$1" --arg digest "$3" \
    --argjson size "$(stat -c %s "$(blob "$2" "$3")")" \
    '{mediaType: $type, digest: $digest, size: $size}'
}

# write_index LAYOUT < DESCRIPTORS: index.json and oci-layout over the descriptors on standard input.
write_index() {
  jq -cs '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: .}' \
    | tr -d '\n' >"$1/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
}

# root_digest LAYOUT [TAG]: the digest that index.json lists, under the tag when there is one.
root_digest() {
  jq -r --arg tag "${2-}" '[.manifests[]
    | select($tag == "" or .annotations["org.opencontainers.image.ref.name"] == $tag)][0].digest' \
    "$1/index.json"
}

# reachable LAYOUT: every blob that can be reached from index.json, one "digest size" a line, each
# once. Written in jq on purpose: an account of the graph that shares nothing with Gantry.
reachable() {
  local layout=$1 digest size type file
  local -A seen=()
  local queue=()
  mapfile -t queue < <(jq -r '.manifests[] | "\(.digest) \(.size) \(.mediaType)"' "$layout/index.json")
  while [ ${#queue[@]} -gt 0 ]; do
    read -r digest size type <<<"${queue[0]}"
    queue=("${queue[@]:1}")
    [ -z "${seen[$digest]-}" ] || continue
    seen[$digest]=1
    printf '%s %s\n' "$digest" "$size"
    case $type in
      *.image.index.v1+json | *.manifest.list.v2+json | *.image.manifest.v1+json | *.manifest.v2+json)
        file=$(blob "$layout" "$digest")
        mapfile -t -O ${#queue[@]} queue < <(jq -r '(.manifests // ([.config] + .layers))[]
          | "\(.digest) \(.size) \(.mediaType)"' "$file")
        ;;
    esac
  done
}
