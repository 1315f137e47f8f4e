package io.gantry.api.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An exclusive lock on a file, held against other processes and against other threads of this one.
 * It ends with {@link #close} or with the process, however that ends, so a file that can be locked
 * has no living owner.
 *
 * <p>The lock is a POSIX record lock: it keeps out whoever locks the same way, not tools that use
 * {@code flock}.
 */
public final class LockFile implements Closeable {
  // Record locks belong to the process: they do not keep threads apart, and closing any descriptor
  // of the file drops them. So this process must never open a file that it has locked already.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
  private static final long POLL_MILLIS = 10;

  private final Path file;
  private final FileChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LockFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a file, which is created if it does not exist.
   *
   * @return the lock, or empty if somebody else holds it or has just removed the file
   * @throws IOException if the file cannot be opened
   */
  public static Optional<LockFile> tryAcquire(Path file) throws IOException {
    return tryLock(
        file, false, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /**
   * Returns whether somebody holds the lock of a file, which need not be ours to write.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws IOException if the file cannot be opened
   */
  public static boolean isHeld(Path file) throws IOException {
    try (LockFile lock = tryLock(file, true, StandardOpenOption.READ).orElse(null)) {
      return lock == null;
    }
  }

  private static Optional<LockFile> tryLock(Path file, boolean shared, OpenOption... options)
      throws IOException {
    Path absolute = file.toAbsolutePath();
    Path key = absolute.resolveSibling(".").toRealPath().resolve(absolute.getFileName());
    if (!HELD.add(key)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    boolean held = false;
    try {
      Set<OpenOption> all = new HashSet<>(List.of(options));
      all.add(LinkOption.NOFOLLOW_LINKS);
      channel = FileChannel.open(key, all);
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      // The file may have been removed between open and lock; then the lock excludes nobody.
      held = lock != null && Files.exists(key, LinkOption.NOFOLLOW_LINKS);
      return held ? Optional.of(new LockFile(key, channel)) : Optional.empty();
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    } finally {
      if (!held) {
        try {
          if (channel != null) {
            channel.close();
          }
        } finally {
          HELD.remove(key);
        }
      }
    }
  }

  /**
   * Locks a file and waits for it if need be.
   *
   * @param limit how long to wait at most
   * @throws IOException if the lock is not had in time or the wait is interrupted
   */
  public static LockFile acquire(Path file, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<LockFile> lock = tryAcquire(file);
      if (lock.isPresent()) {
        return lock.get();
      }
      pause(file, limit, deadline);
    }
  }

  /**
   * Waits until somebody else's lock of a file has ended, as {@link #isHeld} tells.
   *
   * @param limit how long to wait at most
   * @throws IOException if the lock does not end in time or the wait is interrupted
   */
  public static void awaitEnd(Path file, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (isHeld(file)) {
      pause(file, limit, deadline);
    }
  }

  private static void pause(Path file, Duration limit, long deadline) throws IOException {
    if (System.nanoTime() - deadline >= 0) {
      throw new IOException(
          "%s is still locked by another process after %d s".formatted(file, limit.toSeconds()));
    }
    try {
      // There is no lock call with a time limit, neither in Java nor in POSIX.
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
  }

  /** Returns the locked file, open for reading and writing; it is closed with the lock. */
  FileChannel channel() {
    return channel;
  }

  /** Returns the locked file. */
  Path file() {
    return file;
  }

  /** Ends the lock; the file stays. May be called again, and then does nothing. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try {
        channel.close();
      } finally {
        HELD.remove(file);
      }
    }
  }
}
