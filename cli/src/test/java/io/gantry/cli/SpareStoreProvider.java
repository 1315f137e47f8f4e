package io.gantry.cli;

import io.gantry.api.content.ContentStore;
import io.gantry.api.content.ContentStoreProvider;
import io.gantry.api.provider.Location;
import io.gantry.api.provider.Options;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * A store of a third party, packed into a jar by a test. It chats on standard output and tells what
 * it sees from there.
 */
public final class SpareStoreProvider implements ContentStoreProvider {
  /** A source from which a thread is left behind that would keep a process alive. */
  static final String LEAK = "leak";

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public String scheme() {
    return "spare";
  }

  @Override
  public ContentStore open(Location source, Options options) throws IOException {
    System.out.println("a line that somebody forgot");
    if (source.path().equals(LEAK)) {
      new Thread(LockSupport::park).start();
      throw new IOException("left a thread behind");
    }
    throw new IOException(
        "there is nothing in %s, with%s a library, with%s jackson"
            .formatted(
                source,
                sees("/library.txt") ? "" : "out",
                sees("/tools/jackson/databind/ObjectMapper.class") ? "" : "out"));
  }

  private static boolean sees(String resource) {
    return SpareStoreProvider.class.getResource(resource) != null;
  }
}
