package io.gantry.api.plugin;

import static io.gantry.api.FailureAssert.assertFailure;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.Index;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands between Gantry and each driver or store, around those of a plugin. */
class GuardTest extends GuardFixture {
  /** What a guard knows the answer to, and what is asked before anybody wants to know. */
  private static final Set<String> KNOWN = Set.of("isOpen", "maxOpenWriters", "file");

  private static List<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !KNOWN.contains(method.getName()))
        .toList();
  }

  private static void call(Object target, Method method) throws Throwable {
    Object[] args =
        Arrays.stream(method.getParameterTypes())
            .map(type -> requireNonNull(VALUES.get(type)))
            .toArray();
    try {
      method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void handsOnEveryCallThatThereIs(Class<?> type) throws Throwable {
    for (Method method : methods(type)) {
      call(ready(type, method.getName()), method);

      calls.removeAll(KNOWN);
      assertThat(calls).as("%s", method).containsExactly(method.getName());
    }
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void entersAPluginWithItsClassLoaderAndComesBack(Class<?> type) throws Throwable {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      for (Method method : methods(type)) {
        Object target = ready(type, method.getName());
        thread.setContextClassLoader(null);

        call(target, method);

        assertThat(contexts).as("%s", method).containsOnly(Optional.of(plugin));
        assertThat(thread.getContextClassLoader()).as("%s", method).isNull();
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void leavesTheThreadOfACallToItsOwnCodeAlone() throws IOException {
    ClassLoader own = requireNonNull(GuardTest.class.getClassLoader());
    ContentStore store =
        new GuardedStore(fake(ContentStore.class, own), provider(ContentStoreProvider.class, own));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(plugin);
    try {
      store.roots();
    } finally {
      thread.setContextClassLoader(before);
    }

    assertThat(contexts).containsExactly(Optional.of(plugin));
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void saysWhoseDefectItIs(Class<?> type) throws Throwable {
    boolean source = type == ContentStore.class || type == BlobReader.class;
    for (Method method : methods(type)) {
      Object target = ready(type, method.getName());
      failure = Optional.of(new IllegalStateException("no licence"));
      ClassLoader before = Thread.currentThread().getContextClassLoader();

      assertThatThrownBy(() -> call(target, method))
          .as("%s", method)
          .hasMessage(
              "%s 'own' in unknown is broken: java.lang.IllegalStateException: no licence; report it to its author, with the stack trace",
              source ? "store" : "driver")
          .hasCause(failure.get());
      assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
      failure = Optional.empty();
    }
  }

  private Throwable failureOfInit(Throwable thrown) {
    ImageDriver driver = driver();
    failure = Optional.of(thrown);
    return requireNonNull(catchThrowable(() -> begun(driver)));
  }

  @Test
  void makesADefectAFailureOfItsSide() throws IOException {
    Throwable ofDriver = failureOfInit(new AssertionError("never"));
    Throwable ofStore = requireNonNull(catchThrowable(store()::roots));

    assertThat(((GantryException) ofDriver).kind()).isEqualTo(Kind.TARGET_FAILED);
    assertThat(((GantryException) ofStore).kind()).isEqualTo(Kind.SOURCE_FAILED);
  }

  @Test
  void passesOnWhatADriverMayThrow() {
    IOException full = new IOException("no space left");
    IOException known = new GantryException(Kind.TARGET_EXISTS, "it is there");

    IOException interrupted = new ClosedByInterruptException();

    assertThat(failureOfInit(known)).isSameAs(known);
    assertThat(failureOfInit(new UncheckedIOException(known))).isSameAs(known);
    assertThat(failureOfInit(interrupted)).isSameAs(interrupted);
    ClassLoader own = requireNonNull(GuardTest.class.getClassLoader());
    GuardedProvider<?> builtIn = provider(ImageDriverProvider.class, own);
    assertThat(builtIn.failure(full)).isSameAs(full);
    assertThat(builtIn.failure(new UncheckedIOException(full))).isSameAs(full);
  }

  @Test
  void saysWhichPluginItIsThatCannotGoOn() {
    IOException full = new IOException("tape is full");

    assertThat(List.of(failureOfInit(full), failureOfInit(new UncheckedIOException(full))))
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IOException.class)
                    .hasMessage("driver 'own' in unknown: tape is full")
                    .hasCause(full));
    assertThat(failureOfInit(new NoSuchFileException("/dev/tape")))
        .hasMessage("driver 'own' in unknown: /dev/tape: no such file or folder");
    assertThat(failureOfInit(new EOFException()))
        .hasMessage("driver 'own' in unknown: EOFException");
  }

  @Test
  void doesNotBlameADriverForTheEndOfMemory() {
    Throwable ending = new OutOfMemoryError("Java heap space");

    assertThat(failureOfInit(ending)).isSameAs(ending);
  }

  @Test
  void takesTheOtherErrorsOfJavaForDefects() {
    Stream.of(new StackOverflowError(), new InternalError("never"))
        .forEach(
            error ->
                assertThat(failureOfInit(error))
                    .isInstanceOf(GantryException.class)
                    .hasMessage(
                        "driver 'own' in unknown is broken: %s; report it to its author, with the stack trace",
                        error)
                    .hasCause(error));
  }

  private static final class Licence {
    static final int NUMBER = Integer.parseInt("none");
  }

  /** Java says why once, and from then on that it has said so. */
  @Test
  void looksIntoTheFailureOfAnInitialiser() {
    for (String said :
        List.of(
            "java.lang.NumberFormatException: For input string: \"none\"",
            "java.lang.ExceptionInInitializerError: Exception java.lang.NumberFormatException: For input string: \"none\" [in thread")) {
      Throwable thrown = requireNonNull(catchThrowable(() -> assertThat(Licence.NUMBER).isZero()));

      assertThat(failureOfInit(thrown))
          .hasMessageStartingWith("driver 'own' in unknown is broken: " + said);
    }
    assertThat(failureOfInit(new ExceptionInInitializerError(new NoClassDefFoundError("Library"))))
        .hasMessageStartingWith(
            "driver 'own' in unknown does not fit: java.lang.NoClassDefFoundError: Library; it is");
  }

  @Test
  void asksHowManyWritersADriverTakesWhereAFailureCanBeTold() throws IOException {
    ImageDriver broken =
        driverThatTakes(
            () -> {
              throw new IllegalStateException("no licence");
            });
    IOException full = new IOException("tape is full");
    ImageDriver failed =
        driverThatTakes(
            () -> {
              throw new UncheckedIOException(full);
            });
    AtomicInteger asked = new AtomicInteger();
    ImageDriver sound = begun(driverThatTakes(() -> 7 + asked.getAndIncrement()));

    assertFailure(Kind.TARGET_FAILED, () -> begun(broken))
        .hasMessageStartingWith("driver 'own' in unknown is broken: ");
    assertThatThrownBy(() -> begun(failed)).hasMessage("driver 'own' in unknown: tape is full");
    assertThat(List.of(sound.maxOpenWriters(), sound.maxOpenWriters())).containsOnly(7);
  }

  private ImageDriver driverThatTakes(IntSupplier writers) {
    return new GuardedDriver(
        new FakeDriver() {
          @Override
          public BlobWriter blobWriter(Descriptor blob) {
            throw new UnsupportedOperationException();
          }

          @Override
          public int maxOpenWriters() {
            return writers.getAsInt();
          }
        },
        provider(ImageDriverProvider.class, plugin));
  }

  @Test
  void asksForTheFileOfABlobWhereAFailureCanBeTold() throws IOException {
    List<BlobReader> closed = new ArrayList<>();
    BlobReader reader =
        new BlobReader() {
          @Override
          public long size() {
            return 0;
          }

          @Override
          public int read(ByteBuffer dst, long position) {
            return -1;
          }

          @Override
          public Optional<Path> file() {
            throw new IllegalStateException("no licence");
          }

          @Override
          public void close() {
            closed.add(this);
          }
        };
    GuardedProvider<?> guard = provider(ContentStoreProvider.class, plugin);
    ContentStore store =
        new GuardedStore(
            new ContentStore() {
              @Override
              public List<Descriptor> roots() {
                return List.of();
              }

              @Override
              public Descriptor resolve(Digest digest) {
                return BLOB;
              }

              @Override
              public BlobReader open(Descriptor blob) {
                return reader;
              }

              @Override
              public void close() {}
            },
            guard);

    assertFailure(Kind.SOURCE_FAILED, () -> store.open(BLOB))
        .hasMessageStartingWith("store 'own' in unknown is broken: ");
    assertThat(closed).containsExactly(reader);
  }

  @Test
  void doesNotTakeNothingForAWriter() throws IOException {
    ImageDriver driver =
        begun(
            new GuardedDriver(
                new FakeDriver() {
                  @Override
                  @SuppressWarnings("NullAway") // as somebody else's compiler lets it pass
                  public BlobWriter blobWriter(Descriptor blob) {
                    return null;
                  }
                },
                provider(ImageDriverProvider.class, plugin)));

    assertThatThrownBy(() -> driver.blobWriter(BLOB))
        .hasMessageContaining("blobWriter returned null");
  }

  private abstract static class FakeDriver implements ImageDriver {
    @Override
    public void init(InitOptions options) {}

    @Override
    public void writeIndex(Index index) {}

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void isClosedOnce(Class<?> type) throws IOException {
    Closeable target = (Closeable) ready(type, "close");

    target.close();
    target.close();

    assertThat(calls).containsExactly("close");
  }
}
