package io.github.lightmamba.xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("XML")
class XmlReaderTest {
  @Test
  @DisplayName("becomes elements with attributes, text and children in their order")
  void tree() throws XmlException {
    XmlElement root = read("<n:a x='1' y=''> one <b>t&lt;w</b> two <b k='2'><c/></b></n:a>");
    assertThat(root.name()).isEqualTo("a");
    assertThat(root.text()).isEqualTo("one  two");
    assertThat(root.attribute("x")).contains("1");
    assertThat(root.attribute("y")).isEmpty();
    assertThat(root.textOf("b")).contains("t<w");
    assertThat(root.all("b")).hasSize(2);
    assertThat(root.find("b", "c")).isEmpty(); // The first b counts.
    assertThat(root.find()).contains(root);
  }

  @Test
  @DisplayName("with a document type is refused: no entity grows, no file is read")
  void documentTypes(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    String laughs = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>";
    String external = "<!DOCTYPE a [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><a>&x;</a>";
    String subset = "<!DOCTYPE a SYSTEM \"" + secret.toUri() + "\"><a/>";
    for (String text : new String[] {laughs, external, subset}) {
      assertThatThrownBy(() -> read(text)).isInstanceOf(XmlException.class).hasMessageContaining("DOCTYPE");
    }
    assertThat(read("<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='" + secret + "'/></a>").text())
        .isEmpty();
  }

  @Test
  @DisplayName("beyond the limits, broken or of an unknown encoding is refused")
  void limits() {
    assertThatThrownBy(() -> read("<a>".repeat(65) + "</a>".repeat(65))).hasMessageContaining("deeper than 64");
    assertThatThrownBy(() -> read("<a>" + "<b/>".repeat(400_000) + "</a>")).hasMessageContaining("400000");
    assertThatThrownBy(() -> read("<a><b></a>")).isInstanceOf(XmlException.class).hasMessageContaining("line 1");
    assertThatThrownBy(() -> read("")).isInstanceOf(XmlException.class);
    assertThatThrownBy(() -> read("<a/><b/>")).isInstanceOf(XmlException.class);
    assertThatThrownBy(() -> read("<?xml version='1.0' encoding='nonsense'?><a/>")).isInstanceOf(XmlException.class);
    assertThatThrownBy(() -> XmlReader.read(new byte[] {'<', 'a', '>', (byte) 0xff, '<', '/', 'a', '>'}))
        .isInstanceOf(XmlException.class)
        .hasMessageContaining("UTF-8");
  }

  private static XmlElement read(String text) throws XmlException {
    return XmlReader.read(text.getBytes(StandardCharsets.UTF_8));
  }
}
