package io.gantry.driver.s3;

import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.testkit.ContentStoreContract;
import io.gantry.testkit.InMemoryStore;
import io.gantry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class S3StoreContractTest extends ContentStoreContract {
  private final S3Lab lab = S3Lab.open();

  @Override
  protected ContentStoreProvider provider() {
    return new S3StoreProvider();
  }

  @Override
  protected Location newSource(InMemoryStore content, Path folder) throws IOException {
    Location source = lab.newTarget();
    for (Map.Entry<String, byte[]> file : OciLayout.files(content).entrySet()) {
      lab.put(source, file.getKey(), file.getValue());
    }
    return source;
  }

  @Override
  protected Optional<Location> absentSource(Path folder) throws IOException {
    return Optional.of(lab.newTarget());
  }
}
