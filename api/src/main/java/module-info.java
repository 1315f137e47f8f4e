/** Gantry's contracts and the verified export between them. */
module io.gantry.api {
  requires static transitive org.jspecify;
  requires tools.jackson.databind;

  exports io.gantry.api;
  exports io.gantry.api.check;
  exports io.gantry.api.content;
  exports io.gantry.api.driver;
  exports io.gantry.api.export;
  exports io.gantry.api.file;
  exports io.gantry.api.layout;
  exports io.gantry.api.oci;
  exports io.gantry.api.plugin;
  exports io.gantry.api.provider;

  uses io.gantry.api.content.ContentStoreProvider;
  uses io.gantry.api.driver.ImageDriverProvider;
}
