package io.gantry.driver.s3;

import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import io.gantry.driver.s3.FrontDoor.Fate;
import io.gantry.testkit.CarrierFault;
import io.gantry.testkit.ImageDriverContract;
import io.gantry.testkit.ReadBack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

class S3DriverContractTest extends ImageDriverContract {
  private static final int PART = 8 * 1024 * 1024;

  private final S3Lab lab = S3Lab.open();

  @Override
  protected ImageDriverProvider provider() {
    return new S3DriverProvider();
  }

  @Override
  protected Location newTarget(Path folder) throws IOException {
    return lab.newTarget();
  }

  @Override
  protected ReadBack readBack(Location target) throws IOException {
    return lab.readBack(target);
  }

  @Override
  protected Optional<Location> unwritableTarget(Path folder) throws IOException {
    return Optional.of(Location.parse("s3://no-such-bucket/prefix"));
  }

  @Override
  protected List<String> litter(Location target) throws IOException {
    List<String> litter = new ArrayList<>();
    for (String name : lab.objects(target).keySet()) {
      if (!name.equals("oci-layout") && !name.equals("index.json") && !name.startsWith("blobs/")) {
        litter.add(name);
      }
    }
    for (int i = 0; i < lab.uploads(target); i++) {
      litter.add("an unfinished upload");
    }
    return litter;
  }

  /** Cuts it off: a service of S3 lets nobody store other bytes of the same length. */
  @Override
  protected boolean damage(Location target, Digest blob) throws IOException {
    String file = S3Location.fileOf(blob);
    byte[] content = lab.readBack(target).blob(blob).orElseThrow();
    lab.put(target, file, Arrays.copyOf(content, content.length - 1));
    return true;
  }

  @Override
  protected Optional<CarrierFault> carrierFault(Location target) {
    return Optional.of(
        new CarrierFault() {
          @Override
          public void failAtWrite(int n) {
            AtomicInteger left = new AtomicInteger(n - 1);
            lab.door()
                .fates(
                    request ->
                        request.isWrite() && left.getAndDecrement() <= 0
                            ? Fate.answered(500, "InternalError")
                            : Fate.PASSED);
          }

          @Override
          public void heal() {
            lab.door().reset();
          }
        });
  }

  @Override
  protected List<Integer> blobSizes() {
    return List.of(PART - 1, PART, PART + 1, 2 * PART, 2 * PART + 1);
  }
}
