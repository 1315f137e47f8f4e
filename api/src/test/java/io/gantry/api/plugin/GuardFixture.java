package io.gantry.api.plugin;

import static java.util.Objects.requireNonNull;

import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.layout.Layout;
import io.gantry.api.layout.PruneOptions;
import io.gantry.api.layout.PruneReport;
import io.gantry.api.layout.Removal;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.Index;
import io.gantry.api.provider.Provider;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Drivers and stores of a plugin behind their guards, which note what is called. */
abstract class GuardFixture {
  static final byte[] CONTENT = {1, 2, 3};
  static final Descriptor BLOB =
      Descriptor.of("text/plain", Digest.of(DigestAlgorithm.SHA256, CONTENT), CONTENT.length);

  /** What a method takes or gives. */
  static final Map<Class<?>, Object> VALUES =
      Map.ofEntries(
          Map.entry(InitOptions.class, InitOptions.of(Index.of(List.of()), List.of())),
          Map.entry(Index.class, Index.of(List.of())),
          Map.entry(Descriptor.class, BLOB),
          Map.entry(Digest.class, BLOB.digest()),
          Map.entry(DigestAlgorithm.class, DigestAlgorithm.SHA256),
          Map.entry(ByteBuffer.class, ByteBuffer.wrap(CONTENT)),
          Map.entry(Removal.class, new Removal(List.of("app"), List.of())),
          Map.entry(PruneOptions.class, PruneOptions.DEFAULT),
          Map.entry(
              PruneReport.class, new PruneReport(List.of(), List.of(), 0, List.of(), List.of())),
          Map.entry(List.class, List.of()),
          Map.entry(Optional.class, Optional.empty()),
          Map.entry(Path.class, Path.of("blob")),
          Map.entry(long.class, (long) CONTENT.length),
          Map.entry(int.class, 2),
          Map.entry(boolean.class, true));

  final URLClassLoader plugin =
      new URLClassLoader(new URL[0], requireNonNull(GuardFixture.class.getClassLoader()));
  final List<String> calls = new ArrayList<>();
  final List<Optional<ClassLoader>> contexts = new ArrayList<>();
  Optional<Throwable> failure = Optional.empty();

  @AfterEach
  void closePlugin() throws IOException {
    plugin.close();
  }

  static Stream<Class<?>> guarded() {
    return Stream.of(
        ImageDriver.class,
        BlobWriter.class,
        ReadableByteChannel.class,
        Layout.class,
        ContentStore.class,
        BlobReader.class);
  }

  /** A class of {@code loader} that notes what is called, and fails if it is told to. */
  final <T> T fake(Class<T> type, @Nullable ClassLoader loader) {
    return type.cast(
        Proxy.newProxyInstance(
            loader,
            new Class<?>[] {type},
            (proxy, method, args) -> {
              calls.add(method.getName());
              contexts.add(Optional.ofNullable(Thread.currentThread().getContextClassLoader()));
              if (failure.isPresent()) {
                throw failure.get();
              }
              if (method.getName().equals("link")) {
                return Optional.of(fake(ReadableByteChannel.class, loader));
              }
              Class<?> result = method.getReturnType();
              return Closeable.class.isAssignableFrom(result)
                  ? fake(result, loader)
                  : VALUES.get(result);
            }));
  }

  final <P extends Provider> GuardedProvider<P> provider(Class<P> type, ClassLoader loader) {
    P provider =
        type.cast(
            Proxy.newProxyInstance(
                loader,
                new Class<?>[] {type},
                (proxy, method, args) ->
                    switch (method.getName()) {
                      case "spiVersion" -> Provider.SPI_VERSION;
                      case "scheme" -> "own";
                      default -> List.of();
                    }));
    boolean driver = type == ImageDriverProvider.class;
    return new GuardedProvider<>(
        provider, InstalledProvider.of(provider, driver), provider.spiVersion());
  }

  final ImageDriver driver() {
    return new GuardedDriver(
        fake(ImageDriver.class, plugin), provider(ImageDriverProvider.class, plugin));
  }

  final ContentStore store() {
    return new GuardedStore(
        fake(ContentStore.class, plugin), provider(ContentStoreProvider.class, plugin));
  }

  final Layout layout() {
    return new GuardedLayout(
        fake(Layout.class, plugin), provider(ImageDriverProvider.class, plugin));
  }

  static ImageDriver begun(ImageDriver driver) throws IOException {
    driver.init(InitOptions.of(Index.of(List.of()), List.of()));
    return driver;
  }

  /** Returns something that is ready for this call, with the calls so far forgotten. */
  final Object ready(Class<?> type, String call) throws IOException {
    Object ready;
    if (type == ImageDriver.class) {
      ready = call.equals("init") ? driver() : begun(driver());
    } else if (type == BlobWriter.class) {
      ready = begun(driver()).blobWriter(BLOB);
    } else if (type == ReadableByteChannel.class) {
      ready = begun(driver()).blobWriter(BLOB).link(Path.of("blob")).orElseThrow();
    } else if (type == Layout.class) {
      ready = layout();
    } else if (type == ContentStore.class) {
      ready = store();
    } else {
      ready = store().open(BLOB);
    }
    calls.clear();
    contexts.clear();
    return ready;
  }
}
