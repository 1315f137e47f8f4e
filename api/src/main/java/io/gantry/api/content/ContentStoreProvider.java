package io.gantry.api.content;

import io.gantry.api.GantryException;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import io.gantry.api.provider.Provider;
import java.io.IOException;

/** Opens content stores of one scheme; found with {@link java.util.ServiceLoader}. */
public interface ContentStoreProvider extends Provider {
  /**
   * Opens a source. The caller closes the store.
   *
   * @param source where the store is; its name and digest select images and are not for the store
   * @param options the declared options, parsed
   * @throws GantryException of kind {@code NOT_FOUND} if there is nothing at {@code source}
   * @throws IOException if the source cannot be read
   */
  ContentStore open(Location source, Options options) throws IOException;
}
