package io.gantry.cli;

import io.gantry.api.export.ExportListener;
import io.gantry.api.export.ExportPlan;
import io.gantry.api.oci.Descriptor;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Draws the progress of an export on a terminal, and wipes it away when it is closed. */
final class ConsoleProgress implements ExportListener, AutoCloseable {
  private static final int UPDATE_MILLIS = 200;
  private static final long MEGABYTE = 1_000_000;

  private final Output output;
  private final ExportListener messages;
  private @Nullable ProgressBar bar;

  /**
   * Makes the progress of an export that has not started.
   *
   * @param output which must have a terminal
   * @param messages prints notices, for which room is made
   */
  ConsoleProgress(Output output, ExportListener messages) {
    this.output = output;
    this.messages = messages;
  }

  @Override
  public void started(ExportPlan plan) {
    bar =
        new ProgressBarBuilder()
            .setTaskName("exporting")
            .setInitialMax(plan.totalBytes())
            .setUnit(" MB", MEGABYTE)
            .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            // With a width of our own the library does not go looking for a terminal.
            .setConsumer(new DelegatingProgressBarConsumer(this::draw, width()))
            .build();
  }

  /** The last column stays free: a full line makes some terminals begin another. */
  private int width() {
    return output.columns() - 1;
  }

  /** Called by a thread of the library, too, which must not draw into a notice. */
  private synchronized void draw(String line) {
    output.err().print("\r" + line);
    output.err().flush();
  }

  @Override
  public void bytesWritten(Descriptor blob, int count) {
    step(count);
  }

  @Override
  public void blobFinished(Descriptor blob, boolean reused) {
    if (reused) {
      step(blob.size());
    }
  }

  /** The bar comes back below the notice with its next update. */
  @Override
  public synchronized void notice(String message) {
    wipe();
    messages.notice(message);
  }

  private void wipe() {
    draw(" ".repeat(width()) + "\r");
  }

  private void step(long count) {
    if (bar != null) {
      bar.stepBy(count);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      // An interrupted thread would not wait for the last update, which would then come too late.
      boolean interrupted = Thread.interrupted();
      bar.close();
      // The library forgets to do so when the export was faster than its first update.
      wipe();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
