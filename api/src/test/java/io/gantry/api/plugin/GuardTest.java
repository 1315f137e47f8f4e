package io.gantry.api.plugin;

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
import io.gantry.api.oci.Index;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands between Gantry and each driver or store, around those of a plugin. */
class GuardTest extends GuardFixture {
  /** All but the one that a guard knows the answer to. */
  private static List<Method> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !method.getName().equals("isOpen"))
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

        assertThat(contexts).as("%s", method).containsExactly(Optional.of(plugin));
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

    assertThat(failureOfInit(full)).isSameAs(full);
    assertThat(failureOfInit(known)).isSameAs(known);
    assertThat(failureOfInit(new UncheckedIOException(full))).isSameAs(full);
  }

  @Test
  void doesNotBlameADriverForTheEndOfMemory() {
    Throwable ending = new OutOfMemoryError("Java heap space");

    assertThat(failureOfInit(ending)).isSameAs(ending);
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
