package io.github.lightmamba.progress;

/** A ticker for tests: a second passes when they say so. */
public final class TestTicker implements Ticker {
  private volatile Runnable last = () -> {};
  private volatile boolean running;

  /** Makes a ticker that does not run. */
  public TestTicker() {}

  @Override
  public synchronized Runnable start(Runnable tick) {
    if (running) {
      throw new IllegalStateException("started twice");
    }
    last = tick;
    running = true;
    return () -> running = false;
  }

  /** Returns whether it was started and not stopped. */
  public boolean running() {
    return running;
  }

  /** Lets a second pass. */
  public void tick() {
    if (running) {
      last.run();
    }
  }

  /** Lets the last call happen again, although the ticker was stopped. */
  void tickLate() {
    last.run();
  }
}
