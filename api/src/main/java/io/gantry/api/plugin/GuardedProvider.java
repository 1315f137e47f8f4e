package io.gantry.api.plugin;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.provider.Provider;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A provider, and the border between Gantry and all code of its jar. Whoever calls that code {@link
 * #enter}s before and {@link #leave}s after, so that the libraries of a plugin find their own class
 * loader in the thread, and passes on what is thrown as the {@link #failure} that it is: one that
 * names the scheme and the jar, if it was not to be expected. Immutable.
 */
final class GuardedProvider<P extends Provider> {
  private final P provider;
  private final InstalledProvider about;
  private final int builtFor;
  private final @Nullable ClassLoader context;

  /**
   * Makes a guard.
   *
   * @param about what the provider has answered, which is asked once
   * @param builtFor its version of the driver contract
   */
  GuardedProvider(P provider, InstalledProvider about, int builtFor) {
    this.provider = provider;
    this.about = about;
    this.builtFor = builtFor;
    ClassLoader loader = provider.getClass().getClassLoader();
    // What is on Gantry's own class path has the context that Gantry was given.
    this.context = loader == GuardedProvider.class.getClassLoader() ? null : loader;
  }

  P provider() {
    return provider;
  }

  InstalledProvider about() {
    return about;
  }

  /** Returns the context class loader to come back to, if it is to be changed at all. */
  @Nullable ClassLoader enter() {
    if (context == null) {
      return null;
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    return before;
  }

  void leave(@Nullable ClassLoader before) {
    if (context != null) {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  /**
   * Returns what the code of the jar threw, whatever it declares. What may be thrown stays as it
   * is, in a library's wrapping or not, but that of a plugin says whose it is if it is in nobody's
   * words yet; what says that Java is at its end is thrown on.
   */
  IOException failure(Throwable thrown) {
    if (thrown instanceof IOException expected) {
      return told(expected);
    }
    if (thrown instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
      return told(wrapped.getCause());
    }
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return new GantryException(Kind.INTERRUPTED, "interrupted; nothing was published", thrown);
    }
    return new GantryException(side(), defect(Defect.of(thrown)), thrown);
  }

  /** The export knows which blob it was, and what Gantry comes with names its carrier. */
  private IOException told(IOException expected) {
    if (context == null) {
      return expected;
    }
    GantryException told = GantryException.of(side(), who(), expected);
    return told == expected || told.kind() == Kind.INTERRUPTED
        ? expected
        : new IOException(told.getMessage(), expected);
  }

  private Kind side() {
    return about.driver() ? Kind.TARGET_FAILED : Kind.SOURCE_FAILED;
  }

  private String defect(Throwable thrown) {
    if (thrown instanceof LinkageError && !(thrown instanceof ExceptionInInitializerError)) {
      return "%s does not fit: %s; it is version %s, built for version %d of the driver contract, and this is %d; install one that was built for this gantry, with all its libraries"
          .formatted(who(), thrown, about.version(), builtFor, Provider.SPI_VERSION);
    }
    return "%s is broken: %s; report it to its author, with the stack trace"
        .formatted(who(), thrown);
  }

  /** Returns what says that the caller broke the contract. */
  IllegalStateException misuse(String complaint) {
    return new IllegalStateException(who() + ": " + complaint);
  }

  private String who() {
    return (about.driver() ? "driver" : "store") + " '" + about.scheme() + "' in " + about.origin();
  }
}
