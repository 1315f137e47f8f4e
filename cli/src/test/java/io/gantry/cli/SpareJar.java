package io.gantry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Jars of third parties. */
final class SpareJar {
  private SpareJar() {}

  /** Writes a jar with a store that has this class; the class goes in if it is one of ours. */
  static Path write(Path file, String store) throws IOException {
    String name = store.replace('.', '/') + ".class";
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file));
        InputStream type = SpareJar.class.getResourceAsStream("/" + name)) {
      jar.putNextEntry(
          new JarEntry("META-INF/services/io.gantry.api.content.ContentStoreProvider"));
      jar.write(store.getBytes(UTF_8));
      if (type != null) {
        jar.putNextEntry(new JarEntry(name));
        type.transferTo(jar);
      }
    }
    return file;
  }
}
