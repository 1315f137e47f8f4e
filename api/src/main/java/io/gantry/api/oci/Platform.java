package io.gantry.api.oci;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The platform that an image in an index is for.
 *
 * @param os the operating system, as in Go's {@code GOOS}
 * @param architecture the processor architecture, as in Go's {@code GOARCH}
 * @param variant the variant of the architecture, such as {@code v7}
 * @param osVersion the version of the operating system, in use for Windows
 * @param osFeatures features of the operating system that the image needs
 * @param unknownFields members that Gantry does not know, as JSON text by name, in their order
 * @see <a
 *     href="https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions">image-spec,
 *     platform</a>
 */
public record Platform(
    String os,
    String architecture,
    Optional<String> variant,
    Optional<String> osVersion,
    List<String> osFeatures,
    Map<String, String> unknownFields) {

  /** Copies the collections. */
  public Platform {
    requireNonNull(os, "os");
    requireNonNull(architecture, "architecture");
    requireNonNull(variant, "variant");
    requireNonNull(osVersion, "osVersion");
    osFeatures = List.copyOf(osFeatures);
    unknownFields = Collections.unmodifiableMap(new LinkedHashMap<>(unknownFields));
  }

  /** Returns a platform without a version, features or unknown fields. */
  public static Platform of(String os, String architecture, Optional<String> variant) {
    return new Platform(os, architecture, variant, Optional.empty(), List.of(), Map.of());
  }

  /**
   * Parses {@code os/architecture[/variant]}, or {@code local} for the platform that this JVM runs
   * on.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static Platform parse(String text) {
    if (text.equals("local")) {
      return local();
    }
    String[] parts = text.split("/", -1);
    if (parts.length < 2 || parts.length > 3 || List.of(parts).contains("")) {
      throw new IllegalArgumentException(
          "platform '%s' is not valid: expected os/architecture[/variant], such as linux/arm64"
              .formatted(Excerpt.of(text)));
    }
    return of(parts[0], parts[1], parts.length == 3 ? Optional.of(parts[2]) : Optional.empty())
        .normalized();
  }

  private static Platform local() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String goos =
        os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "darwin" : os.strip();
    return of(goos, System.getProperty("os.arch", ""), Optional.empty()).normalized();
  }

  /**
   * Returns whether an image for {@code candidate} is one for this platform: system, architecture
   * and variant are the same once aliases are resolved, as containerd's strict matcher compares.
   */
  public boolean matches(Platform candidate) {
    Platform a = normalized();
    Platform b = candidate.normalized();
    return a.os.equals(b.os)
        && a.architecture.equals(b.architecture)
        && a.variant.equals(b.variant);
  }

  /**
   * Returns this platform with the aliases of systems, architectures and variants resolved by
   * containerd's rules: {@code x86_64} is {@code amd64}, {@code arm64/v8} is {@code arm64}, {@code
   * arm} is {@code arm/v7}.
   */
  public Platform normalized() {
    String system = os.toLowerCase(Locale.ROOT);
    String arch = architecture.toLowerCase(Locale.ROOT);
    String kind = variant.orElse("").toLowerCase(Locale.ROOT);
    if (system.equals("macos")) {
      system = "darwin";
    }
    switch (arch) {
      case "i386" -> {
        arch = "386";
        kind = "";
      }
      case "x86_64", "x86-64", "amd64" -> {
        arch = "amd64";
        kind = kind.equals("v1") ? "" : kind;
      }
      case "aarch64", "arm64" -> {
        arch = "arm64";
        kind =
            switch (kind) {
              case "8", "v8", "v8.0" -> "";
              case "9", "v9.0" -> "v9";
              default -> kind;
            };
      }
      case "armhf" -> {
        arch = "arm";
        kind = "v7";
      }
      case "armel" -> {
        arch = "arm";
        kind = "v6";
      }
      case "arm" ->
          kind = kind.isEmpty() ? "v7" : Character.isDigit(kind.charAt(0)) ? "v" + kind : kind;
      default -> {
        // Every other architecture has one name only.
      }
    }
    return new Platform(
        system,
        arch,
        kind.isEmpty() ? Optional.empty() : Optional.of(kind),
        osVersion,
        osFeatures,
        unknownFields);
  }

  /** Returns {@code os/architecture[/variant]}. */
  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
  }
}
