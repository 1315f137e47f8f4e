package io.gantry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gantry.api.GantryException.Kind;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts on failures as a user sees them: of the right kind, and one line whatever the input. */
public final class FailureAssert extends AbstractThrowableAssert<FailureAssert, Throwable> {

  private FailureAssert(Throwable failure) {
    super(failure, FailureAssert.class);
  }

  /** Runs {@code call}, which must fail with a {@link GantryException} of this kind. */
  public static FailureAssert assertFailure(Kind kind, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(GantryException.class);
    assertThat(((GantryException) failure).kind()).as("kind of '%s'", failure).isEqualTo(kind);
    return oneLine(failure);
  }

  /** Runs {@code call}, which must refuse its argument. */
  public static FailureAssert assertRefused(ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isExactlyInstanceOf(IllegalArgumentException.class);
    return oneLine(failure);
  }

  /** Asserts that the message is this text, alone or followed by what to do about it. */
  public FailureAssert complains(String text) {
    assertThat(actual.getMessage())
        .satisfiesAnyOf(
            message -> assertThat(message).isEqualTo(text),
            message -> assertThat(message).startsWith(text + "; "));
    return this;
  }

  private static FailureAssert oneLine(Throwable failure) {
    assertThat(failure.getMessage())
        .hasSizeLessThan(1000)
        .satisfies(
            message ->
                Assertions.assertThat(message.chars().noneMatch(Character::isISOControl))
                    .as("'%s' is one line without control characters", message)
                    .isTrue());
    return new FailureAssert(failure);
  }
}
