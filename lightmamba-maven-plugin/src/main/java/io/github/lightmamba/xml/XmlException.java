package io.github.lightmamba.xml;

import java.io.IOException;

/** A text that is no XML, or is XML beyond the limits of {@link XmlReader}. */
public final class XmlException extends IOException {
  private static final long serialVersionUID = 1L;

  XmlException(String message, Throwable cause) {
    super(message, cause);
  }
}
