package io.gantry.testkit;

import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class InMemoryDriverTest extends ImageDriverContract {
  private final InMemoryPlaces places = new InMemoryPlaces();

  InMemoryPlaces places() {
    return places;
  }

  @Override
  protected ImageDriverProvider provider() {
    return new InMemoryDriverProvider(places());
  }

  @Override
  protected Location newTarget(Path folder) throws IOException {
    return Location.parse("memory:" + folder.resolve("place"));
  }

  @Override
  protected ReadBack readBack(Location target) throws IOException {
    return ReadBack.ofLayout(files(target));
  }

  final Map<String, byte[]> files(Location target) {
    return places().at(target).published().map(OciLayout::files).orElse(Map.of());
  }

  @Override
  protected Optional<Location> unwritableTarget(Path folder) throws IOException {
    Location target = newTarget(folder);
    places().at(target).failAtWrite(1);
    return Optional.of(target);
  }

  @Override
  protected Optional<byte[]> rawBytes(Location target) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> file : files(target).entrySet()) {
      stream.writeBytes(file.getKey().getBytes(StandardCharsets.UTF_8));
      stream.writeBytes(file.getValue());
    }
    return Optional.of(stream.toByteArray());
  }

  @Override
  protected List<String> litter(Location target) {
    return places().at(target).staged().stream().map(Digest::toString).toList();
  }

  @Override
  protected boolean damage(Location target, Digest blob) {
    places().at(target).published().orElseThrow().put(blob, new byte[] {1, 2, 3});
    return true;
  }

  @Override
  protected Optional<CarrierFault> carrierFault(Location target) {
    return Optional.of(places().at(target));
  }
}
