package io.github.lightmamba.xclbin;

import java.util.List;
import java.util.Optional;

/**
 * A kernel.
 *
 * @param name as in the source
 * @param control for example {@code ap_ctrl_chain}; nothing, if the file does not say
 * @param arguments in the order of the file
 * @param instances the names of its instances
 */
public record KernelMetadata(
    String name, Optional<String> control, List<KernelArgument> arguments, List<String> instances) {
  /** Returns the argument of a name. */
  public Optional<KernelArgument> argument(String argument) {
    return arguments.stream().filter(candidate -> candidate.name().equals(argument)).findFirst();
  }
}
