package io.github.lightmamba.bitstream;

import io.github.lightmamba.vitis.LinkConfig;
import io.github.lightmamba.xclbin.IpInstance;
import io.github.lightmamba.xclbin.Xclbin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Compares a bitstream with what the link was asked for. */
final class XclbinJudgement {
  private static final int SHOWN = 8;
  /** The topology of some cards calls DDR[n] so. */
  private static final Pattern BANK = Pattern.compile("^bank(\\d+)$");
  /** The writer of an xclbin cuts {@code kernel:instance} here. */
  private static final int NAME_CHARS = 63;

  private XclbinJudgement() {}

  /**
   * Returns what is wrong, in words; empty if nothing is.
   *
   * @param xclbin what was made
   * @param link what was asked for
   * @param target what it was made for
   * @param platform the name of the platform that it was made for
   */
  static List<String> problems(Xclbin xclbin, LinkConfig link, BuildTarget target, String platform) {
    List<String> problems = new ArrayList<>();
    String told = xclbin.header().platform();
    if (!PlatformName.fits(told, platform)) {
      problems.add("it is for the platform " + told + ", not for " + platform);
    }
    if (xclbin.header().mode().emulation() != (target == BuildTarget.HW_EMU)) {
      problems.add("it is of the mode " + xclbin.header().mode() + ", not for " + target);
    }
    List<String> there = xclbin.kernelInstances().stream().map(IpInstance::name).toList();
    Map<String, String> asked = new TreeMap<>();
    link.instances().forEach((instance, kernel) -> asked.put(instance, cut(kernel + ":" + instance)));
    asked.forEach(
        (instance, name) -> {
          if (!there.contains(name)) {
            problems.add("the instance " + instance + " is missing");
          }
        });
    for (String name : there) {
      if (!asked.containsValue(name)) {
        problems.add("the instance " + name + " was not asked for");
      }
    }
    link.mappings().forEach(
        (port, banks) -> {
          int dot = port.indexOf('.');
          List<String> found =
              xclbin.banks(port.substring(0, dot), port.substring(dot + 1)).stream()
                  .map(bank -> BANK.matcher(bank.tag()).replaceFirst("DDR[$1]"))
                  .toList();
          if (!found.containsAll(banks) || !banks.containsAll(found)) {
            problems.add(port + " is connected to " + (found.isEmpty() ? "nothing" : found) + ", not to " + banks);
          }
        });
    return problems;
  }

  /** Returns problems as one clause of a sentence. */
  static String clause(List<String> problems) {
    String first = String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())));
    return problems.size() <= SHOWN ? first : first + "; and " + (problems.size() - SHOWN) + " more";
  }

  private static String cut(String name) {
    return name.length() <= NAME_CHARS ? name : name.substring(0, NAME_CHARS);
  }
}
