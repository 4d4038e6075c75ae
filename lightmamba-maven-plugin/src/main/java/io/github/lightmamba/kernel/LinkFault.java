package io.github.lightmamba.kernel;

/** What a link would fail for; {@link ConnectivityCheck} says for which board. */
final class LinkFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Makes one.
   *
   * @param what half a sentence, with the port or instance
   */
  LinkFault(String what) {
    super(what);
  }
}
