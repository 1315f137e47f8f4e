package io.gantry.driver.directory;

/** How a blob that is a file already gets into the layout. */
enum Link {
  /** It is copied. */
  NO,
  /** It becomes the same file, under another name. */
  HARD,
  /** The system copies it, and lets both share what is on the disk where it can. */
  REFLINK
}
