package io.gantry.testkit;

import io.gantry.api.content.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something wrong with a blob: given the reader that works, returns the one that does not, or
 * throws as {@code open} would. Put in place by a {@link FaultyStore}.
 */
@FunctionalInterface
public interface BlobFault {
  /**
   * Returns the reader to hand out. The caller closes it, which closes {@code reader} too.
   *
   * @throws IOException if that is the fault
   */
  BlobReader applyTo(BlobReader reader) throws IOException;

  /** Returns the fault of a blob that cannot be opened. */
  static BlobFault failsToOpen() {
    return reader -> {
      reader.close();
      throw new IOException("the source cannot be opened");
    };
  }

  /** Returns the fault of a blob whose {@code n}-th read fails, counted from one. */
  static BlobFault failsAtRead(int n) {
    return reader -> {
      AtomicInteger reads = new AtomicInteger();
      return new ForwardingReader(reader) {
        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          if (reads.incrementAndGet() >= n) {
            throw new IOException("the source broke at read " + n);
          }
          return super.read(dst, position);
        }
      };
    };
  }

  /** Returns the fault, if it is one, of a blob that is read {@code most} bytes at a time. */
  static BlobFault readsAtMost(int most) {
    return reader ->
        new ForwardingReader(reader) {
          @Override
          public int read(ByteBuffer dst, long position) throws IOException {
            ByteBuffer part = dst.duplicate();
            part.limit(Math.min(dst.limit(), dst.position() + most));
            int count = super.read(part, position);
            dst.position(part.position());
            return count;
          }
        };
  }

  /** Returns the fault of a blob that has another size than it should. */
  static BlobFault hasSize(long size) {
    return reader ->
        new ForwardingReader(reader) {
          @Override
          public long size() {
            return size;
          }
        };
  }

  /** Returns the fault of a blob that is cut off after it was opened. */
  static BlobFault shrinksTo(long size) {
    return reader ->
        new ForwardingReader(reader) {
          @Override
          public int read(ByteBuffer dst, long position) throws IOException {
            if (position >= size) {
              return -1;
            }
            ByteBuffer part = dst.duplicate();
            part.limit((int) Math.min(dst.limit(), dst.position() + size - position));
            int count = super.read(part, position);
            dst.position(part.position());
            return count;
          }
        };
  }

  /** Returns the fault of a blob with one wrong bit. */
  static BlobFault flipsBitAt(long offset) {
    return reader ->
        new ForwardingReader(reader) {
          @Override
          public int read(ByteBuffer dst, long position) throws IOException {
            int start = dst.position();
            int count = super.read(dst, position);
            if (offset >= position && offset < position + count) {
              int at = (int) (start + offset - position);
              dst.put(at, (byte) (dst.get(at) ^ 1));
            }
            return count;
          }
        };
  }

  /**
   * Returns the fault of a blob whose first read never ends, until its thread is interrupted.
   *
   * @param reached counted down when the read has begun
   */
  static BlobFault blocks(CountDownLatch reached) {
    return reader ->
        new ForwardingReader(reader) {
          @Override
          public int read(ByteBuffer dst, long position) throws IOException {
            reached.countDown();
            try {
              new CountDownLatch(1).await();
              throw new IllegalStateException("nobody counts it down");
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              throw new ClosedByInterruptException();
            }
          }
        };
  }
}
