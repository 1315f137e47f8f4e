package io.gantry.api.driver;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.layout.Layout;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.api.provider.Provider;
import java.io.IOException;

/**
 * Makes the drivers of one scheme, one for each export; found with {@link java.util.ServiceLoader}.
 */
public interface ImageDriverProvider extends Provider {
  /**
   * Returns a driver for one export to {@code target}. Arguments are checked here, but nothing is
   * created, changed or connected to before {@link ImageDriver#init}. The caller closes the driver.
   *
   * @param target where the images go; its name has been turned into annotations and is not for the
   *     driver
   * @param options the declared options, parsed
   * @throws IOException if the target can never work, with a message that names it
   */
  ImageDriver open(Location target, Options options) throws IOException;

  /**
   * Opens a target to look after what was exported to it, which most carriers have no means for.
   * The caller closes the layout.
   *
   * @param target where the images are; its name is not for the driver
   * @param options the declared options, parsed
   * @throws GantryException of kind {@code INVALID_ARGUMENT} if such targets cannot be edited, as
   *     is the default; {@code NOT_FOUND} if there is nothing at {@code target}
   * @throws IOException if the target cannot be read
   */
  default Layout openLayout(Location target, Options options) throws IOException {
    throw new GantryException(
        Kind.INVALID_ARGUMENT,
        "%s: targets cannot be edited; export what is to be kept to a new one".formatted(scheme()));
  }
}
