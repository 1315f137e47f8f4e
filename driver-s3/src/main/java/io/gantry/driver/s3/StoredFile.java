package io.gantry.driver.s3;

/** A file of a layout as it was read, whole or a range of it. */
final class StoredFile {
  private final byte[] content;
  private final long size;
  private final String etag;

  /**
   * Takes what was read.
   *
   * @param content the bytes that were asked for, not copied
   * @param size how many bytes the whole file has
   * @param etag the version that was read, as the service wrote it
   */
  StoredFile(byte[] content, long size, String etag) {
    this.content = content;
    this.size = size;
    this.etag = etag;
  }

  /** Returns the bytes that were read, not a copy. */
  byte[] content() {
    return content;
  }

  long size() {
    return size;
  }

  String etag() {
    return etag;
  }
}
