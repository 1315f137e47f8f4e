package io.gantry.api.driver;

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
}
