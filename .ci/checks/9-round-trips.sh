# shellcheck shell=bash disable=SC2154
# Every source to every target: a layout that others put on the carrier, taken off it by others.

# laid KIND IMAGE: puts the image on a carrier without us, and prints how it is called as a source.
laid() {
  case $1 in
    store) from_store "$2" ;;
    dir) from_dir "$2" ;;
    tar) tar -C "$(layout_of "$2")" -cf "$T/source.tar" .
      printf 'tar:%s:%s\n' "$T/source.tar" "$(tag_of "$2")" ;;
    s3) aws s3 sync --only-show-errors "$(layout_of "$2")" "$URL-source"
      printf '%s-source:%s\n' "$URL" "$(tag_of "$2")" ;;
  esac
}

# taken KIND: makes a folder of what we left on the carrier, without us.
taken() {
  case $1 in
    tar) mkdir "$T/layout"; tar -C "$T/layout" -xpf "$T/target.tar" ;;
    s3) down "$T/layout" ;;
  esac
}

round_trip() {
  local image=$3 target source
  at_service versitygw
  case $2 in
    dir) target=dir:$T/layout ;;
    tar) target=tar:$T/target.tar ;;
    s3) target=$URL ;;
  esac
  source=$(laid "$1" "$image")
  gantry export "$source" "$target:$(tag_of "$image")"
  taken "$2"
  complete "$T/layout" "$(digest_of "$image")"
  equal "name" "$(tag_of "$image")" \
    "$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' "$T/layout/index.json")"
  skopeo_reads "oci:$T/layout" "$image"
}

if selected 'round-trip/*' || [[ ${PATTERNS[*]} = *round-trip* ]]; then
  start_service versitygw
  for source in store dir tar s3; do
    for target in dir tar s3; do
      for image in multi:1.0 docker-list:1.0; do
        check "round-trip/$source-$target/${image%:*}" round_trip "$source" "$target" "$image"
      done
    done
  done
  "$CI/versitygw" stop "$WORK/versitygw" || true
fi
