package io.gantry.driver.s3;

/** What a service makes of a condition on a write, as the header If-Match. */
enum Conditions {
  /** It refuses the write when the condition does not hold. */
  HONOURED,

  /** It writes whatever the condition. */
  IGNORED,

  /** It refuses any write that has a condition. */
  REFUSED,

  /** Nobody asked, as the user does without them. */
  UNUSED
}
