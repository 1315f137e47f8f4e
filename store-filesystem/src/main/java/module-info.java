/** Content store over a folder of blobs. */
module io.gantry.store.filesystem {
  requires static com.google.auto.service;
  requires io.gantry.api;

  provides io.gantry.api.content.ContentStoreProvider with
      io.gantry.store.filesystem.FilesystemStoreProvider;
}
