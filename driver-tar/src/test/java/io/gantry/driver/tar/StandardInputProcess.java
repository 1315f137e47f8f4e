package io.gantry.driver.tar;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Digest;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/** Another process that reads an archive from its standard input and prints the digests in it. */
final class StandardInputProcess {
  private StandardInputProcess() {}

  /** Prints the digest of the bytes of each blob. */
  public static void main(String[] args) throws Exception {
    try (ContentStore store = ArchiveFixture.openAt("-")) {
      for (Digest digest : store.blobs().orElseThrow()) {
        System.out.println(Digest.of(digest.algorithm(), ArchiveFixture.read(store, digest)));
      }
    }
  }

  static ProcessBuilder builder() {
    // Not java.class.path: surefire puts all that into one jar of its own.
    String classPath =
        Stream.of(
                StandardInputProcess.class,
                TarStoreProvider.class,
                ContentStore.class,
                io.gantry.testkit.OciLayout.class,
                JsonNode.class,
                JsonParser.class,
                com.fasterxml.jackson.annotation.JsonFormat.class,
                Assertions.class)
            .map(StandardInputProcess::origin)
            .collect(Collectors.joining(File.pathSeparator));
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                StandardInputProcess.class.getName()))
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  private static String origin(Class<?> type) {
    try {
      return Path.of(
              requireNonNull(type.getProtectionDomain().getCodeSource()).getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
