package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.vitis.CommandValues;
import io.github.lightmamba.vitis.LogDigest;
import io.github.lightmamba.vitis.VitisStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Kernels to a bitstream, or on a Versal to the archive that packaging takes: one attempt, with one strategy. */
final class LinkStep extends Step {
  private static final String CONFIGURATION = "link.cfg";
  private static final String STRATEGY = "strategy.cfg";
  private static final String JOBS = "jobs.cfg";

  private final GeneratedKernels kernels;
  private final List<CompileStep> compiled;
  private final Map<String, Path> objects = new LinkedHashMap<>();
  private final BuildTools tools;
  private final BuildOptions options;
  private final boolean versal;
  private final String strategy;
  private final int megahertz;

  /**
   * An attempt.
   *
   * @param strategy of the implementation
   * @param megahertz the clock that is asked for
   */
  record Attempt(String strategy, int megahertz) {
    /** Returns a name for files. */
    String id() {
      return strategy.toLowerCase(Locale.ROOT) + "-" + megahertz;
    }
  }

  /**
   * Plans a step.
   *
   * @param kernels what to link
   * @param compiled the steps that made the kernels
   * @param folders where those steps left their files, in the same order
   * @param tools of the build
   * @param options of the build
   * @param versal whether the board is a Versal
   * @param attempt strategy and clock
   */
  LinkStep(
      GeneratedKernels kernels,
      List<CompileStep> compiled,
      List<Path> folders,
      BuildTools tools,
      BuildOptions options,
      boolean versal,
      Attempt attempt) {
    super("link-" + attempt.id());
    this.kernels = kernels;
    this.compiled = List.copyOf(compiled);
    for (int i = 0; i < compiled.size(); i++) {
      objects.put("xo/" + compiled.get(i).product(), folders.get(i).resolve(compiled.get(i).product()));
    }
    this.tools = tools;
    this.options = options;
    this.versal = versal;
    this.strategy = attempt.strategy();
    this.megahertz = attempt.megahertz();
  }

  /** Returns the file that it makes. */
  String product() {
    return versal ? "lightmamba.xsa" : "lightmamba.link.xclbin";
  }

  @Override
  Inputs inputs(FileDigests digests) {
    List<String> words = OptionFiles.withoutPaths(options.vppOptions().link());
    Inputs.Builder inputs =
        tools
            .inputs(digests)
            .value("strategy", strategy)
            .value("command", StepStage.line(command(tools.platform().name(), words, Optional.empty())))
            .file(CONFIGURATION, kernels.link().file(), digests);
    OptionFiles.of(options.vppOptions().link()).forEach((name, file) -> inputs.file(name, file, digests));
    // What a kernel is made from, not its file: that holds the time of its making.
    compiled.forEach(step -> inputs.digest("kernel " + step.product(), step.fingerprint(digests).sha256()));
    return inputs.build();
  }

  @Override
  Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>(objects);
    files.put(CONFIGURATION, kernels.link().file());
    return files;
  }

  @Override
  Map<String, String> texts() {
    String chosen =
        strategy.equals(BuildOptions.DEFAULT_STRATEGY) ? "" : "[vivado]\nprop=run.impl_1.strategy=" + strategy + "\n";
    return Map.of(
        STRATEGY, "# strategy " + strategy + "\n" + chosen,
        JOBS, "[vivado]\nsynth.jobs=" + options.jobs() + "\nimpl.jobs=" + options.jobs() + "\n");
  }

  @Override
  boolean strategic() {
    return true;
  }

  @Override
  List<List<String>> commands() {
    return List.of(
        command(tools.platform().file().toString(), options.vppOptions().link(), Netlists.option(options)));
  }

  private List<String> command(String platform, List<String> vppOptions, Optional<String> netlists) {
    CommandValues values =
        CommandValues.none()
            .with("target", options.target().toString())
            .with("platform", platform)
            .with("tempDir", TEMPORARY)
            .with("logDir", "logs")
            .with("reportDir", REPORTS)
            .with("reportLevel", "2")
            .with("clock", Long.toString(megahertz * 1_000_000L))
            .with("config", List.of(CONFIGURATION, STRATEGY, JOBS))
            .with("option", vppOptions)
            .with("output", product())
            .with("input", List.copyOf(objects.keySet()));
    if (netlists.isPresent()) {
      values = values.with("ipCache", netlists.get());
    }
    return versal
        ? tools.commands().render(VitisStep.LINK_VERSAL, values.with("instance", kernels.instances()))
        : tools.commands().render(VitisStep.LINK_CARD, values);
  }

  @Override
  void collect(Path work, LogDigest digest, Path output) throws IOException {
    Path made = work.resolve(product());
    WholeFiles.require(made, name(), work);
    if (versal) {
      WholeFiles.requireArchive(made, name(), work);
    } else {
      LinkJudgement.requireWhole(made, name(), work);
    }
    StepFiles.copy(made, output.resolve(product()));
    for (Path info : StepFiles.below(work, file -> file.equals(work.resolve(product() + ".info")))) {
      StepFiles.copy(info, output.resolve(info.getFileName()));
    }
    StepFiles.reports(work.resolve(REPORTS), output.resolve(REPORTS));
  }

  /** {@code system_link} chooses memories in the first minutes, hours before there is a bitstream to judge. */
  @Override
  Optional<Objection> objection(LogDigest digest) {
    if (digest.inferredMappings().isEmpty()) {
      return Optional.empty();
    }
    String mappings =
        digest.inferredMappings().stream()
            .map(mapping -> mapping.argument() + " in " + mapping.memory())
            .collect(Collectors.joining(", "));
    return Optional.of(
        new Objection(
            "v++ chose memories by itself ([CFGEN 83-2226]): " + mappings,
            "give each of these arguments a line sp= in link.cfg (config/link.cfg.ftl of the accelerator sources)"));
  }

  /** Whether v++ said that it made the file: by the record of the step, else by its log, which a full disk may cut. */
  private boolean said(Path folder, LogDigest log) throws IOException {
    Path record = folder.resolve(StepRecord.FILE);
    List<String> created = Files.exists(record) ? Json.read(record, StepRecord.class).created() : null;
    return (created == null ? log.created() : created).stream().anyMatch(path -> path.endsWith(product()));
  }

  @Override
  void judge(StepRequest request) throws IOException {
    LogDigest digest = StepStage.read(List.of(request.folder(this).resolve(StepStage.LOG)));
    Optional<Objection> objection = objection(digest);
    if (objection.isPresent()) {
      throw StepRejection.judged(this, objection.get().why(), objection.get().remedy(), request);
    }
    if (!said(request.folder(this), digest)) {
      throw StepRejection.judged(
          this,
          "its log has no line [v++ 60-586] Created ... " + product(),
          "read the log; if the link ended well, report its last lines",
          request);
    }
    if (!versal) {
      LinkJudgement.of(request.folder(this).resolve(product()), kernels.link(), this, request);
    }
  }
}
