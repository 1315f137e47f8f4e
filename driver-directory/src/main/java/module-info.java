/** OCI image layouts in a folder. */
module io.gantry.driver.directory {
  requires static com.google.auto.service;
  requires io.gantry.api;

  provides io.gantry.api.content.ContentStoreProvider with
      io.gantry.driver.directory.DirectoryStoreProvider;
  provides io.gantry.api.driver.ImageDriverProvider with
      io.gantry.driver.directory.DirectoryDriverProvider;
}
