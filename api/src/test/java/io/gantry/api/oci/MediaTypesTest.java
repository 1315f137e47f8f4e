package io.gantry.api.oci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaTypesTest {

  @ParameterizedTest
  @CsvSource({
    "application/vnd.oci.image.index.v1+json,                   index",
    "application/vnd.docker.distribution.manifest.list.v2+json, index",
    "application/vnd.oci.image.manifest.v1+json,                manifest",
    "application/vnd.docker.distribution.manifest.v2+json,      manifest",
    "application/vnd.oci.image.config.v1+json,                  config",
    "application/vnd.docker.container.image.v1+json,            config",
    "application/vnd.oci.image.layer.v1.tar+gzip,               other",
    "application/vnd.oci.empty.v1+json,                         other",
    "application/vnd.docker.distribution.manifest.v1+prettyjws, other",
    "application/vnd.oci.image.index.v2+json,                   other",
    "APPLICATION/vnd.oci.image.index.v1+json,                   other"
  })
  void areOneThingOrAnother(String mediaType, String role) {
    assertThat(MediaTypes.isIndex(mediaType)).isEqualTo(role.equals("index"));
    assertThat(MediaTypes.isManifest(mediaType)).isEqualTo(role.equals("manifest"));
    assertThat(MediaTypes.isImageConfig(mediaType)).isEqualTo(role.equals("config"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.foreign.diff.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
      })
  void mayForbidToPassALayerOn(String mediaType) {
    assertThat(MediaTypes.isNonDistributable(mediaType)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable"
      })
  void usuallyAllowToPassALayerOn(String mediaType) {
    assertThat(MediaTypes.isNonDistributable(mediaType)).isFalse();
  }
}
