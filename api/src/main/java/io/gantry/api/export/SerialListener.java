package io.gantry.api.export;

import io.gantry.api.oci.Descriptor;

/** Passes on what it hears, one call at a time, so that listeners need not care about threads. */
final class SerialListener implements ExportListener {
  private final ExportListener listener;

  SerialListener(ExportListener listener) {
    this.listener = listener;
  }

  @Override
  public synchronized void started(ExportPlan plan) {
    listener.started(plan);
  }

  @Override
  public synchronized void bytesWritten(Descriptor blob, int count) {
    listener.bytesWritten(blob, count);
  }

  @Override
  public synchronized void blobFinished(Descriptor blob, boolean reused) {
    listener.blobFinished(blob, reused);
  }

  @Override
  public synchronized void notice(String message) {
    listener.notice(message);
  }
}
