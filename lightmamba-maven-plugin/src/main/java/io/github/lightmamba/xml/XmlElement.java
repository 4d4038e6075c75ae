package io.github.lightmamba.xml;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An element with all that is in it.
 *
 * @param name without a namespace prefix
 * @param attributes by name, in their order
 * @param text the characters directly inside, without white space at both ends
 * @param children in their order
 */
public record XmlElement(String name, Map<String, String> attributes, String text, List<XmlElement> children) {
  /**
   * Returns the first element that a path leads to.
   *
   * @param path names of children, from here downwards; an empty path leads here
   */
  public Optional<XmlElement> find(String... path) {
    XmlElement at = this;
    for (String step : path) {
      Optional<XmlElement> next = at.children.stream().filter(child -> child.name.equals(step)).findFirst();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
    }
    return Optional.of(at);
  }

  /**
   * Returns the text of the first element that a path leads to; nothing, if there is none or its text is empty.
   *
   * @param path names of children, from here downwards
   */
  public Optional<String> textOf(String... path) {
    return find(path).map(XmlElement::text).filter(found -> !found.isEmpty());
  }

  /** Returns the children of a name. */
  public List<XmlElement> all(String child) {
    return children.stream().filter(element -> element.name.equals(child)).toList();
  }

  /** Returns an attribute; nothing, if it is missing or empty. */
  public Optional<String> attribute(String key) {
    return Optional.ofNullable(attributes.get(key)).filter(value -> !value.isEmpty());
  }
}
