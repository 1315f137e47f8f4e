package io.gantry.testkit;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.driver.BlobWriter;
import io.gantry.api.driver.ImageDriver;
import io.gantry.api.driver.InitOptions;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.Index;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The ways in which a driver can break the contract, each with the rules that it must fail: exactly
 * these and no other. Where a flaw breaks several, the comment says why it cannot break one alone.
 */
enum DriverFlaw {
  NONE,

  READS_THE_CONTEXT_CLASS_LOADER("L5") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          try {
            Class.forName(
                DriverFlaw.class.getName(), false, Thread.currentThread().getContextClassLoader());
          } catch (ClassNotFoundException e) {
            throw new IOException(e);
          }
          super.init(options);
        }
      };
    }
  },

  CHANGES_THE_CONTEXT_CLASS_LOADER("L5") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          Thread.currentThread().setContextClassLoader(DriverFlaw.class.getClassLoader());
          super.init(options);
        }
      };
    }
  },

  // Without open nothing goes.
  DOES_NOT_OPEN_WITH_DEFAULTS(
      "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B10", "B11", "F1", "F2", "F3", "F4", "I1", "I3",
      "I4", "L5", "O4", "T1", "X1", "X2", "X4", "X5", "X6") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) throws IOException {
      throw new IOException("say what you want");
    }
  },

  OPEN_CREATES_THE_TARGET("I1") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      boolean created = place.published().isEmpty();
      if (created) {
        place.publish(new InMemoryStore());
      }
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          if (created) {
            place.clear();
          }
          super.init(options);
        }
      };
    }
  },

  OPEN_EMPTIES_THE_TARGET("I1") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      Optional<InMemoryStore> old = place.published();
      place.clear();
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          old.ifPresent(place::publish);
          super.init(options);
        }
      };
    }
  },

  REFUSES_AND_EMPTIES("I3") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          if (place.published().isPresent() && !options.overwrite()) {
            place.clear();
            throw new GantryException(Kind.TARGET_EXISTS, place + " exists");
          }
          super.init(options);
        }
      };
    }
  },

  REFUSES_WITH_ANOTHER_KIND("I3") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          if (place.published().isPresent() && !options.overwrite()) {
            throw new IOException(place + " exists");
          }
          super.init(options);
        }
      };
    }
  },

  // F2 ends with an export that overwrites.
  ADDS_WHERE_IT_SHOULD_OVERWRITE("F2", "I3") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          super.init(options.withOverwrite(false));
        }
      };
    }
  },

  // The first write of a carrier that fails is that of init, so F2 meets it too.
  INIT_FAILS_WITHOUT_A_NAME("F2", "I4") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          try {
            super.init(options);
          } catch (IOException e) {
            throw new IOException("permission denied", e);
          }
        }
      };
    }
  },

  LOSES_THE_END_OF_MANY_SMALL_WRITES("B1") {
    @Override
    boolean spoils(FlawedDriver.FlawedWriter writer) {
      return writer.writes > 6 && writer.blob.size() < 10_000;
    }
  },

  LOSES_EMPTY_BLOBS("B2") {
    @Override
    boolean spoils(FlawedDriver.FlawedWriter writer) {
      return writer.blob.size() == 0;
    }
  },

  LOSES_BLOBS_OF_ONE_BYTE("B3") {
    @Override
    boolean spoils(FlawedDriver.FlawedWriter writer) {
      return writer.blob.size() == 1;
    }
  },

  LOSES_THE_END_OF_LARGE_BLOBS("B3") {
    @Override
    boolean spoils(FlawedDriver.FlawedWriter writer) {
      return writer.blob.size() > 1024 * 1024;
    }
  },

  LOSES_SHA512_BLOBS("B4") {
    @Override
    boolean spoils(FlawedDriver.FlawedWriter writer) {
      return writer.blob.digest().algorithm() == DigestAlgorithm.SHA512;
    }
  },

  PUBLISHES_A_WRONG_COMMIT("B5") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public void commit(long size, Digest digest) throws IOException {
              if (size != blob.size() || !digest.equals(blob.digest())) {
                publishEarly(Map.of());
              }
              super.commit(size, digest);
            }
          };
        }
      };
    }
  },

  REFUSES_A_WRONG_COMMIT_BUT_KEEPS_THE_BLOB("B5") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public void commit(long size, Digest digest) throws IOException {
              try {
                super.commit(size, digest);
              } catch (IOException e) {
                strays.put(digest, new byte[0]);
                throw e;
              }
            }
          };
        }
      };
    }
  },

  KEEPS_A_BLOB_THAT_WAS_NOT_COMMITTED("B6") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            private boolean tried;

            @Override
            public void commit(long size, Digest digest) throws IOException {
              tried = true;
              super.commit(size, digest);
            }

            @Override
            public void close() throws IOException {
              if (!tried) {
                strays.put(blob.digest(), new byte[0]);
              }
              super.close();
            }
          };
        }
      };
    }
  },

  SECOND_CLOSE_OF_A_WRITER_FAILS("B7") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public void close() throws IOException {
              super.close();
              if (closes > 1) {
                throw new IOException("closed already");
              }
            }
          };
        }
      };
    }
  },

  SECOND_CLOSE_OF_A_WRITER_DISCARDS("B7") {
    @Override
    boolean spoils(FlawedDriver.FlawedWriter writer) {
      return writer.done && writer.closes > 1;
    }
  },

  LEAVES_BYTES_IN_DIRECT_BUFFERS("B10") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public int write(ByteBuffer src) throws IOException {
              int limit = src.limit();
              if (src.isDirect()) {
                src.limit(src.position() + (src.remaining() + 1) / 2);
              }
              int count = super.write(src);
              src.limit(limit);
              return count;
            }
          };
        }
      };
    }
  },

  REFUSES_READ_ONLY_BUFFERS("B10") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public int write(ByteBuffer src) throws IOException {
              if (src.isReadOnly()) {
                throw new IOException("no array");
              }
              return super.write(src);
            }
          };
        }
      };
    }
  },

  // Nothing is ever sent, so whatever publishes to a fresh target fails.
  CONTAINS_EVERYTHING(
      "B1", "B2", "B3", "B4", "B10", "B11", "F1", "F2", "F3", "F4", "I1", "I3", "L5", "O4", "T1",
      "X1", "X2", "X4", "X5", "X6") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public boolean contains(Descriptor blob) {
          return true;
        }
      };
    }
  },

  CONTAINS_BY_NAME_ALONE("B11") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public boolean contains(Descriptor blob) {
          return place
              .published()
              .flatMap(published -> published.content(blob.digest()))
              .isPresent();
        }
      };
    }
  },

  DROPS_WHAT_WAS_NOT_SENT_AGAIN("B11") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        void afterPublishing(InMemoryStore store) {
          for (Descriptor blob : announced.blobs()) {
            if (!committed.contains(blob.digest())) {
              store.remove(blob.digest());
            }
          }
        }
      };
    }
  },

  PUBLISHES_WITH_THE_LAST_BLOB("X1") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      Optional<InMemoryStore> old = place.published();
      return new FlawedDriver(place, strays) {
        private boolean early;

        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public void commit(long size, Digest digest) throws IOException {
              super.commit(size, digest);
              if (committed.size() == announced.blobs().size()
                  && (place.published().isEmpty() || announced.overwrite())) {
                early = true;
                publishEarly(Map.of());
              }
            }
          };
        }

        @Override
        public void writeIndex(Index index) throws IOException {
          takeBack();
          super.writeIndex(index);
        }

        @Override
        public void close() throws IOException {
          takeBack();
          super.close();
        }

        private void takeBack() {
          if (early) {
            place.clear();
            old.ifPresent(place::publish);
            early = false;
          }
        }
      };
    }
  },

  // Whatever ends without writeIndex is published.
  PUBLISHES_ON_CLOSE("B5", "B6", "F1", "F2", "F3", "F4", "X1") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void close() throws IOException {
          if (begun && !published) {
            publishEarly(Map.of());
          }
          super.close();
        }
      };
    }
  },

  // Whatever fails has lost the old state by then.
  OVERWRITES_AT_INIT("F1", "F2", "F3", "X1") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          super.init(options);
          if (options.overwrite()) {
            place.clear();
          }
        }
      };
    }
  },

  PUBLISHES_A_BLOB_TOO_MANY("X2") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        void afterPublishing(InMemoryStore store) {
          store.add("text/plain", DigestAlgorithm.SHA256, new byte[] {1});
        }
      };
    }
  },

  IS_VISIBLE_ONLY_AFTER_CLOSE("X2") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        private Optional<Index> index = Optional.empty();

        @Override
        public void writeIndex(Index toPublish) {
          index = Optional.of(toPublish);
        }

        @Override
        public void close() throws IOException {
          try {
            if (index.isPresent()) {
              super.writeIndex(index.get());
              index = Optional.empty();
            }
          } finally {
            super.close();
          }
        }
      };
    }
  },

  SECOND_CLOSE_OF_A_DRIVER_UNPUBLISHES("X2") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        private boolean closed;

        @Override
        public void close() throws IOException {
          if (closed) {
            place.clear();
          }
          closed = true;
          super.close();
        }
      };
    }
  },

  REPLACES_UNASKED("X4") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void init(InitOptions options) throws IOException {
          super.init(options.withOverwrite(true));
        }
      };
    }
  },

  ADDS_TO_WHAT_IT_SAW_AT_INIT("X4") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        private Optional<InMemoryStore> seen = Optional.empty();

        @Override
        public void init(InitOptions options) throws IOException {
          super.init(options);
          seen = place.published();
        }

        @Override
        public void writeIndex(Index index) throws IOException {
          Optional<InMemoryStore> now = place.published();
          if (seen.isPresent() && now.isPresent() && !announced.overwrite()) {
            place.publish(seen.get());
          }
          super.writeIndex(index);
        }
      };
    }
  },

  REPEATS_A_NAME("X4") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void writeIndex(Index index) throws IOException {
          List<Descriptor> before = place.published().map(InMemoryStore::roots).orElse(List.of());
          super.writeIndex(index);
          InMemoryStore store = place.published().orElseThrow();
          if (!announced.overwrite()) {
            before.stream().filter(entry -> !store.roots().contains(entry)).forEach(store::offer);
          }
        }
      };
    }
  },

  // A blob that is wrong in a layout is one too many as well.
  PUBLISHES_A_BLOB_UNDER_A_WRONG_NAME("X2", "X5") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        void afterPublishing(InMemoryStore store) {
          store.put(digestOf("one thing"), "another".getBytes(StandardCharsets.UTF_8));
        }
      };
    }
  },

  ORDERS_BLOBS_BY_THE_NUMBER_OF_WRITES("X6") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        private final Map<Digest, FlawedWriter> writers = new HashMap<>();

        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          FlawedWriter writer = new FlawedWriter(blob);
          writers.put(blob.digest(), writer);
          return writer;
        }

        @Override
        void afterPublishing(InMemoryStore store) {
          List<Digest> order = new ArrayList<>(store.digests());
          order.sort(
              Comparator.comparing(
                  digest ->
                      writers.containsKey(digest) && writers.get(digest).writes > 20 ? 1 : 0));
          for (Digest digest : order) {
            byte[] content = store.content(digest).orElseThrow();
            store.remove(digest);
            store.put(digest, content);
          }
        }
      };
    }
  },

  // F3 side by side and F4's abandoned run have committed a blob and dropped another at the end.
  SALVAGES_WHAT_WAS_COMMITTED("F1", "F3", "F4") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        private volatile boolean dropped;

        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public void close() throws IOException {
              super.close();
              if (!done) {
                dropped = true;
              }
            }
          };
        }

        @Override
        public void close() throws IOException {
          super.close();
          if (dropped && !committed.isEmpty()) {
            place.write();
            publishEarly(Map.of());
          }
        }
      };
    }
  },

  LOSES_THE_OLD_STATE_WHEN_THE_INDEX_FAILS("F2") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void writeIndex(Index index) throws IOException {
          try {
            super.writeIndex(index);
          } catch (IOException e) {
            place.clear();
            throw e;
          }
        }
      };
    }
  },

  WRITES_FAIL_WITHOUT_A_NAME("F2") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public int write(ByteBuffer src) throws IOException {
              try {
                return super.write(src);
              } catch (IOException e) {
                throw new IOException("No space left on device", e);
              }
            }
          };
        }
      };
    }
  },

  SWALLOWS_THE_INTERRUPT("F3") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public void commit(long size, Digest digest) throws IOException {
              Thread.interrupted();
              super.commit(size, digest);
            }
          };
        }
      };
    }
  },

  SHOWS_A_BLOB_WHILE_IT_IS_WRITTEN("F4") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          return new FlawedWriter(blob) {
            @Override
            public int write(ByteBuffer src) throws IOException {
              strays.put(blob.digest(), new byte[0]);
              return super.write(src);
            }

            @Override
            public void close() throws IOException {
              strays.remove(blob.digest());
              super.close();
            }
          };
        }
      };
    }
  },

  ROLLS_BACK_TO_WHAT_IT_SAW_AT_INIT("F4") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        private Optional<InMemoryStore> seen = Optional.empty();

        @Override
        public void init(InitOptions options) throws IOException {
          seen = place.published();
          super.init(options);
        }

        @Override
        public void close() throws IOException {
          if (begun && !published) {
            place.clear();
            seen.ifPresent(place::publish);
          }
          super.close();
        }
      };
    }
  },

  // F5 is looked at after every test, and shows in those that end without publishing.
  LEAVES_WHAT_IT_STAGED("F1", "F2", "F3", "F4", "X1") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        @Override
        public void close() throws IOException {
          List<Digest> left = place.staged();
          super.close();
          if (!published) {
            left.forEach(digest -> place.stage(this, digest, new byte[0]));
          }
        }
      };
    }
  },

  MIXES_UP_WRITERS_THAT_ARE_OPEN_TOGETHER("T1") {
    @Override
    ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) {
      return new FlawedDriver(place, strays) {
        private final AtomicInteger open = new AtomicInteger();
        private boolean together;

        @Override
        public BlobWriter blobWriter(Descriptor blob) throws IOException {
          together |= open.incrementAndGet() > 1;
          return new FlawedWriter(blob) {
            @Override
            public void close() throws IOException {
              if (closes == 0) {
                open.decrementAndGet();
              }
              super.close();
            }
          };
        }

        @Override
        void afterPublishing(InMemoryStore store) {
          if (together) {
            store.put(announced.blobs().get(0).digest(), new byte[0]);
          }
        }
      };
    }
  };

  private final String breaks;

  DriverFlaw(String... breaks) {
    this.breaks = String.join(" ", breaks);
  }

  /** Returns the numbers of the rules that a driver with this flaw must fail. */
  Set<String> breaks() {
    return breaks.isEmpty() ? Set.of() : Set.of(breaks.split(" ", -1));
  }

  /**
   * Returns a driver with this flaw; a driver that spoils blobs unless a constant says otherwise.
   */
  ImageDriver open(InMemoryPlace place, Map<Digest, byte[]> strays) throws IOException {
    return new FlawedDriver(place, strays) {
      private final List<FlawedWriter> writers = new ArrayList<>();

      @Override
      public BlobWriter blobWriter(Descriptor blob) throws IOException {
        FlawedWriter writer = new FlawedWriter(blob);
        writers.add(writer);
        return writer;
      }

      @Override
      void afterPublishing(InMemoryStore store) {
        for (FlawedWriter writer : writers) {
          Digest digest = writer.blob.digest();
          byte[] content = store.content(digest).orElseThrow();
          if (spoils(writer)) {
            if (content.length == 0) {
              store.remove(digest);
            } else {
              store.put(digest, Arrays.copyOf(content, content.length - 1));
            }
          }
        }
      }
    };
  }

  /** Returns whether the blob of a writer loses its last byte. */
  boolean spoils(FlawedDriver.FlawedWriter writer) {
    return false;
  }

  static Digest digestOf(String text) {
    return Digest.of(DigestAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8));
  }
}
