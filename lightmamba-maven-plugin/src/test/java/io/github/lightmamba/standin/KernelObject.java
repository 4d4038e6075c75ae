package io.github.lightmamba.standin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * A compiled kernel: the zip {@code .xo} with {@code xo.xml} and {@code <kernel>/kernel.xml}.
 *
 * @param name the kernel
 * @param control for example ap_ctrl_chain
 * @param arguments in their order
 */
record KernelObject(String name, String control, List<Argument> arguments) {
  /**
   * An argument.
   *
   * @param name its name
   * @param kind 0 scalar, 1 address, 4 stream
   * @param port the kernel's port
   * @param size bytes
   * @param offset of its registers
   * @param type as in the source
   */
  record Argument(String name, int kind, String port, int size, int offset, String type) {}

  void write(Path file) throws IOException {
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      entry(zip, "xo.xml", "<xo kernel=\"" + name + "\" madeBy=\"" + StandIn.MARK + "\"/>\n");
      entry(zip, name + "/kernel.xml", kernelXml());
    }
  }

  private String kernelXml() {
    StringBuilder xml = new StringBuilder("<root versionMajor=\"1\" versionMinor=\"6\">\n");
    xml.append(
        "  <kernel name=\"%s\" language=\"ip_c\" hwControlProtocol=\"%s\">\n    <args>\n".formatted(name, control));
    for (int id = 0; id < arguments.size(); id++) {
      Argument argument = arguments.get(id);
      xml.append(
          "      <arg name=\"%s\" addressQualifier=\"%d\" id=\"%d\" port=\"%s\" size=\"0x%X\" offset=\"0x%X\" "
              .formatted(
                  argument.name(), argument.kind(), id, argument.port(), argument.size(), argument.offset()));
      xml.append("type=\"%s\"/>\n".formatted(escaped(argument.type())));
    }
    return xml.append("    </args>\n  </kernel>\n</root>\n").toString();
  }

  private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(315_532_800_000L); // The same sources make the same bytes.
    zip.putNextEntry(entry);
    zip.write(content.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  static KernelObject read(Path file) throws IOException, Rejection {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry found =
          zip.stream()
              .filter(entry -> entry.getName().endsWith("/kernel.xml"))
              .findFirst()
              .orElseThrow(() -> new ZipException("no kernel.xml"));
      byte[] content = zip.getInputStream(found).readAllBytes();
      Element root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(content))
              .getDocumentElement();
      Element kernel = (Element) root.getElementsByTagName("kernel").item(0);
      NodeList args = kernel.getElementsByTagName("arg");
      List<Argument> arguments = new ArrayList<>();
      for (int i = 0; i < args.getLength(); i++) {
        Element arg = (Element) args.item(i);
        arguments.add(
            new Argument(
                arg.getAttribute("name"),
                Integer.parseInt(arg.getAttribute("addressQualifier")),
                arg.getAttribute("port"),
                Integer.decode(arg.getAttribute("size")),
                Integer.decode(arg.getAttribute("offset")),
                arg.getAttribute("type")));
      }
      return new KernelObject(kernel.getAttribute("name"), kernel.getAttribute("hwControlProtocol"), arguments);
    } catch (ZipException | SAXException | ParserConfigurationException e) {
      throw new Rejection("ERROR: [v++ 60-602] Input file '" + file + "' is no valid kernel object: " + e.getMessage());
    }
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
