package io.gantry.testkit;

import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.ImageDriverProvider;
import io.gantry.api.layout.Layout;
import io.gantry.api.oci.Digest;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Option;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Providers that break the rules L and O; all that can be are in the services file of these tests.
 */
final class FlawedProviders {
  private FlawedProviders() {}

  /** Sound in itself: the base of the others, and the provider of flawed drivers. */
  public static class Sound implements ImageDriverProvider {
    final InMemoryPlaces places;
    private final DriverFlaw flaw;
    private final LayoutFlaw layoutFlaw;
    private final Map<String, Map<Digest, byte[]>> strays = new ConcurrentHashMap<>();

    public Sound() {
      this(new InMemoryPlaces(), DriverFlaw.NONE, LayoutFlaw.NONE);
    }

    Sound(InMemoryPlaces places, DriverFlaw flaw, LayoutFlaw layoutFlaw) {
      this.places = places;
      this.flaw = flaw;
      this.layoutFlaw = layoutFlaw;
    }

    @Override
    public int spiVersion() {
      return SPI_VERSION;
    }

    @Override
    public String scheme() {
      return InMemoryPlaces.SCHEME;
    }

    @Override
    public ImageDriver open(Location target, Options options) throws IOException {
      return flaw.open(places.at(target), straysAt(target));
    }

    /** Only where the driver is sound, so that its flaws break no rule P by the way. */
    @Override
    public Layout openLayout(Location target, Options options) throws IOException {
      return flaw == DriverFlaw.NONE
          ? layoutFlaw.open(places.at(target))
          : ImageDriverProvider.super.openLayout(target, options);
    }

    Map<Digest, byte[]> straysAt(Location target) {
      return strays.computeIfAbsent(target.path(), path -> new ConcurrentHashMap<>());
    }
  }

  /** In no services file. */
  public static final class Unlisted extends Sound {}

  /** Expects to share its classes with the program. */
  public static final class BoundToTheProgram extends Sound {
    @Override
    public ImageDriver open(Location target, Options options) throws IOException {
      try {
        Class<?> program =
            Class.forName(Sound.class.getName(), true, ClassLoader.getSystemClassLoader());
        Sound shared = (Sound) program.getConstructor().newInstance();
        return super.open(target, Options.parse(shared.scheme(), shared.options(), Map.of()));
      } catch (ReflectiveOperationException e) {
        throw new IOException(e);
      }
    }
  }

  /** Does work before it is asked to. */
  public static final class StartsAThread extends Sound {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    public StartsAThread() {
      Thread thread =
          new Thread(
              () -> {
                try {
                  NEVER.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Cannot be made by anybody but a friend, and so in no services file either. */
  public static final class HasNoPublicConstructor extends Sound {
    HasNoPublicConstructor() {}
  }

  /** Makes its options anew each time, so that none of them can be read back. */
  public static final class ForgetsItsOptions extends Sound {
    @Override
    public List<Option<?>> options() {
      return List.of(Option.flag("fast", "hurries", false));
    }
  }

  /** Says another version than it was compiled against. */
  public static final class SaysAnotherVersion extends Sound {
    @Override
    public int spiVersion() {
      return 99;
    }
  }

  /** Has two options of one name. */
  public static final class RepeatsAnOption extends Sound {
    private static final Option<Boolean> ONE = Option.flag("fast", "hurries", false);
    private static final Option<Boolean> OTHER = Option.flag("fast", "hurries more", false);

    @Override
    public List<Option<?>> options() {
      return List.of(ONE, OTHER);
    }
  }
}
