/** OCI archives. */
module io.gantry.driver.tar {
  // Only for archives that are compressed with zstd, and nobody else should have to have it.
  requires static aircompressor;
  requires static com.google.auto.service;
  requires io.gantry.api;

  provides io.gantry.api.content.ContentStoreProvider with
      io.gantry.driver.tar.TarStoreProvider;
  provides io.gantry.api.driver.ImageDriverProvider with
      io.gantry.driver.tar.TarDriverProvider;
}
