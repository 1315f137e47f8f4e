package io.gantry.testkit;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.export.ExportRequest;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** One image and the plan to export it: what the driver rules are tested with. */
record Cargo(InMemoryStore store, ExportPlan plan) {

  /** Hands the bytes of one blob to its writer. */
  interface Loading {
    void load(BlobWriter writer, byte[] content) throws IOException;
  }

  /** Returns an image with layers of these sizes, different for every name. */
  static Cargo named(String name, int... layerSizes) throws IOException {
    return named(name, DigestAlgorithm.SHA256, layerSizes);
  }

  static Cargo named(String name, DigestAlgorithm algorithm, int... layerSizes) throws IOException {
    InMemoryStore store = new InMemoryStore();
    ImageFactory make = ImageFactory.into(store, name.hashCode()).digestedBy(algorithm);
    make.offer(make.image(layerSizes), name);
    return new Cargo(store, ExportPlan.of(store, ExportRequest.everything()));
  }

  /** Returns this cargo from a store that was filled in the opposite order. */
  Cargo turnedOver() {
    InMemoryStore other = new InMemoryStore();
    for (int i = store.digests().size() - 1; i >= 0; i--) {
      var digest = store.digests().get(i);
      other.put(digest, store.content(digest).orElseThrow());
    }
    store.roots().forEach(other::offer);
    return new Cargo(other, plan);
  }

  /** Returns this cargo under other names. */
  Cargo publishedAs(Index index) {
    return new Cargo(
        store,
        new ExportPlan(
            index, plan.blobs(), plan.skipped(), plan.images(), plan.missing(), plan.rewritten()));
  }

  InitOptions init(boolean overwrite) {
    return InitOptions.of(plan.index(), plan.blobs())
        .withImages(plan.images())
        .withOverwrite(overwrite);
  }

  List<Descriptor> blobs() {
    return plan.blobs();
  }

  byte[] content(Descriptor blob) {
    return store.content(blob.digest()).orElseThrow();
  }

  /** Writes every blob that the driver does not have, as the exporter would. */
  void writeTo(ImageDriver driver, Loading loading) throws IOException {
    for (Descriptor blob : blobs()) {
      if (!driver.contains(blob)) {
        write(blob, driver, loading);
      }
    }
  }

  void writeTo(ImageDriver driver) throws IOException {
    writeTo(driver, Cargo::whole);
  }

  void write(Descriptor blob, ImageDriver driver, Loading loading) throws IOException {
    try (BlobWriter writer = driver.blobWriter(blob)) {
      loading.load(writer, content(blob));
      writer.commit(blob.size(), blob.digest());
    }
  }

  static void whole(BlobWriter writer, byte[] content) throws IOException {
    load(writer, ByteBuffer.wrap(content));
  }

  static void load(BlobWriter writer, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (writer.write(bytes) <= 0) {
        throw new IOException("the writer took no bytes");
      }
    }
  }
}
