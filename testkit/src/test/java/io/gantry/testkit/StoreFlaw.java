package io.gantry.testkit;

import io.gantry.api.GantryException;
import io.gantry.api.GantryException.Kind;
import io.gantry.api.content.BlobReader;
import io.gantry.api.content.ContentStore;
import io.gantry.api.oci.Descriptor;
import io.gantry.api.oci.Digest;
import io.gantry.api.oci.DigestAlgorithm;
import io.gantry.api.oci.MediaTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The ways in which a store can break the contract, each with the rules that it must fail. */
enum StoreFlaw {
  NONE,

  LOSES_ANNOTATIONS("S1") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        @Override
        public List<Descriptor> roots() throws IOException {
          return super.roots().stream().map(root -> root.withAnnotations(Map.of())).toList();
        }
      };
    }
  },

  OFFERS_EACH_DIGEST_ONCE("S1") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        @Override
        public List<Descriptor> roots() throws IOException {
          Set<Digest> seen = new HashSet<>();
          return super.roots().stream().filter(root -> seen.add(root.digest())).toList();
        }
      };
    }
  },

  CUTS_A_BLOB_THAT_IS_LARGER_THAN_A_BUFFER("S2") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) throws IOException {
      return blob.size() == 262_145 ? BlobFault.shrinksTo(262_144).applyTo(sound) : sound;
    }
  },

  // Threads that share a reader go back and forth.
  CANNOT_GO_BACK("S3", "S6") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) {
      return new ForwardingReader(sound) {
        private long last;

        @Override
        public synchronized int read(ByteBuffer dst, long position) throws IOException {
          if (position < last) {
            throw new IOException("the stream is past " + position);
          }
          last = position;
          return super.read(dst, position);
        }
      };
    }
  },

  TAKES_POSITIONS_FOR_32_BITS("S4") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) {
      return new ForwardingReader(sound) {
        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          return super.read(dst, position & 0xffff_ffffL);
        }
      };
    }
  },

  RETURNS_ZERO_AT_THE_END_OF_EMPTY_BLOBS("S2", "S4") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) {
      return new ForwardingReader(sound) {
        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          return size() == 0 ? 0 : super.read(dst, position);
        }
      };
    }
  },

  FILLS_BUFFERS_FROM_THEIR_START("S5") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) {
      return new ForwardingReader(sound) {
        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          if (dst.position() == 0 || dst.limit() == dst.capacity()) {
            return super.read(dst, position);
          }
          int count = super.read(dst.duplicate().rewind(), position);
          dst.position(Math.min(dst.limit(), dst.position() + count));
          return count;
        }
      };
    }
  },

  SAYS_THE_END_WHEN_THERE_IS_NO_SPACE("S5") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) {
      return new ForwardingReader(sound) {
        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          return dst.hasRemaining() ? super.read(dst, position) : -1;
        }
      };
    }
  },

  SERVES_ONE_THREAD_ONLY("S6") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) {
      Thread owner = Thread.currentThread();
      return new ForwardingReader(sound) {
        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
          if (Thread.currentThread() != owner) {
            throw new IOException("not yours");
          }
          return super.read(dst, position);
        }
      };
    }
  },

  ABSENT_BLOB_IS_AN_ERROR_OF_THE_FILE_SYSTEM("S7") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        @Override
        public BlobReader open(Descriptor blob) throws IOException {
          try {
            return super.open(blob);
          } catch (GantryException e) {
            throw new NoSuchFileException(blob.digest().toString());
          }
        }
      };
    }
  },

  ABSENT_BLOB_IS_NOT_NAMED("S7") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        @Override
        public BlobReader open(Descriptor blob) throws IOException {
          try {
            return super.open(blob);
          } catch (GantryException e) {
            throw new GantryException(Kind.NOT_FOUND, "blob not found");
          }
        }
      };
    }
  },

  RESOLVES_DOCKER_TYPES_TO_OCI_TYPES("S8") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        @Override
        public Descriptor resolve(Digest digest) throws IOException {
          Descriptor found = super.resolve(digest);
          return MediaTypes.isIndex(found.mediaType())
              ? Descriptor.of(MediaTypes.OCI_INDEX, digest, found.size())
              : Descriptor.of(MediaTypes.OCI_MANIFEST, digest, found.size());
        }
      };
    }
  },

  RESOLVE_TURNS_NOT_FOUND_INTO_FAILED("S9") {
    @Override
    Kind instead(Kind kind) {
      return kind == Kind.NOT_FOUND ? Kind.SOURCE_FAILED : kind;
    }
  },

  RESOLVE_TURNS_INVALID_INTO_NOT_FOUND("S10") {
    @Override
    Kind instead(Kind kind) {
      return kind == Kind.INVALID_IMAGE ? Kind.NOT_FOUND : kind;
    }
  },

  RESOLVE_TURNS_MISMATCH_INTO_INVALID("S11") {
    @Override
    Kind instead(Kind kind) {
      return kind == Kind.CONTENT_MISMATCH ? Kind.INVALID_IMAGE : kind;
    }
  },

  RESOLVE_BELIEVES("S10", "S11") {
    // What is not what its digest says cannot be told from what is no manifest without a look.
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        @Override
        public Descriptor resolve(Digest digest) throws IOException {
          try {
            return super.resolve(digest);
          } catch (GantryException e) {
            if (e.kind() == Kind.NOT_FOUND) {
              throw e;
            }
            return Descriptor.of(MediaTypes.OCI_MANIFEST, digest, 1);
          }
        }
      };
    }
  },

  SECOND_CLOSE_OF_A_READER_FAILS("S12") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) {
      return new ForwardingReader(sound) {
        private boolean closed;

        @Override
        public void close() throws IOException {
          if (closed) {
            throw new ClosedChannelException();
          }
          closed = true;
          super.close();
        }
      };
    }
  },

  SECOND_CLOSE_OF_A_STORE_FAILS("S12") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        private boolean closed;

        @Override
        public void close() throws IOException {
          if (closed) {
            throw new ClosedChannelException();
          }
          closed = true;
          super.close();
        }
      };
    }
  },

  CLOSING_A_READER_CLOSES_ALL("S12") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return new ForwardingStore(sound) {
        private int closed;

        @Override
        public BlobReader open(Descriptor blob) throws IOException {
          return new ForwardingReader(super.open(blob)) {
            private final int before = closed;

            @Override
            public int read(ByteBuffer dst, long position) throws IOException {
              if (closed != before) {
                throw new ClosedChannelException();
              }
              return super.read(dst, position);
            }

            @Override
            public void close() throws IOException {
              closed++;
              super.close();
            }
          };
        }
      };
    }
  },

  BELIEVES_THE_SIZE_OF_THE_DESCRIPTOR("S13") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) throws IOException {
      return BlobFault.hasSize(blob.size()).applyTo(sound);
    }
  },

  REFUSES_A_BLOB_OF_ANOTHER_SIZE("S13") {
    @Override
    BlobReader flawed(Descriptor blob, BlobReader sound) throws IOException {
      if (sound.size() != blob.size()) {
        throw new GantryException(Kind.CONTENT_MISMATCH, "blob " + blob.digest());
      }
      return sound;
    }
  },

  ABSENT_SOURCE_IS_EMPTY("S14") {
    @Override
    boolean opensWhatIsNotThere() {
      return true;
    }
  },

  LISTS_NO_BLOB_BUT_THOSE_OF_ONE_ALGORITHM("S15") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return listing(
          sound, blobs -> blobs.removeIf(blob -> blob.algorithm() == DigestAlgorithm.SHA512));
    }
  },

  LISTS_WHAT_IS_NOT_THERE("S15") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return listing(sound, blobs -> blobs.add(Digest.of(DigestAlgorithm.SHA256, new byte[7])));
    }
  },

  LISTS_A_BLOB_TWICE("S15") {
    @Override
    ContentStore flawed(ContentStore sound) {
      return listing(sound, blobs -> blobs.add(blobs.get(0)));
    }
  };

  private final String breaks;

  StoreFlaw(String... breaks) {
    this.breaks = String.join(" ", breaks);
  }

  /** Returns the numbers of the rules that a store with this flaw must fail. */
  Set<String> breaks() {
    return breaks.isEmpty() ? Set.of() : Set.of(breaks.split(" ", -1));
  }

  boolean opensWhatIsNotThere() {
    return false;
  }

  ContentStore flawed(ContentStore sound) {
    return new ForwardingStore(sound) {
      @Override
      public BlobReader open(Descriptor blob) throws IOException {
        return flawed(blob, super.open(blob));
      }

      @Override
      public Descriptor resolve(Digest digest) throws IOException {
        try {
          return super.resolve(digest);
        } catch (GantryException e) {
          throw new GantryException(instead(e.kind()), String.valueOf(e.getMessage()), e);
        }
      }
    };
  }

  BlobReader flawed(Descriptor blob, BlobReader sound) throws IOException {
    return sound;
  }

  /** Returns the kind of failure that resolve has in the place of the right one. */
  Kind instead(Kind kind) {
    return kind;
  }

  private static ContentStore listing(ContentStore sound, Consumer<List<Digest>> change) {
    return new ForwardingStore(sound) {
      @Override
      public Optional<List<Digest>> blobs() throws IOException {
        List<Digest> blobs = new ArrayList<>(super.blobs().orElseThrow());
        change.accept(blobs);
        return Optional.of(blobs);
      }
    };
  }

  private static class ForwardingStore implements ContentStore {
    private final ContentStore store;

    ForwardingStore(ContentStore store) {
      this.store = store;
    }

    @Override
    public List<Descriptor> roots() throws IOException {
      return store.roots();
    }

    @Override
    public Descriptor resolve(Digest digest) throws IOException {
      return store.resolve(digest);
    }

    @Override
    public BlobReader open(Descriptor blob) throws IOException {
      return store.open(blob);
    }

    @Override
    public Optional<List<Digest>> blobs() throws IOException {
      return store.blobs();
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }
}
