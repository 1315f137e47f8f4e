package io.gantry.api.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockFileTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  @Test
  void createsTheFileAndLeavesItThere(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("lock");

    try (LockFile lock = LockFile.acquire(file, Duration.ZERO)) {
      assertThat(lock.file()).isRegularFile().isEqualTo(file.toRealPath());
    }

    assertThat(file).isEmptyFile();
  }

  @Test
  void locksAFileThatIsThereWithItsContent(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("lock"), "content");

    LockFile.acquire(file, Duration.ZERO).close();

    assertThat(file).hasContent("content");
  }

  @Test
  void isHeldAgainstTheSameThread(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("lock");

    try (LockFile lock = LockFile.acquire(file, Duration.ZERO)) {
      assertThat(LockFile.tryAcquire(file)).isEmpty();
      assertThat(lock.channel().isOpen()).isTrue();
    }

    assertFree(file);
  }

  @Test
  void isHeldAgainstOtherSpellingsOfThePath(@TempDir Path folder) throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);

    try (LockFile lock = LockFile.acquire(real.resolve("lock"), Duration.ZERO)) {
      assertThat(LockFile.tryAcquire(link.resolve("lock"))).isEmpty();
      assertThat(LockFile.tryAcquire(real.resolve("../real/./lock"))).isEmpty();
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void isHeldByOneThreadAtATime(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("lock");
    Path inside = folder.resolve("inside");
    int threads = 4;
    var start = new CyclicBarrier(threads);
    Callable<Path> task =
        () -> {
          start.await();
          for (int round = 0; round < 10; round++) {
            try (LockFile lock = LockFile.acquire(file, LONG)) {
              Files.delete(Files.createFile(inside));
              assertThat(lock.channel().isOpen()).isTrue();
            }
          }
          return file;
        };

    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Path> done :
          executor.invokeAll(Stream.generate(() -> task).limit(threads).toList())) {
        assertThat(done.get()).isEqualTo(file);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void isHeldAgainstAnotherProcess(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("lock");

    try (LockFile lock = LockFile.acquire(file, Duration.ZERO);
        FileProcess other = FileProcess.locking(file)) {
      assertThat(other.answer()).isEqualTo("refused");
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void isStillHeldAgainstAnotherProcessAfterARefusalInThisOne(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("lock");

    try (LockFile lock = LockFile.acquire(file, Duration.ZERO)) {
      // To open and close the file here would drop the lock of the whole process.
      assertThat(LockFile.tryAcquire(file)).isEmpty();
      assertThat(LockFile.tryAcquire(folder.resolve("./lock"))).isEmpty();
      try (FileProcess other = FileProcess.locking(file)) {
        assertThat(other.answer()).isEqualTo("refused");
      }
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void tellsWhetherALockIsHeldWithoutChangingAnything(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("lock");
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> LockFile.isHeld(file));
    assertThat(file).doesNotExist();
    try (FileProcess other = FileProcess.locking(file)) {
      assertThat(other.answer()).isEqualTo("locked");
      assertThat(LockFile.isHeld(file)).isTrue();
      assertThatIOException()
          .isThrownBy(() -> LockFile.awaitEnd(file, Duration.ZERO))
          .withMessageContaining(file + " is still locked");
      other.kill();
    }
    assertThat(LockFile.isHeld(file)).isFalse();
    LockFile.awaitEnd(file, Duration.ZERO);
    try (LockFile lock = LockFile.acquire(file, Duration.ZERO)) {
      assertThat(LockFile.isHeld(file)).isTrue();
      try (FileProcess other = FileProcess.locking(file)) {
        assertThat(other.answer()).isEqualTo("refused");
      }
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void isRefusedWhileAnotherProcessHoldsItAndFreeAfterwards(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("lock");

    try (FileProcess other = FileProcess.locking(file)) {
      assertThat(other.answer()).isEqualTo("locked");
      assertThat(LockFile.tryAcquire(file)).isEmpty();
      other.release();
      assertFree(file);
    }
  }

  @Test
  void endsWithAProcessThatIsKilled(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("lock");

    try (FileProcess other = FileProcess.locking(file)) {
      assertThat(other.answer()).isEqualTo("locked");
      assertThat(LockFile.tryAcquire(file)).isEmpty();
      other.kill();
      assertFree(file);
    }
  }

  @Test
  void isWaitedForUntilAnotherProcessEnds(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("lock");
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (FileProcess other = FileProcess.locking(file)) {
      assertThat(other.answer()).isEqualTo("locked");
      var waiting = new CountDownLatch(1);
      Future<Path> locked =
          executor.submit(
              () -> {
                waiting.countDown();
                try (LockFile lock = LockFile.acquire(file, LONG)) {
                  return lock.file();
                }
              });
      waiting.await();

      other.kill();

      assertThat(locked.get()).isEqualTo(file.toRealPath());
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void isWaitedForNoLongerThanTheLimit(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("lock");

    try (LockFile lock = LockFile.acquire(file, Duration.ZERO)) {
      long before = System.nanoTime();
      assertThatIOException()
          .isThrownBy(() -> LockFile.acquire(file, Duration.ofMillis(50)))
          .withMessageContaining(file.toString())
          .withMessageContaining("is still locked");
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(Duration.ofMillis(50));
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void isNotWaitedForByAThreadThatIsInterrupted(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("lock");

    try (LockFile lock = LockFile.acquire(file, Duration.ZERO)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(ClosedByInterruptException.class)
          .isThrownBy(() -> LockFile.acquire(file, LONG));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(lock.channel().isOpen()).isTrue();
    }
  }

  @Test
  void closedTwiceFreesNobodyElsesLock(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("lock");
    LockFile first = LockFile.acquire(file, Duration.ZERO);
    first.close();

    try (LockFile second = LockFile.acquire(file, Duration.ZERO)) {
      first.close();

      assertThat(LockFile.tryAcquire(file)).isEmpty();
      try (FileProcess other = FileProcess.locking(file)) {
        assertThat(other.answer()).isEqualTo("refused");
      }
      assertThat(second.channel().isOpen()).isTrue();
    }
  }

  @Test
  void canBeTakenAnewOnceTheFileWasRemoved(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("lock");
    try (LockFile lock = LockFile.acquire(file, Duration.ZERO)) {
      Files.delete(lock.file());
    }

    assertFree(file);
    assertThat(file).exists();
  }

  @Test
  void followsNoLink(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    Path link = Files.createSymbolicLink(folder.resolve("lock"), secret);

    assertThatIOException().isThrownBy(() -> LockFile.tryAcquire(link));
    assertThatIOException().isThrownBy(() -> LockFile.tryAcquire(link));
  }

  @Test
  void needsAFolder(@TempDir Path folder) {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> LockFile.tryAcquire(folder.resolve("missing").resolve("lock")));
  }

  private static void assertFree(Path file) throws IOException {
    Optional<LockFile> lock = LockFile.tryAcquire(file);
    assertThat(lock).isPresent();
    lock.orElseThrow().close();
  }
}
