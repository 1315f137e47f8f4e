package io.gantry.cli;

import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.testkit.InMemoryDriverProvider;
import java.io.IOException;

/** Makes drivers for {@code telling:}, which have something to say of their target. */
public final class TellingDriverProvider implements ImageDriverProvider {
  private final InMemoryDriverProvider memory = new InMemoryDriverProvider();

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return "telling";
  }

  @Override
  public ImageDriver open(Location target, Options options) {
    ImageDriver driver = memory.open(target, options);
    return new ImageDriver() {
      @Override
      public void init(InitOptions announced) throws IOException {
        announced.notices().accept(target.path() + " is old\n");
        driver.init(announced);
      }

      @Override
      public BlobWriter blobWriter(Descriptor blob) throws IOException {
        return driver.blobWriter(blob);
      }

      @Override
      public void writeIndex(Index index) throws IOException {
        driver.writeIndex(index);
      }

      @Override
      public void close() throws IOException {
        driver.close();
      }
    };
  }
}
