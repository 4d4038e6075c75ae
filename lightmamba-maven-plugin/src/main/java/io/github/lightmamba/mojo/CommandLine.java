package io.github.lightmamba.mojo;

import io.github.lightmamba.process.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.maven.model.Plugin;
import org.apache.maven.model.PluginExecution;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.project.MavenProject;

/** The exact commands that messages tell the user to run. */
final class CommandLine {
  private static final String PREFIX = "lightmamba.";

  private final MavenProject project;
  private final PluginDescriptor plugin;
  private final Properties userProperties;

  CommandLine(MavenProject project, PluginDescriptor plugin, Properties userProperties) {
    this.project = project;
    this.plugin = plugin;
    this.userProperties = userProperties;
  }

  /**
   * Returns the command that runs a goal as the user would from here: the execution of the POM if it has one, the prefix
   * if the POM has the plugin, else full coordinates.
   *
   * @param goal the goal
   * @param needed parameters that have no default and are not set, with an example of their value
   */
  String run(String goal, Map<String, String> needed) {
    List<String> words = new ArrayList<>(List.of("mvn", goal(goal)));
    Map<String, String> options = new TreeMap<>();
    userProperties.stringPropertyNames().stream()
        .filter(name -> name.startsWith(PREFIX))
        .forEach(name -> options.put(name, userProperties.getProperty(name)));
    needed.forEach((name, example) -> options.putIfAbsent(PREFIX + name, example));
    options.forEach((name, value) -> words.add("-D" + name + "=" + value));
    return String.join(" ", words.stream().map(Invocation::quote).toList());
  }

  private String goal(String goal) {
    Plugin declared = project == null || project.getFile() == null ? null : project.getPlugin(plugin.getPluginLookupKey());
    if (declared == null) {
      return plugin.getGroupId() + ":" + plugin.getArtifactId() + ":" + plugin.getVersion() + ":" + goal;
    }
    return declared.getExecutions().stream()
        .filter(execution -> execution.getGoals().contains(goal))
        .map(PluginExecution::getId)
        .map(id -> id.equals("default") ? "" : "@" + id)
        .findFirst()
        .map(suffix -> "lightmamba:" + goal + suffix)
        .orElse("lightmamba:" + goal);
  }
}
