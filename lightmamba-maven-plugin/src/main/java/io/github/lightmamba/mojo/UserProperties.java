package io.github.lightmamba.mojo;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.descriptor.Parameter;
import org.codehaus.plexus.util.xml.Xpp3Dom;

/** Looks for {@code -Dlightmamba.x} that has no effect: overridden by the POM, or the name of no parameter. */
final class UserProperties {
  private static final String PREFIX = "lightmamba.";

  private UserProperties() {}

  /**
   * Returns a warning for each property that is without effect, sorted by name.
   *
   * <p>The execution's configuration still holds {@code ${lightmamba.x}} where the property decides; where the POM's
   * {@code <configuration>} sets the parameter, Maven takes that and ignores the command line.
   *
   * @param execution the execution, with the configuration as merged by Maven
   * @param properties what the user gave on the command line
   */
  static List<String> warnings(MojoExecution execution, Properties properties) {
    Set<String> known =
        execution.getMojoDescriptor().getParameters().stream().map(Parameter::getName).collect(Collectors.toSet());
    List<String> warnings = new ArrayList<>();
    for (String property : new TreeSet<>(properties.stringPropertyNames())) {
      if (!property.startsWith(PREFIX)) {
        continue;
      }
      String name = property.substring(PREFIX.length());
      String value = properties.getProperty(property);
      String configured = configured(execution.getConfiguration(), name);
      if (!known.contains(name)) {
        warnings.add("-D" + property + "=" + value + " is no parameter of this plugin; it has no effect");
      } else if (configured != null && !configured.contains("${" + property + "}") && !configured.equals(value)) {
        warnings.add(
            "-D" + property + "=" + value + " has no effect: the POM's <configuration> sets <" + name + ">" + configured
                + "</" + name + ">. To make -D count, move the value to <properties> as <" + property + ">");
      }
    }
    return warnings;
  }

  private static String configured(Xpp3Dom configuration, String name) {
    Xpp3Dom child = configuration == null ? null : configuration.getChild(name);
    String value = child == null ? null : child.getValue();
    return value == null || value.isBlank() ? null : value.trim();
  }
}
