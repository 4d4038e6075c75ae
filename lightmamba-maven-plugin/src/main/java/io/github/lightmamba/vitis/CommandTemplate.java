package io.github.lightmamba.vitis;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command of one step for some versions. Its words are groups: a plain word; words that are needed; words with
 * {@code if}, which stand if a value is given; words with {@code each}, which stand once for each value of a list, and
 * with {@code some}, where the list may not be empty.
 *
 * @param step the step
 * @param first the first version
 * @param last the last version
 * @param source where the command was read
 * @param input how the name of the input ends; empty, if it does not matter
 * @param output how the name of the output ends; empty, if it does not matter
 * @param unused names of values that other versions use and this one does not
 * @param groups the words
 */
record CommandTemplate(
    VitisStep step,
    VitisVersion first,
    VitisVersion last,
    String source,
    String input,
    String output,
    Set<String> unused,
    List<Group> groups) {
  private static final Pattern PLACE = Pattern.compile("\\{(\\w+)(\\|MHz)?}");
  private static final long HERTZ_PER_MEGAHERTZ = 1_000_000;

  record Group(List<String> words, String condition, String each, boolean some) {}

  /** A command cannot be made; the message says why, without a full stop. */
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  static CommandTemplate of(JsonNode node) {
    List<Group> groups = new ArrayList<>();
    for (JsonNode group : node.required("words")) {
      if (group.isTextual()) {
        groups.add(new Group(List.of(group.textValue()), "", "", false));
      } else {
        List<String> words = new ArrayList<>();
        group.required("words").forEach(word -> words.add(word.textValue()));
        boolean some = group.has("some");
        String each = group.path(some ? "some" : "each").asText("");
        groups.add(new Group(words, group.path("if").asText(""), each, some));
      }
    }
    Set<String> unused = new HashSet<>();
    node.path("unused").forEach(name -> unused.add(name.asText()));
    return new CommandTemplate(
        VitisStep.valueOf(node.required("step").textValue()),
        VitisVersion.of(node.required("first").textValue()),
        VitisVersion.of(node.required("last").textValue()),
        node.required("source").textValue(),
        node.path("input").asText(""),
        node.path("output").asText(""),
        unused,
        groups);
  }

  /** Makes the command; its first word is the tool's name. */
  List<String> render(CommandValues values) throws Refusal {
    checkNames(values);
    checkEnd("input", input, values);
    checkEnd("output", output, values);
    List<String> command = new ArrayList<>();
    for (Group group : groups) {
      if (!group.condition().isEmpty() && values.get(group.condition()).isEmpty()) {
        continue;
      }
      if (group.each().isEmpty()) {
        command.addAll(fill(group, "", "", values));
      } else if (group.some() && values.get(group.each()).isEmpty()) {
        throw new Refusal("needs at least one " + group.each());
      } else {
        for (String value : values.get(group.each())) {
          command.addAll(fill(group, group.each(), value, values));
        }
      }
    }
    return command;
  }

  /** Nothing that was asked for may be left out without a word. */
  private void checkNames(CommandValues values) throws Refusal {
    Set<String> known = new HashSet<>(unused);
    for (Group group : groups) {
      known.add(group.condition());
      known.add(group.each());
      for (String word : group.words()) {
        Matcher place = PLACE.matcher(word);
        while (place.find()) {
          known.add(place.group(1));
        }
      }
    }
    for (String name : values.names()) {
      if (!known.contains(name) && !values.get(name).isEmpty()) {
        throw new Refusal("has no place for " + name + " = " + String.join(" ", values.get(name)));
      }
    }
  }

  private static void checkEnd(String name, String end, CommandValues values) throws Refusal {
    for (String value : values.get(name)) {
      if (!value.endsWith(end)) {
        throw new Refusal("takes as " + name + " a file that ends with " + end + ", not " + value);
      }
    }
  }

  private List<String> fill(Group group, String each, String current, CommandValues values) throws Refusal {
    List<String> filled = new ArrayList<>();
    for (String word : group.words()) {
      Matcher place = PLACE.matcher(word);
      StringBuilder text = new StringBuilder();
      while (place.find()) {
        String name = place.group(1);
        String value = name.equals(each) ? current : one(name, values);
        place.appendReplacement(
            text, Matcher.quoteReplacement(place.group(2) == null ? value : megahertz(name, value)));
      }
      place.appendTail(text);
      filled.add(text.toString());
    }
    return filled;
  }

  private static String one(String name, CommandValues values) throws Refusal {
    List<String> list = values.get(name);
    if (list.size() != 1 || list.get(0).isBlank()) {
      throw new Refusal("needs one " + name + ", and has " + (list.isEmpty() ? "none" : list.toString()));
    }
    return list.get(0);
  }

  private static String megahertz(String name, String hertz) throws Refusal {
    long value = Figures.count(hertz).orElse(-1);
    if (value <= 0 || value % HERTZ_PER_MEGAHERTZ != 0) {
      throw new Refusal("takes " + name + " in whole MHz, not " + hertz + " Hz");
    }
    return Long.toString(value / HERTZ_PER_MEGAHERTZ);
  }
}
