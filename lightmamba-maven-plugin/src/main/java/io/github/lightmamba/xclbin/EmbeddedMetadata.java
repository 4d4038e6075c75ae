package io.github.lightmamba.xclbin;

import io.github.lightmamba.xml.XmlElement;
import io.github.lightmamba.xml.XmlException;
import io.github.lightmamba.xml.XmlReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the kernels of EMBEDDED_METADATA: {@code project/platform/device/core/kernel}. */
final class EmbeddedMetadata {
  private final XclbinErrors errors;

  private EmbeddedMetadata(XclbinErrors errors) {
    this.errors = errors;
  }

  static List<KernelMetadata> kernels(ByteBuffer bytes, XclbinErrors errors) {
    return bytes.limit() == 0 ? List.of() : new EmbeddedMetadata(errors).kernels(bytes.array());
  }

  private List<KernelMetadata> kernels(byte[] bytes) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--; // Some writers end the text as in C.
    }
    List<KernelMetadata> kernels = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (XmlElement platform : project(Arrays.copyOf(bytes, length)).all("platform")) {
      for (XmlElement device : platform.all("device")) {
        for (XmlElement core : device.all("core")) {
          for (XmlElement element : core.all("kernel")) {
            KernelMetadata kernel = kernel(element);
            if (!names.add(kernel.name())) {
              throw errors.malformed("EMBEDDED_METADATA has two kernels " + XclbinErrors.brief(kernel.name()) + ".");
            }
            kernels.add(kernel);
          }
        }
      }
    }
    return List.copyOf(kernels);
  }

  private XmlElement project(byte[] bytes) {
    try {
      XmlElement root = XmlReader.read(bytes);
      if (!root.name().equals("project")) {
        throw errors.malformed(
            "the root of EMBEDDED_METADATA is " + XclbinErrors.brief(root.name()) + ", not project.");
      }
      return root;
    } catch (XmlException e) {
      throw errors.malformed("EMBEDDED_METADATA is no XML (" + XclbinErrors.brief(e.getMessage()) + ").", e);
    }
  }

  private KernelMetadata kernel(XmlElement element) {
    String name =
        element.attribute("name").orElseThrow(() -> errors.malformed("a kernel in EMBEDDED_METADATA has no name."));
    List<KernelArgument> arguments = element.all("arg").stream().map(arg -> argument(name, arg)).toList();
    List<String> instances =
        element.all("instance").stream()
            .map(
                instance ->
                    instance
                        .attribute("name")
                        .orElseThrow(() -> errors.malformed("an instance of " + brief(name) + " has no name.")))
            .toList();
    return new KernelMetadata(name, element.attribute("hwControlProtocol"), arguments, instances);
  }

  private KernelArgument argument(String kernel, XmlElement arg) {
    String name = arg.attribute("name").orElse("");
    String where = "argument " + brief(name) + " of kernel " + brief(kernel);
    int kind = (int) number(arg, "addressQualifier", where, KernelArgument.Kind.values().length - 1);
    OptionalInt id =
        arg.attribute("id").isEmpty()
            ? OptionalInt.empty()
            : OptionalInt.of((int) number(arg, "id", where, Integer.MAX_VALUE));
    return new KernelArgument(
        name,
        id,
        KernelArgument.Kind.values()[kind],
        arg.attribute("port").orElse(""),
        number(arg, "size", where, Long.MAX_VALUE),
        number(arg, "offset", where, Long.MAX_VALUE),
        number(arg, "hostSize", where, Long.MAX_VALUE),
        arg.attribute("type").orElse(""));
  }

  /** Reads a decimal or hexadecimal number; 0, if the attribute is missing. */
  private long number(XmlElement element, String attribute, String where, long most) {
    String text = element.attribute(attribute).orElse("0");
    try {
      boolean hex = text.startsWith("0x") || text.startsWith("0X");
      long value = hex ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
      if (value >= 0 && value <= most) {
        return value;
      }
      throw errors.malformed(attribute + " of " + where + " is " + value + ", allowed are 0 to " + most + ".");
    } catch (NumberFormatException e) {
      throw errors.malformed(attribute + " of " + where + " is \"" + brief(text) + "\", which is no number.", e);
    }
  }

  private static String brief(String text) {
    return XclbinErrors.brief(text);
  }
}
