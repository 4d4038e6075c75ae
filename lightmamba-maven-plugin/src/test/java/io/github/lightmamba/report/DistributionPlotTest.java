package io.github.lightmamba.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class DistributionPlotTest {
  private static final double HUNDREDTH = 0.011;

  /** The largest value is four octaves above the end of the grid before the rotation, inside it afterwards. */
  private static final Distribution WIDE = new Distribution(0.0625, 0.25, 0.5, 1, 4, 16, 0.0714, 1);

  private static final Distribution NARROW = new Distribution(0.125, 0.25, 0.5, 1, 2, 2, 0.1428, 2);

  private final String svg = DistributionPlot.svg("a < b & c", layers(WIDE, 3), layers(NARROW, 3));

  @Test
  void everyLayerHasBothBoxesInEveryPanel() throws IOException, SAXException, ParserConfigurationException {
    Element root = parse(svg);

    assertThat(groups(root, "before")).hasSize(12);
    assertThat(groups(root, "after")).hasSize(12);
    assertThat(texts(root)).contains("a < b & c", "input of in_proj, magnitude", "weights of out_proj, magnitude");
  }

  @Test
  void magnitudesLieOnLogarithmicAxis() throws IOException, SAXException, ParserConfigurationException {
    Element group = groups(parse(svg), "before").get(0);
    double dot = number(child(group, "circle", "before"), "cy");
    Element box = child(group, "rect", "before");
    double top = number(box, "y");
    double bottom = top + number(box, "height");

    // 16 is four octaves above 1, and 1 two above 0.25.
    double octave = (bottom - top) / 2;
    assertThat(top - dot).isCloseTo(4 * octave, within(2 * HUNDREDTH));
    assertThat(octave).isPositive();
  }

  @Test
  void greyBandRunsFromHalfStepToEndOfGrid() throws IOException, SAXException, ParserConfigurationException {
    Element group = groups(parse(svg), "after").get(0);
    Element band = child(group, "rect", "grid");
    Element box = child(group, "rect", "after");
    double octave = number(box, "height") / 2;

    assertThat(number(box, "y") - number(band, "y")).isCloseTo(octave, within(2 * HUNDREDTH));
    double octaves = Math.log(2 / 0.1428) / Math.log(2);
    assertThat(number(band, "height")).isCloseTo(octaves * octave, within(4 * HUNDREDTH));
    assertThat(number(band, "width")).isGreaterThan(number(box, "width"));
  }

  @Test
  void nothingLeavesThePageOrOverlapsItsNeighbour() throws IOException, SAXException, ParserConfigurationException {
    Element root = parse(DistributionPlot.svg("x", layers(WIDE, 64), layers(new Distribution(0, 0, 0, 0, 0, 0, 0, 0), 64)));
    double width = number(root, "width");
    double height = number(root, "height");
    NodeList all = root.getElementsByTagName("rect");
    for (int i = 0; i < all.getLength(); i++) {
      Element rect = (Element) all.item(i);
      double x = rect.hasAttribute("x") ? number(rect, "x") : 0;
      double y = rect.hasAttribute("y") ? number(rect, "y") : 0;
      assertThat(number(rect, "height")).isNotNegative();
      assertThat(x + number(rect, "width")).isLessThanOrEqualTo(width);
      assertThat(y + number(rect, "height")).isLessThanOrEqualTo(height);
    }
    double before = number(child(groups(root, "before").get(1), "rect", "before"), "x");
    double beforeEnd = before + number(child(groups(root, "before").get(1), "rect", "before"), "width");
    assertThat(beforeEnd).isLessThan(number(child(groups(root, "after").get(1), "rect", "after"), "x"));
  }

  @Test
  void textIsTheSameInEveryLocaleAndReadableInTheDark() {
    Locale locale = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(DistributionPlot.svg("a < b & c", layers(WIDE, 3), layers(NARROW, 3))).isEqualTo(svg);
    } finally {
      Locale.setDefault(locale);
    }
    assertThat(svg).contains("prefers-color-scheme:dark").doesNotContain("\r");
  }

  @Test
  void refusesListsThatDoNotMatch() {
    assertThatThrownBy(() -> DistributionPlot.svg("x", layers(WIDE, 2), layers(WIDE, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 layers before, 3 after");
  }

  private static List<LayerDistributions> layers(Distribution d, int count) {
    List<LayerDistributions> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      layers.add(new LayerDistributions(d, d, d, d));
    }
    return layers;
  }

  private static Element parse(String svg) throws IOException, SAXException, ParserConfigurationException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)))
        .getDocumentElement();
  }

  private static List<Element> groups(Element root, String kind) {
    List<Element> result = new ArrayList<>();
    NodeList all = root.getElementsByTagName("g");
    for (int i = 0; i < all.getLength(); i++) {
      Element group = (Element) all.item(i);
      if (group.getAttribute("data-kind").equals(kind)) {
        result.add(group);
      }
    }
    return result;
  }

  private static List<String> texts(Element root) {
    List<String> result = new ArrayList<>();
    NodeList all = root.getElementsByTagName("text");
    for (int i = 0; i < all.getLength(); i++) {
      result.add(all.item(i).getTextContent());
    }
    return result;
  }

  private static Element child(Element group, String tag, String kind) {
    NodeList all = group.getElementsByTagName(tag);
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      if (element.getAttribute("class").equals(kind)) {
        return element;
      }
    }
    throw new AssertionError("no " + tag + " of class " + kind);
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }
}
