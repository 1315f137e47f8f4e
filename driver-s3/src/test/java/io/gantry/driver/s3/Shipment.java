package io.gantry.driver.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.gantry.api.GantryException;
import io.gantry.api.content.ContentStore;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.export.ExportListener;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.export.ExportResult;
import io.gantry.api.export.Exporter;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ImageFactory;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Images to export, and the exports of them. */
record Shipment(InMemoryStore store, ExportPlan plan) {

  /** Returns an image with layers of these sizes, different for every name. */
  static Shipment named(String name, int... layerSizes) {
    InMemoryStore store = new InMemoryStore();
    ImageFactory make = ImageFactory.into(store, name.hashCode());
    make.offer(make.image(layerSizes), name);
    return of(store);
  }

  static Shipment of(InMemoryStore store) {
    try {
      return new Shipment(store, ExportPlan.of(store, ExportRequest.everything()));
    } catch (GantryException e) {
      throw new UncheckedIOException(e);
    }
  }

  ExportResult exportTo(Location target, String... options) throws IOException {
    return export(store, target, false, notice -> {}, options);
  }

  ExportResult exportTo(Location target, boolean overwrite) throws IOException {
    return export(store, target, overwrite, notice -> {});
  }

  ExportResult exportTo(Location target, Consumer<String> notices) throws IOException {
    return export(store, target, false, notices);
  }

  ExportResult export(
      ContentStore source,
      Location target,
      boolean overwrite,
      Consumer<String> notices,
      String... options)
      throws IOException {
    ExportListener listener =
        new ExportListener() {
          @Override
          public void notice(String message) {
            notices.accept(message);
          }
        };
    try (ImageDriver driver =
        new S3DriverProvider().open(target, S3Lab.options(S3Options.WRITING, options))) {
      return new Exporter(source, driver, listener).export(plan, overwrite);
    }
  }

  /** Asserts that a target offers these images, with all their bytes. */
  void assertWholeAt(Location target) throws IOException {
    ReadBack found = S3Lab.current().readBack(target);
    assertThat(found.index().orElseThrow().manifests()).containsAll(plan.index().manifests());
    for (Descriptor blob : plan.blobs()) {
      assertThat(found.blob(blob.digest()))
          .as(blob.digest().toString())
          .hasValue(store.content(blob.digest()).orElseThrow());
    }
  }
}
