package io.github.lightmamba.xml;

import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reads XML into a tree. A document type declaration is refused, and with it every entity; nothing outside of the text
 * is looked at. Elements and attributes are counted, so that a small file cannot become a large tree.
 */
public final class XmlReader {
  /** The deepest nesting that is read. */
  public static final int MAX_DEPTH = 64;

  /** The elements and attributes that are read, together. */
  public static final int MAX_NODES = 400_000;

  private XmlReader() {}

  /**
   * Reads a text.
   *
   * @param bytes the whole text; its own declaration says the encoding
   * @return the outermost element
   * @throws XmlException if it is no XML, has a document type, or is beyond the limits
   */
  public static XmlElement read(byte[] bytes) throws XmlException {
    Tree tree = new Tree();
    try {
      XMLReader reader = factory().newSAXParser().getXMLReader();
      reader.setContentHandler(tree);
      reader.setErrorHandler(tree);
      reader.setEntityResolver(tree);
      reader.parse(new InputSource(new ByteArrayInputStream(bytes)));
      return tree.root;
    } catch (SAXParseException e) {
      throw new XmlException(e.getMessage() + " (line " + e.getLineNumber() + ")", e);
    } catch (SAXException e) {
      throw new XmlException(e.getMessage(), e);
    } catch (CharConversionException | UnsupportedEncodingException e) {
      throw new XmlException("the bytes are not of the encoding that the text declares: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new XmlException(String.valueOf(e.getMessage()), e);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's XML parser lacks a feature", e);
    }
  }

  private static SAXParserFactory factory() throws ParserConfigurationException, SAXException {
    // The JDK's own parser, whatever else is on the class path of the build.
    SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
    factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
    factory.setXIncludeAware(false);
    factory.setNamespaceAware(false);
    return factory;
  }

  private static final class Open {
    final String name;
    final Map<String, String> attributes;
    final StringBuilder text = new StringBuilder();
    final List<XmlElement> children = new ArrayList<>(0);

    Open(String name, Map<String, String> attributes) {
      this.name = name;
      this.attributes = attributes;
    }
  }

  private static final class Tree extends DefaultHandler {
    private final Deque<Open> open = new ArrayDeque<>();
    private int nodes;
    private XmlElement root;

    @Override
    public void startElement(String uri, String localName, String qualified, Attributes attributes)
        throws SAXException {
      nodes += 1 + attributes.getLength();
      if (nodes > MAX_NODES) {
        throw new SAXException("more than " + MAX_NODES + " elements and attributes");
      }
      if (open.size() == MAX_DEPTH) {
        throw new SAXException("elements nested deeper than " + MAX_DEPTH);
      }
      Map<String, String> values = new LinkedHashMap<>(2 * attributes.getLength());
      for (int i = 0; i < attributes.getLength(); i++) {
        values.put(plain(attributes.getQName(i)), attributes.getValue(i));
      }
      open.push(new Open(plain(qualified), Collections.unmodifiableMap(values)));
    }

    @Override
    public void characters(char[] characters, int start, int length) {
      if (!open.isEmpty()) {
        open.peek().text.append(characters, start, length);
      }
    }

    @Override
    public void endElement(String uri, String localName, String qualified) {
      Open done = open.pop();
      XmlElement element =
          new XmlElement(
              done.name, done.attributes, done.text.toString().strip(), Collections.unmodifiableList(done.children));
      if (open.isEmpty()) {
        root = element;
      } else {
        open.peek().children.add(element);
      }
    }

    @Override
    public InputSource resolveEntity(String publicId, String systemId) throws SAXException {
      throw new SAXException("an external entity is refused");
    }

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }

    private static String plain(String qualified) {
      return qualified.substring(qualified.indexOf(':') + 1);
    }
  }
}
