package io.gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageDocument;
import io.gantry.api.oci.Index;
import io.gantry.api.oci.Manifest;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The images that the kit makes are what they are said to be. */
class ImageFactoryTest {
  private final InMemoryStore store = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(store, 23);

  private ImageDocument parse(Descriptor descriptor) throws GantryException {
    return ImageDocument.parse(descriptor, store.content(descriptor.digest()).orElseThrow());
  }

  @Test
  void theSeedDecidesEverything() {
    InMemoryStore again = new InMemoryStore();
    for (InMemoryStore each : List.of(store, again)) {
      ImageFactory random = ImageFactory.into(each, 4711);
      random.offer(random.anything());
    }
    assertThat(again.roots()).isEqualTo(store.roots());
    assertThat(again.digests()).isEqualTo(store.digests());
    assertThat(ImageFactory.into(store, 4711)).hasToString("images of seed 4711");
  }

  @Test
  void anImageHasItsLayersInTheirOrder() throws GantryException {
    List<Descriptor> layers = List.of(make.layer(5), make.layer(0), make.layer(7));
    Manifest manifest = (Manifest) parse(make.image(layers));
    assertThat(manifest.layers()).isEqualTo(layers);
    assertThat(manifest.config().mediaType()).isEqualTo(MediaTypes.OCI_CONFIG);
  }

  @Test
  void dockerTypesGoAllTheWay() throws GantryException {
    ImageFactory docker = make.dockerTypes();
    Descriptor image = docker.image(5);
    Descriptor list = docker.index(image);
    assertThat(list.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST_LIST);
    assertThat(image.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
    Manifest manifest = (Manifest) parse(image);
    assertThat(manifest.config().mediaType()).isEqualTo(MediaTypes.DOCKER_CONFIG);
    assertThat(((Index) parse(list)).manifests()).containsExactly(image);
  }

  @Test
  void anArtifactKeepsItsSubjectAndType() throws GantryException {
    Descriptor subject = make.digestedBy(DigestAlgorithm.SHA512).image(5);
    Manifest artifact = (Manifest) parse(make.artifact("a/b", subject, 3));
    assertThat(artifact.subject()).contains(subject);
    assertThat(artifact.artifactType()).contains("a/b");
  }

  @Test
  void platformsAreWrittenInFull() throws GantryException {
    Platform platform = Platform.of("linux", "arm", Optional.of("v6"));
    Index index = (Index) parse(make.multiPlatform(List.of(platform, Platform.parse("a/b"))));
    assertThat(index.manifests())
        .extracting(entry -> entry.platform().orElseThrow())
        .containsExactly(platform, Platform.parse("a/b"));
  }

  @Test
  void aLayoutHoldsTheStore(@TempDir Path folder) throws IOException {
    make.offer(make.image(5, 0), "app:1");
    make.offer(make.digestedBy(DigestAlgorithm.SHA512).image(6));
    ReadBack found =
        ReadBack.ofLayout(OciLayout.write(OciLayout.files(store), folder.resolve("layout")));
    assertThat(found.index().orElseThrow().manifests()).isEqualTo(store.roots());
    assertThat(found.digests()).containsExactlyInAnyOrderElementsOf(store.digests());
    assertThat(found.digests())
        .allSatisfy(
            digest -> assertThat(found.blob(digest)).hasValue(store.content(digest).orElseThrow()));
  }

  @Test
  void aFolderThatDoesNotExistPublishesNothing(@TempDir Path folder) throws IOException {
    ReadBack found = ReadBack.ofLayout(folder.resolve("absent"));
    assertThat(found.index()).isEmpty();
    assertThat(found.digests()).isEmpty();
  }
}
