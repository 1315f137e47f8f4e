/** The rules for drivers and stores as tests, and what to test with. */
module io.gantry.testkit {
  requires transitive io.gantry.api;
  requires org.assertj.core;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;

  exports io.gantry.testkit;

  // JUnit calls the tests of the contracts, which are not public.
  opens io.gantry.testkit;

  uses io.gantry.api.content.ContentStoreProvider;
  uses io.gantry.api.driver.ImageDriverProvider;
}
