package io.gantry.driver.tar;

/**
 * A stretch of the bytes that can be read by position.
 *
 * @param offset the position of the first byte
 * @param size how many bytes it has
 */
record Span(long offset, long size) {}
