package com.example.zip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Zip files as others write and read them: some entries deflated, and read as a stream. */
final class ZipFiles {
  private ZipFiles() {}

  /** Writes a file whose entries are stored and deflated in turn. */
  static void write(Map<String, byte[]> files, Path file) throws IOException {
    boolean deflate = false;
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : files.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        if (!deflate) {
          CRC32 crc = new CRC32();
          crc.update(entry.getValue());
          header.setMethod(ZipEntry.STORED);
          header.setSize(entry.getValue().length);
          header.setCrc(crc.getValue());
        }
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
        deflate = !deflate;
      }
    }
  }

  /** Returns the entries of a file, none if it does not exist. */
  static Map<String, byte[]> read(Path file) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    if (Files.exists(file)) {
      try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
          files.put(entry.getName(), zip.readAllBytes());
        }
      }
    }
    return files;
  }
}
