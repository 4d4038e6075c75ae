package io.github.lightmamba.standin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code [connectivity]} makes of kernels: instances, and the bank of each address argument. */
final class Connectivity {
  private static final Pattern BANK = Pattern.compile("(\\w+)\\[(\\d+)(?::(\\d+))?](?:\\.\\d+)?");

  private final PlatformModel platform;
  private final Map<String, KernelObject> kernels = new LinkedHashMap<>();
  private final Map<String, KernelObject> instances = new LinkedHashMap<>();
  private final Map<String, List<String>> mapped = new LinkedHashMap<>();
  private final Set<String> streams = new LinkedHashSet<>();
  private final List<String> messages = new ArrayList<>();

  Connectivity(Command command, PlatformModel platform, List<KernelObject> objects, boolean forget)
      throws Rejection {
    this.platform = platform;
    for (KernelObject object : objects) {
      if (kernels.put(object.name(), object) != null) {
        throw new Rejection("ERROR: [CFGEN 83-2280] Kernel " + object.name() + " is in two input files");
      }
    }
    for (String value : command.all("--connectivity.nk")) {
      nk(value);
    }
    for (KernelObject kernel : kernels.values()) {
      if (!instances.containsValue(kernel)) {
        instances.put(kernel.name() + "_1", kernel);
      }
    }
    List<String> sp = command.all("--connectivity.sp");
    for (String value : forget && !sp.isEmpty() ? sp.subList(1, sp.size()) : sp) {
      sp(value);
    }
    for (String value : command.all("--connectivity.slr")) {
      slr(value);
    }
    List<String> connections = new ArrayList<>(command.all("--connectivity.stream_connect"));
    connections.addAll(command.all("--connectivity.sc"));
    for (String value : connections) {
      stream(value);
    }
    infer();
  }

  private void nk(String value) throws Rejection {
    String[] parts = value.split(":");
    KernelObject kernel = kernels.get(parts[0]);
    if (kernel == null || parts.length < 2 || parts.length > 3 || !parts[1].matches("[1-9]\\d{0,2}")) {
      throw new Rejection("ERROR: [CFGEN 83-2280] --nk names no kernel or no count: " + value);
    }
    int count = Integer.parseInt(parts[1]);
    String[] names = parts.length == 3 ? parts[2].split("[.,]") : new String[count];
    if (names.length != count) {
      throw new Rejection("ERROR: [CFGEN 83-2281] --nk gives " + names.length + " names for " + count + ": " + value);
    }
    for (int i = 0; i < count; i++) {
      String name = names[i] == null ? parts[0] + "_" + (i + 1) : names[i];
      if (instances.put(name, kernel) != null) {
        throw new Rejection("ERROR: [CFGEN 83-2282] --nk names an instance twice: " + name);
      }
    }
  }

  private void sp(String value) throws Rejection {
    Matcher parts = Pattern.compile("(\\w+)\\.(\\w+):(\\S+)").matcher(value);
    if (!parts.matches()) {
      throw new Rejection("ERROR: [CFGEN 83-2283] --sp is malformed: " + value);
    }
    KernelObject kernel = instances.get(parts.group(1));
    if (kernel == null) {
      throw new Rejection("ERROR: [CFGEN 83-2284] --sp names no instance: " + parts.group(1));
    }
    String target = parts.group(2);
    List<KernelObject.Argument> arguments =
        kernel.arguments().stream()
            .filter(argument -> argument.kind() == 1)
            .filter(argument -> argument.name().equals(target) || argument.port().equalsIgnoreCase(target))
            .toList();
    if (arguments.isEmpty()) {
      throw new Rejection("ERROR: [CFGEN 83-2292] --sp tag applied to an invalid port or argument name: " + target);
    }
    List<String> banks = banks(parts.group(3));
    for (KernelObject.Argument argument : arguments) {
      if (mapped.put(parts.group(1) + "." + argument.name(), banks) != null) {
        throw new Rejection("ERROR: [CFGEN 83-2285] --sp is given twice for " + parts.group(1) + "." + target);
      }
    }
  }

  private List<String> banks(String tag) throws Rejection {
    List<String> banks = new ArrayList<>();
    Matcher range = BANK.matcher(tag);
    if (range.matches()) {
      int last = Integer.parseInt(range.group(3) == null ? range.group(2) : range.group(3));
      for (int i = Integer.parseInt(range.group(2)); i <= last; i++) {
        banks.add(range.group(1) + "[" + i + "]");
      }
    } else {
      banks.add(tag);
    }
    if (banks.isEmpty() || !platform.banks().keySet().containsAll(banks)) {
      throw new Rejection("ERROR: [CFGEN 83-2287] --sp tag applied with an invalid sp tag: " + tag);
    }
    return banks;
  }

  private void slr(String value) throws Rejection {
    Matcher parts = Pattern.compile("(\\w+):SLR(\\d)").matcher(value);
    boolean good =
        parts.matches()
            && instances.containsKey(parts.group(1))
            && Integer.parseInt(parts.group(2)) < platform.slrs();
    if (!good) {
      throw new Rejection("ERROR: [CFGEN 83-2298] --slr names no instance or no region: " + value);
    }
    messages.add(
        "INFO: [v++ 60-2331] SLR" + parts.group(2) + " was specfied for compute unit " + parts.group(1)
            + ", and verified as such in implementation.");
  }

  private void stream(String value) throws Rejection {
    Matcher parts = Pattern.compile("(\\w+)\\.(\\w+):(\\w+)\\.(\\w+)(?::\\d+)?").matcher(value);
    if (!parts.matches() || !axis(parts.group(1), parts.group(2)) || !axis(parts.group(3), parts.group(4))) {
      throw new Rejection("ERROR: [CFGEN 83-2299] --stream_connect joins no two streams of instances: " + value);
    }
    for (String end : List.of(parts.group(1) + "." + parts.group(2), parts.group(3) + "." + parts.group(4))) {
      if (!streams.add(end)) {
        throw new Rejection("ERROR: [CFGEN 83-2300] --stream_connect joins a stream twice: " + end);
      }
    }
  }

  private boolean axis(String instance, String stream) {
    return instances.containsKey(instance)
        && instances.get(instance).arguments().stream()
            .anyMatch(argument -> argument.kind() == 4 && argument.name().equals(stream));
  }

  /** What nobody mapped goes to the first bank, and the build goes on. */
  private void infer() throws Rejection {
    for (Map.Entry<String, KernelObject> instance : instances.entrySet()) {
      for (KernelObject.Argument argument : instance.getValue().arguments()) {
        String name = instance.getKey() + "." + argument.name();
        if (argument.kind() == 1 && !mapped.containsKey(name)) {
          mapped.put(name, List.of(platform.defaultBank()));
          String bank = platform.defaultBank();
          messages.add("INFO: [CFGEN 83-2226] Inferring mapping for argument " + name + " to " + bank);
        }
        if (argument.kind() == 4 && !streams.contains(name)) {
          throw new Rejection("ERROR: [CFGEN 83-2301] Stream " + name + " is connected to nothing");
        }
      }
    }
  }

  /** Instances by name, in the order of the configuration. */
  Map<String, KernelObject> instances() {
    return instances;
  }

  /** Banks by {@code instance.argument}. */
  Map<String, List<String>> mapped() {
    return mapped;
  }

  List<String> messages() {
    return messages;
  }
}
