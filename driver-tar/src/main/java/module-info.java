/** OCI archives. */
module io.gantry.driver.tar {
  requires static com.google.auto.service;
  requires io.gantry.api;

  provides io.gantry.api.driver.ImageDriverProvider with
      io.gantry.driver.tar.TarDriverProvider;
}
