package io.github.lightmamba.mojo;

import io.github.lightmamba.process.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.maven.model.Plugin;
import org.apache.maven.model.PluginExecution;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.project.MavenProject;
import org.codehaus.plexus.util.xml.Xpp3Dom;

/** The exact commands that messages tell the user to run. */
final class CommandLine {
  private static final String PREFIX = "lightmamba.";

  /** What {@code quantize} depends on; other options of the user's command are of no use to it. */
  private static final List<String> QUANTIZE_PARAMETERS =
      List.of(
          "checkpoint", "tokenizer", "scheme", "headBits", "method", "groupSize", "activationGroup", "rotation",
          "calibrationText", "evaluationText", "windows", "windowTokens", "workDirectory");

  private final MavenProject project;
  private final PluginDescriptor plugin;
  private final Properties userProperties;

  CommandLine(MavenProject project, PluginDescriptor plugin, Properties userProperties) {
    this.project = project;
    this.plugin = plugin;
    this.userProperties = userProperties;
  }

  /**
   * Returns the command that makes the quantized model from here: the execution of the POM if it has one, the prefix if
   * the POM has the plugin, else full coordinates.
   *
   * @param needed parameters that have no default and are not set, with an example of their value
   */
  String quantize(Map<String, String> needed) {
    Optional<Plugin> declared = declared();
    Optional<PluginExecution> execution =
        declared.stream()
            .flatMap(p -> p.getExecutions().stream())
            .filter(e -> e.getGoals().contains("quantize"))
            .findFirst();
    Map<String, String> options = new TreeMap<>();
    needed.forEach(
        (name, example) -> {
          if (execution.isEmpty() || !configures(execution.get(), name)) {
            options.put(name, example);
          }
        });
    for (String name : QUANTIZE_PARAMETERS) {
      String given = userProperties.getProperty(PREFIX + name);
      if (given != null) {
        options.put(name, given);
      }
    }
    List<String> words = new ArrayList<>(List.of("mvn", goal(declared.isPresent(), execution)));
    options.forEach((name, value) -> words.add("-D" + PREFIX + name + "=" + value));
    return String.join(" ", words.stream().map(Invocation::quote).toList());
  }

  private Optional<Plugin> declared() {
    return project == null || project.getFile() == null
        ? Optional.empty()
        : Optional.ofNullable(project.getPlugin(plugin.getPluginLookupKey()));
  }

  private String goal(boolean declared, Optional<PluginExecution> execution) {
    if (!declared) {
      return plugin.getGroupId() + ":" + plugin.getArtifactId() + ":" + plugin.getVersion() + ":quantize";
    }
    String id = execution.map(PluginExecution::getId).orElse("default");
    return "lightmamba:quantize" + (id.equals("default") ? "" : "@" + id);
  }

  private static boolean configures(PluginExecution execution, String name) {
    return execution.getConfiguration() instanceof Xpp3Dom dom && dom.getChild(name) != null;
  }
}
