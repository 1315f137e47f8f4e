package io.gantry.testkit;

import static java.util.Objects.requireNonNull;

import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.ImageName;
import io.gantry.api.oci.MediaTypes;
import io.gantry.api.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Builds images of any shape into an {@link InMemoryStore}. What it makes follows from its seed
 * alone, which {@link #toString} tells, so that a failure can be made again.
 *
 * <p>Every method that makes a thing adds it to the store and returns its descriptor; {@link
 * #offer} makes an image one that the store offers. Used by one thread.
 *
 * <pre>{@code
 * InMemoryStore store = new InMemoryStore();
 * ImageFactory make = ImageFactory.into(store, 42);
 * make.offer(make.index(make.on("linux/amd64", make.image(100, 0, 3000))), "app:1.0");
 * }</pre>
 */
public final class ImageFactory {
  /** The type of a layer that must not be passed on, in OCI images. */
  public static final String NON_DISTRIBUTABLE =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";

  /** The type of a layer that must not be passed on, in Docker schema 2 images. */
  public static final String FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

  private static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";
  private static final int RANDOM_DEPTH = 3;

  private final InMemoryStore store;
  private final long seed;
  private final Random random;
  private final DigestAlgorithm algorithm;
  private final boolean docker;

  private ImageFactory(
      InMemoryStore store, long seed, Random random, DigestAlgorithm algorithm, boolean docker) {
    this.store = requireNonNull(store, "store");
    this.seed = seed;
    this.random = random;
    this.algorithm = algorithm;
    this.docker = docker;
  }

  /** Returns a factory of OCI images with sha256 digests. */
  public static ImageFactory into(InMemoryStore store, long seed) {
    return new ImageFactory(store, seed, new Random(seed), DigestAlgorithm.SHA256, false);
  }

  /** Returns this factory with another algorithm for the digests of what it makes. */
  public ImageFactory digestedBy(DigestAlgorithm other) {
    return new ImageFactory(store, seed, random, other, docker);
  }

  /** Returns this factory with the media types of Docker schema 2. */
  public ImageFactory dockerTypes() {
    return new ImageFactory(store, seed, random, algorithm, true);
  }

  /** Makes a blob of given content. */
  public Descriptor blob(String mediaType, byte[] content) {
    return store.add(mediaType, algorithm, content);
  }

  /** Makes a blob of given text. */
  public Descriptor blob(String mediaType, String content) {
    return blob(mediaType, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes a layer of random bytes. */
  public Descriptor layer(int size) {
    return layer(docker ? DOCKER_LAYER : MediaTypes.OCI_LAYER_GZIP, size);
  }

  /** Makes a layer of random bytes and of any type, such as {@link #NON_DISTRIBUTABLE}. */
  public Descriptor layer(String mediaType, int size) {
    byte[] content = new byte[size];
    random.nextBytes(content);
    return blob(mediaType, content);
  }

  /** Makes a layer that is described but that the store does not have. */
  public Descriptor absentLayer(String mediaType, int size) {
    Descriptor layer = layer(mediaType, size);
    store.remove(layer.digest());
    return layer;
  }

  /** Makes an image for linux/amd64 with random layers of these sizes, base first. */
  public Descriptor image(int... layerSizes) {
    return image(Arrays.stream(layerSizes).mapToObj(this::layer).toList());
  }

  /** Makes an image for linux/amd64 of layers, which other images may have too. */
  public Descriptor image(List<Descriptor> layers) {
    return image(Platform.parse("linux/amd64"), layers);
  }

  /** Makes an image for one platform. */
  public Descriptor image(Platform platform, List<Descriptor> layers) {
    return manifest(config(platform, layers), layers);
  }

  /** Makes an image configuration that has one {@code diff_id} for each layer. */
  public Descriptor config(Platform platform, List<Descriptor> layers) {
    List<String> diffIds =
        layers.stream().map(layer -> JsonText.quote(layer.digest().toString())).toList();
    List<String> members = new ArrayList<>();
    members.add(JsonText.member("architecture", JsonText.quote(platform.architecture())));
    members.add(JsonText.member("os", JsonText.quote(platform.os())));
    platform
        .variant()
        .ifPresent(variant -> members.add(JsonText.member("variant", JsonText.quote(variant))));
    members.add(JsonText.member("author", JsonText.quote("seed " + random.nextLong())));
    members.add(
        JsonText.member(
            "rootfs",
            JsonText.object(
                List.of(
                    JsonText.member("type", JsonText.quote("layers")),
                    JsonText.member("diff_ids", JsonText.array(diffIds))))));
    return blob(
        docker ? MediaTypes.DOCKER_CONFIG : MediaTypes.OCI_CONFIG, JsonText.object(members));
  }

  /** Makes a manifest of any configuration and layers. */
  public Descriptor manifest(Descriptor config, List<Descriptor> layers) {
    return manifest(config, layers, List.of());
  }

  /** Makes an artifact with random layers of these sizes that is about another image. */
  public Descriptor artifact(String artifactType, Descriptor subject, int... layerSizes) {
    Descriptor empty = blob(MediaTypes.OCI_EMPTY, "{}");
    return manifest(
        empty,
        Arrays.stream(layerSizes)
            .mapToObj(size -> layer("application/octet-stream", size))
            .toList(),
        List.of(
            JsonText.member("artifactType", JsonText.quote(artifactType)),
            JsonText.member("subject", json(subject))));
  }

  private Descriptor manifest(Descriptor config, List<Descriptor> layers, List<String> more) {
    String mediaType = docker ? MediaTypes.DOCKER_MANIFEST : MediaTypes.OCI_MANIFEST;
    List<String> members = document(mediaType);
    members.add(JsonText.member("config", json(config)));
    members.add(JsonText.member("layers", array(layers)));
    members.addAll(more);
    return blob(mediaType, JsonText.object(members));
  }

  /** Makes an index, or a Docker manifest list, of manifests and other indexes. */
  public Descriptor index(Descriptor... children) {
    return index(List.of(children));
  }

  /** Makes an index, or a Docker manifest list, of manifests and other indexes. */
  public Descriptor index(List<Descriptor> children) {
    String mediaType = docker ? MediaTypes.DOCKER_MANIFEST_LIST : MediaTypes.OCI_INDEX;
    List<String> members = document(mediaType);
    members.add(JsonText.member("manifests", array(children)));
    return blob(mediaType, JsonText.object(members));
  }

  /** Makes an image for each platform and an index of them; all share one layer. */
  public Descriptor multiPlatform(List<Platform> platforms) {
    Descriptor shared = layer(512);
    List<Descriptor> children = new ArrayList<>();
    for (Platform platform : platforms) {
      children.add(image(platform, List.of(shared, layer(256))).withPlatform(platform));
    }
    return index(children);
  }

  /** Returns the entry of an index for one platform, such as {@code linux/arm64}. */
  public Descriptor on(String platform, Descriptor manifest) {
    return manifest.withPlatform(Platform.parse(platform));
  }

  /** Makes an image of a shape that the seed decides: nested, shared, empty, foreign or plain. */
  public Descriptor anything() {
    return anything(RANDOM_DEPTH, new ArrayList<>());
  }

  private Descriptor anything(int depth, List<Descriptor> layers) {
    ImageFactory make =
        new ImageFactory(
            store,
            seed,
            random,
            random.nextInt(4) == 0 ? DigestAlgorithm.SHA512 : DigestAlgorithm.SHA256,
            random.nextInt(4) == 0);
    if (depth > 0 && random.nextInt(3) > 0) {
      List<Descriptor> children = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        children.add(make.anything(depth - 1, layers));
      }
      return make.index(children);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      layers.add(make.anyLayer());
    }
    List<Descriptor> some = new ArrayList<>(layers);
    Collections.shuffle(some, random);
    return make.image(some.subList(0, random.nextInt(some.size() + 1)));
  }

  private Descriptor anyLayer() {
    return switch (random.nextInt(5)) {
      case 0 -> layer(0);
      case 1 -> layer(NON_DISTRIBUTABLE, random.nextInt(2000));
      case 2 -> absentLayer(FOREIGN, 1 + random.nextInt(2000));
      default -> layer(random.nextInt(5000));
    };
  }

  /** Makes the store offer an image without a name. */
  public Descriptor offer(Descriptor image) {
    store.offer(image);
    return image;
  }

  /**
   * Makes the store offer an image.
   *
   * @param name a tag or a full name
   * @return the entry, with the annotations that say the name
   */
  public Descriptor offer(Descriptor image, String name) {
    return offer(ImageName.annotate(image, name));
  }

  /** Returns a digest that no blob has, yet. */
  public Digest unusedDigest() {
    byte[] content = new byte[32];
    random.nextBytes(content);
    return Digest.of(algorithm, content);
  }

  /** Returns a descriptor as it stands in a manifest or an index. */
  public static String json(Descriptor descriptor) {
    List<String> members = new ArrayList<>();
    members.add(JsonText.member("mediaType", JsonText.quote(descriptor.mediaType())));
    members.add(JsonText.member("digest", JsonText.quote(descriptor.digest().toString())));
    members.add(JsonText.member("size", Long.toString(descriptor.size())));
    if (!descriptor.urls().isEmpty()) {
      members.add(
          JsonText.member(
              "urls", JsonText.array(descriptor.urls().stream().map(JsonText::quote).toList())));
    }
    if (!descriptor.annotations().isEmpty()) {
      members.add(JsonText.member("annotations", JsonText.texts(descriptor.annotations())));
    }
    optional("data", descriptor.data()).ifPresent(members::add);
    descriptor
        .platform()
        .ifPresent(platform -> members.add(JsonText.member("platform", json(platform))));
    optional("artifactType", descriptor.artifactType()).ifPresent(members::add);
    descriptor.unknownFields().forEach((name, json) -> members.add(JsonText.member(name, json)));
    return JsonText.object(members);
  }

  private static String json(Platform platform) {
    List<String> members = new ArrayList<>();
    members.add(JsonText.member("architecture", JsonText.quote(platform.architecture())));
    members.add(JsonText.member("os", JsonText.quote(platform.os())));
    optional("os.version", platform.osVersion()).ifPresent(members::add);
    optional("variant", platform.variant()).ifPresent(members::add);
    return JsonText.object(members);
  }

  private static Optional<String> optional(String name, Optional<String> value) {
    return value.map(text -> JsonText.member(name, JsonText.quote(text)));
  }

  private static String array(List<Descriptor> descriptors) {
    return JsonText.array(descriptors.stream().map(ImageFactory::json).toList());
  }

  private static List<String> document(String mediaType) {
    List<String> members = new ArrayList<>();
    members.add(JsonText.member("schemaVersion", "2"));
    members.add(JsonText.member("mediaType", JsonText.quote(mediaType)));
    members.add(
        JsonText.member("annotations", JsonText.texts(Map.of("io.gantry.testkit", "<made> & \""))));
    return members;
  }

  /** Returns the seed, for messages. */
  @Override
  public String toString() {
    return "images of seed " + seed;
  }
}
