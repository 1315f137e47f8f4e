package io.gantry.driver.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ReadBack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several machines, or at least processes, that export into one prefix at a time. */
class ManyExportersTest {
  private static final int PROCESSES = 8;
  private static final int IMAGES = 25;

  private final S3Lab lab = S3Lab.open();

  @Test
  @Timeout(300)
  void noneLosesAnEntryOfAnother(@TempDir Path folder) throws Exception {
    Location target = lab.newTarget();
    List<Process> exports = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        exports.add(
            ExportProcess.start(
                target, i * IMAGES, IMAGES, lab.environment(), folder.resolve("output" + i)));
      }
      for (int i = 0; i < PROCESSES; i++) {
        int exit = exports.get(i).waitFor();
        assertThat(Files.readString(folder.resolve("output" + i))).isEmpty();
        assertThat(exit).isZero();
      }
    } finally {
      exports.forEach(Process::destroyForcibly);
    }

    ReadBack found = lab.readBack(target);
    List<Descriptor> entries = found.index().orElseThrow().manifests();
    assertThat(entries).hasSize(PROCESSES * IMAGES);
    Set<Digest> blobs = new HashSet<>();
    for (int number = 0; number < PROCESSES * IMAGES; number++) {
      Shipment image = ExportProcess.image(number);
      assertThat(entries).containsAll(image.plan().index().manifests());
      for (Descriptor blob : image.plan().blobs()) {
        blobs.add(blob.digest());
        assertThat(found.blob(blob.digest()))
            .hasValue(image.store().content(blob.digest()).orElseThrow());
      }
    }
    assertThat(found.digests()).isEqualTo(blobs);
    assertThat(lab.door().count(request -> request.isOf("PUT", "/index.json")))
        .as("attempts at the index, of which some met another's")
        .isGreaterThan(PROCESSES * IMAGES);
    lab.clear(target);
  }
}
