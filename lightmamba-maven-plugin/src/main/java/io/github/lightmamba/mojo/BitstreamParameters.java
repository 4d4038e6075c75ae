package io.github.lightmamba.mojo;

import java.io.File;
import java.util.List;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugins.annotations.Parameter;

/** The parameters of {@code build-bitstream} and {@code doctor}. */
abstract class BitstreamParameters extends AbstractMojo {
  /**
   * The folder of Vitis that holds {@code bin/v++}, or the folder of a release or of several. Default: the toolchain of
   * the type {@code vitis} in {@code toolchains.xml} whose version serves the board, else {@code XILINX_VITIS}, the
   * {@code PATH} and the usual folders. Used by {@code build-bitstream} and {@code doctor}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.vitisHome")
  File vitisHome;

  /**
   * Name of the platform, or path of its {@code .xpfm}. Default: that of the board's profile. If you name it, a card in
   * this machine may have another shell. Used by {@code build-bitstream} and {@code doctor}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.platform")
  String platform;

  /**
   * Folders that hold platforms. Default: those of {@code PLATFORM_REPO_PATHS}, {@code /opt/xilinx/platforms} and those
   * that come with Vitis. Used by {@code build-bitstream} and {@code doctor}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.platformRepositories")
  List<File> platformRepositories;

  /**
   * A file in the form of {@code commands.json} (in the plugin's jar under {@code io/github/lightmamba/vitis}) that
   * takes its place: the commands of each step for each version of Vitis. Used by {@code build-bitstream} and
   * {@code doctor}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.vitisCommands")
  File vitisCommands;

  /**
   * Whether the platform of a VCK190 is a DFX platform, which is packaged in two steps. Allowed: {@code auto}, it is
   * one if its name has {@code _dfx_} in it; {@code true}; {@code false}. Used by {@code build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.dfx", defaultValue = "auto")
  String dfx;

  /**
   * What a bitstream is built for. Allowed: {@code hw}, a device; {@code hw_emu}, the simulation of the whole platform.
   * Used by {@code build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.buildTarget", defaultValue = "hw")
  String buildTarget;

  /**
   * Clock of the kernels in MHz, from 50 to 1000 ({@code estimate}: 600); {@code 0}: that of the generated design, which
   * is the board's. Used by {@code build-bitstream} and {@code estimate}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.frequencyMhz", defaultValue = "0")
  String frequencyMhz;

  /**
   * Strategies of the implementation, tried in this order until the clock is reached; {@code default} is that of the
   * tool, others are named as in Vivado. Used by {@code build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(
      property = "lightmamba.strategies",
      defaultValue = "default,Performance_Explore,Congestion_SpreadLogic_high")
  List<String> strategies;

  /**
   * Kernels that are compiled at a time, and jobs of a link, from 1 to 64; {@code 0}: half of the processors of
   * the machine where they run, 8 at most. Used by {@code build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.jobs", defaultValue = "0")
  String jobs;

  /**
   * Minutes that a step of a build may take, from 1. Used by {@code build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.timeout", defaultValue = "1440")
  String timeout;

  /**
   * How often a step is tried again after a failure that passes by itself, such as a licence that is in use, from 0 to
   * 100; the first time after a minute. Used by {@code build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.retries", defaultValue = "2")
  String retries;

  /**
   * Options that are added to the commands of v++, each word an element. {@code compile:}, {@code link:} or {@code
   * package:} before a word says for which step it is; without one it is for the link. Used by {@code build-bitstream}.
   *
   * <p>Example: {@code compile:--hls.jobs,compile:4,link:--vivado.synth.jobs,link:4}
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.vppOptions")
  List<String> vppOptions;

  /**
   * The folder of the sysroot of the board's Linux, for the VCK190. Default: {@code
   * sysroots/cortexa72-cortexa53-xilinx-linux} in {@code EDGE_COMMON_SW}. Used by {@code build-bitstream} and {@code
   * doctor}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.sysroot")
  File sysroot;

  /**
   * The root file system of the board's Linux, for the VCK190. Default: {@code rootfs.ext4} in {@code EDGE_COMMON_SW}.
   * Used by {@code build-bitstream} and {@code doctor}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.rootfs")
  File rootfs;

  /**
   * The kernel image of the board's Linux, for the VCK190. Default: {@code Image} in {@code EDGE_COMMON_SW}. Used by
   * {@code build-bitstream} and {@code doctor}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.kernelImage")
  File kernelImage;

  /**
   * Files that the SD card of the VCK190 carries besides, for example a program and its {@code xrt.ini}. Used by {@code
   * build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.sdFiles")
  List<File> sdFiles;

  /**
   * What happens if no strategy reaches the clock. Allowed: {@code fail}; {@code warn}, the build goes on with the
   * clock that was reached; {@code lower}, the link is done again at a lower clock. Used by {@code build-bitstream}.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.timingPolicy", defaultValue = "fail")
  String timingPolicy;

  /**
   * Whether {@code build-bitstream} only prints its commands.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.dryRun", defaultValue = "false")
  boolean dryRun;

  /**
   * Goals that {@code doctor} fails for, if something that they need is missing, parted by commas. Default: it only
   * reports.
   *
   * @since 0.1.0
   */
  @Parameter(property = "lightmamba.goals")
  List<String> goals;
}
