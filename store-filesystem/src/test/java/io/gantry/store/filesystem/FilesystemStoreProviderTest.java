package io.gantry.store.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.Selection;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesystemStoreProviderTest {
  @TempDir private Path folder;
  private final InMemoryStore content = new InMemoryStore();
  private final ImageFactory make = ImageFactory.into(content, 5);

  @Test
  void findsAnImageByTheDigestOfItsIndex() throws IOException {
    Descriptor index = make.index(make.image(10), make.image(20));
    OciLayout.write(OciLayout.blobs(content), folder);

    try (ContentStore store = open("store:" + folder)) {
      ExportPlan plan =
          ExportPlan.of(
              store,
              ExportRequest.everything().select(List.of(new Selection.ByDigest(index.digest()))));

      assertThat(plan.index().manifests()).containsExactly(index);
      assertThat(plan.blobs()).hasSize(7);
    }
  }

  @Test
  void asksForADigestAsItHasNoNames() throws IOException {
    make.image(10);
    OciLayout.write(OciLayout.blobs(content), folder);

    try (ContentStore store = open("store:" + folder)) {
      assertThatThrownBy(() -> ExportPlan.of(store, ExportRequest.everything()))
          .isInstanceOf(GantryException.class)
          .hasMessageContaining("digest");
    }
    assertThatThrownBy(() -> open("store:" + folder + ":latest"))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_ARGUMENT))
        .hasMessageContaining("@");
  }

  @Test
  void saysWhichFolderOfContainerdIsMeant() {
    assertThatThrownBy(() -> open("store:" + folder))
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND))
        .hasMessageContaining("io.containerd.content.v1.content");
  }

  @ParameterizedTest
  @ValueSource(strings = {"link", "folder", "pipe"})
  void opensNothingButARegularFileInThePlaceOfABlob(String what) throws Exception {
    Descriptor layer = make.layer(10);
    Descriptor image = make.image(List.of(layer));
    OciLayout.write(OciLayout.blobs(content), folder);
    Path blob = folder.resolve(OciLayout.name(layer.digest()));
    Files.delete(blob);
    switch (what) {
      case "link" -> Files.createSymbolicLink(blob, blob.resolveSibling("secret"));
      case "folder" -> Files.createDirectory(blob);
      // Opening a pipe that nobody writes to would never return.
      default -> new ProcessBuilder("mkfifo", blob.toString()).inheritIO().start().waitFor();
    }

    try (ContentStore store = open("store:" + folder)) {
      assertThatThrownBy(
              () ->
                  ExportPlan.of(
                      store,
                      ExportRequest.everything()
                          .select(List.of(new Selection.ByDigest(image.digest())))))
          .isInstanceOfSatisfying(
              GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_FAILED))
          .hasMessageContaining(layer.digest().encoded())
          .hasMessageContaining("only regular files are read");
    }
  }

  private static ContentStore open(String source) throws IOException {
    Options options = Options.parse("store", List.of(), Map.of());
    return new FilesystemStoreProvider().open(Location.parse(source), options);
  }
}
