package io.gantry.driver.tar;

import static io.gantry.driver.tar.ArchiveFixture.openAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.zstd.ZstdOutputStream;
import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.ContentStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of zstd that only some tools write. */
class ZstdArchiveTest {
  private static final int MAX_BLOCK_BYTES = 128 * 1024;

  /** More than any buffer holds. */
  private static final byte[] LARGE = new byte[300_000];

  @TempDir private Path folder;
  private final ArchiveFixture layout = new ArchiveFixture();
  private final byte[] archive =
      layout.archive().file("ingest/half", LARGE).raw(new byte[1024]).toBytes();

  private ContentStore open(byte[]... parts) throws IOException {
    return openAt(Files.write(folder.resolve("a.tar"), concat(parts)));
  }

  private void assertComplete(byte[]... parts) throws IOException {
    try (ContentStore store = open(parts)) {
      layout.assertComplete(store);
    }
  }

  private void assertRefused(String words, byte[]... parts) {
    assertThatThrownBy(() -> open(parts).close())
        .isInstanceOfSatisfying(
            GantryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_IMAGE))
        .hasMessageContainingAll("a.tar: ", words);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] zstd(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns a frame that is to be skipped: the last digit of its magic number may be any. */
  static byte[] skippable(int digit, byte[] content) {
    return bytes(8 + content.length)
        .putInt(0x184d2a50 | digit)
        .putInt(content.length)
        .put(content)
        .array();
  }

  /** Returns a frame with the archive as it is, in blocks. */
  private byte[] frame(byte... header) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(bytes(4).putInt(0xfd2fb528).array());
    frame.writeBytes(header);
    for (int start = 0; start < archive.length; start += MAX_BLOCK_BYTES) {
      int end = Math.min(start + MAX_BLOCK_BYTES, archive.length);
      int last = end == archive.length ? 1 : 0;
      frame.write(bytes(4).putInt((end - start) << 3 | last).array(), 0, 3);
      frame.write(archive, start, end - start);
    }
    return frame.toByteArray();
  }

  /** pzstd has one before each of its frames. */
  @ParameterizedTest
  @ValueSource(ints = {0x0, 0x7, 0xf})
  void passesOverFramesToBeSkipped(int digit) throws IOException {
    byte[] first = zstd(Arrays.copyOf(archive, 5000));
    byte[] second = zstd(Arrays.copyOfRange(archive, 5000, archive.length));
    byte[] none = skippable(digit, new byte[0]);
    byte[] some = skippable(digit, "some".getBytes(UTF_8));
    byte[] large = skippable(digit, LARGE);
    assertComplete(none, first, second);
    assertComplete(some, first, large, none, second);
    assertComplete(large, some, first, some, second, large);
  }

  @Test
  void refusesFramesThatAreCutShort() throws IOException {
    byte[] frame = zstd(archive);
    byte[] skipped = skippable(0, "some".getBytes(UTF_8));
    for (int length = 1; length < skipped.length; length++) {
      assertRefused("cut short", frame, Arrays.copyOf(skipped, length));
    }
    assertRefused("cut short", skipped, skipped);
    for (int length : new int[] {1, 4, 5, 6, 8, 9, frame.length - 5, frame.length - 1}) {
      assertRefused("cut short", skipped, Arrays.copyOf(frame, length));
    }
  }

  /** It is the exponent and, in the lower three bits, the mantissa of the window. */
  @Test
  void readsWindowsOf8MiB() throws IOException {
    assertComplete(frame((byte) 0, (byte) (13 << 3)));
    assertComplete(frame((byte) 0, (byte) (12 << 3 | 7)));
  }

  @ParameterizedTest
  @ValueSource(ints = {13 << 3 | 1, 14 << 3, 21 << 3, 0xff})
  void saysHowToReadLargerWindows(int window) {
    assertRefused("window of more than 8 MiB", frame((byte) 0, (byte) window));
    assertRefused("'zstd -d --long=31'", frame((byte) 0, (byte) window));
  }

  /** A frame that is to be decompressed at once has no other window than its content. */
  @Test
  void takesTheContentForTheWindowWhereThereIsNone() throws IOException {
    byte[] size = bytes(4).putInt(archive.length).array();
    assertComplete(frame(concat(new byte[] {(byte) 0xa0}, size)));
    byte[] long64 = bytes(8).putLong(archive.length).array();
    assertComplete(frame(concat(new byte[] {(byte) 0xe0}, long64)));
    byte[] larger = bytes(4).putInt((8 << 20) + 1).array();
    assertRefused("window of more than 8 MiB", frame(concat(new byte[] {(byte) 0xa0}, larger)));
    byte[] largest = bytes(8).putLong(-1).array();
    assertRefused("window of more than 8 MiB", frame(concat(new byte[] {(byte) 0xe0}, largest)));
  }
}
