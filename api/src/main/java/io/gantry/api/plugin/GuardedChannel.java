package io.gantry.api.plugin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a writer of anybody's has taken from a file, as it is read back. */
final class GuardedChannel implements ReadableByteChannel {
  private final ReadableByteChannel channel;
  private final GuardedWriter writer;
  private final GuardedProvider<?> guard;
  private final AtomicBoolean closed = new AtomicBoolean();

  GuardedChannel(ReadableByteChannel channel, GuardedWriter writer, GuardedProvider<?> guard) {
    this.channel = channel;
    this.writer = writer;
    this.guard = guard;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    if (closed.get()) {
      throw writer.misuse("read of the link", "after close");
    }
    writer.checkUsable("read of the link");
    ClassLoader before = guard.enter();
    try {
      return channel.read(dst);
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }

  @Override
  public boolean isOpen() {
    return !closed.get();
  }

  @Override
  public void close() throws IOException {
    if (closed.getAndSet(true)) {
      return;
    }
    ClassLoader before = guard.enter();
    try {
      channel.close();
    } catch (Throwable e) {
      throw guard.failure(e);
    } finally {
      guard.leave(before);
    }
  }
}
