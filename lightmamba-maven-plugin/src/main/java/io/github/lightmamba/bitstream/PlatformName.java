package io.github.lightmamba.bitstream;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names of platforms, which the vendor's tools write in several ways: a bitstream for {@code
 * xilinx_u280_gen3x16_xdma_1_202211_1} names just that, or the shell {@code xilinx_u280_gen3x16_xdma_base_1}; one for a
 * platform of one's own names vendor and board before it and a version after it.
 */
final class PlatformName {
  private static final Pattern RELEASE = Pattern.compile("_\\d{6}_\\d+$");
  private static final Pattern SHELL = Pattern.compile("_(?:base|shell)_[\\d_]+$");
  private static final Pattern VERSION = Pattern.compile("_\\d+$");
  private static final Pattern ODD = Pattern.compile("[^a-z0-9]+");

  /** The header of a bitstream cuts a name here. */
  private static final int CUT_CHARS = 63;

  private PlatformName() {}

  /**
   * Returns whether a bitstream may be for a platform. Only a name that says another one is no: a bitstream that names
   * none, or whose name was cut or has another form than those above, tells nothing.
   *
   * @param told what the bitstream names
   * @param asked the name of the platform
   */
  static boolean fits(String told, String asked) {
    if (told.isBlank() || told.length() >= CUT_CHARS) {
      return true;
    }
    String there = simple(told);
    if (("_" + there + "_").contains("_" + simple(asked) + "_")) {
      return true;
    }
    String wanted = shell(simple(asked));
    boolean ofCard = SHELL.matcher(there).find() && VERSION.matcher(wanted).find();
    return !RELEASE.matcher(there).find() && (!ofCard || shell(there).equals(wanted));
  }

  /** Returns the name without what differs between a shell and the platforms for it. */
  static String shell(String name) {
    return RELEASE.matcher(name).replaceFirst("").replaceFirst("_(?:base|shell)_(?=[\\d_]+$)", "_");
  }

  private static String simple(String name) {
    return ODD.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("_");
  }
}
