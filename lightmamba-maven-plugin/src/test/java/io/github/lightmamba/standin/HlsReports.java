package io.github.lightmamba.standin;

import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The reports of synthesis: {@code csynth.xml}, {@code <module>_csynth.xml}, {@code system_estimate_*.xtxt}. */
final class HlsReports {
  private HlsReports() {}

  static void write(
      Path folder, KernelSource.Parsed parsed, PlatformModel platform, double megahertz, VitisVersion version)
      throws IOException {
    String kernel = parsed.kernel().name();
    String head = head(kernel, platform, megahertz, version);
    StringBuilder loops = new StringBuilder();
    StringBuilder modules = new StringBuilder();
    for (String loop : parsed.loops()) {
      String module = kernel + "_Pipeline_" + loop;
      String one = loop(loop);
      ToolRun.write(
          folder.resolve(module + "_csynth.xml"), head + performance("1", one) + area(platform) + "</profile>\n");
      // The aggregate says something else of the interval than the module does; readers must not fall for it.
      modules.append(
          "<Module><Name>" + module + "</Name>" + performance("4711", one) + area(platform) + "</Module>\n");
      loops.append(one);
    }
    String top = performance("undef", loops.toString()) + area(platform);
    ToolRun.write(folder.resolve(kernel + "_csynth.xml"), head + top + "</profile>\n");
    modules.append("<Module><Name>" + kernel + "</Name>" + top + "</Module>\n");
    ToolRun.write(
        folder.resolve("csynth.xml"),
        head
            + top
            + "<RTLDesignHierarchy><TopModule><ModuleName>" + kernel + "</ModuleName></TopModule>"
            + "</RTLDesignHierarchy>\n"
            + "<ModuleInformation>\n" + modules + "</ModuleInformation>\n</profile>\n");
  }

  private static String head(String kernel, PlatformModel platform, double megahertz, VitisVersion version) {
    return """
        <profile>
        <ReportVersion><Version>%s</Version></ReportVersion>
        <UserAssignments><unit>ns</unit><ProductFamily>%s</ProductFamily><Part>%s</Part><TopModelName>%s</TopModelName>
        <TargetClockPeriod>%.2f</TargetClockPeriod><ClockUncertainty>0.90</ClockUncertainty>
        <FlowTarget>vitis</FlowTarget></UserAssignments>
        """
        .formatted(version, platform.family(), platform.part(), kernel, 1000 / megahertz);
  }

  private static String performance(String interval, String loops) {
    return """
        <PerformanceEstimates><PipelineType>no</PipelineType>
        <SummaryOfTimingAnalysis><unit>ns</unit><EstimatedClockPeriod>2.433</EstimatedClockPeriod>
        </SummaryOfTimingAnalysis>
        <SummaryOfOverallLatency><unit>clock cycles</unit><Best-caseLatency>undef</Best-caseLatency>
        <Average-caseLatency>undef</Average-caseLatency><Worst-caseLatency>undef</Worst-caseLatency>
        <Interval-min>%s</Interval-min><Interval-max>%s</Interval-max>
        <PipelineInitiationInterval>4711</PipelineInitiationInterval></SummaryOfOverallLatency>
        <SummaryOfLoopLatency>%s</SummaryOfLoopLatency></PerformanceEstimates>
        """
        .formatted(interval, interval, loops);
  }

  private static String loop(String label) {
    return """
        <%s><Name>%s</Name><TripCount>undef</TripCount><Latency>undef</Latency>
        <AbsoluteTimeLatency>undef</AbsoluteTimeLatency>
        <PipelineII>1</PipelineII><PipelineDepth>13</PipelineDepth></%s>
        """
        .formatted(label, label, label);
  }

  private static String area(PlatformModel platform) {
    long[] area = platform.area();
    return """
        <AreaEstimates><Resources>
        <BRAM_18K>60</BRAM_18K><DSP>64</DSP><FF>12000</FF><LUT>9000</LUT><URAM>4</URAM>
        </Resources><AvailableResources>
        <BRAM_18K>%d</BRAM_18K><DSP>%d</DSP><FF>%d</FF><LUT>%d</LUT><URAM>%d</URAM>
        </AvailableResources></AreaEstimates>
        """
        .formatted(2 * area[2], area[3], area[1], area[0], area[4]);
  }

  static String estimate(KernelSource.Parsed parsed, PlatformModel platform, double megahertz, VitisVersion version) {
    String kernel = parsed.kernel().name();
    String rule = "=".repeat(79) + "\n";
    return rule
        + "Version:    v++ v" + version + " (64-bit)\nBuild:      SW Build 0, " + StandIn.MARK + "\n" + rule
        + "Design Name:             " + kernel + "\nTarget Device:           " + platform.name() + "\n"
        + "Target Clock:            %.6fMHz\nTotal number of kernels: 1\n\n".formatted(megahertz)
        + "Timing Information (MHz)\n"
        + table(
            List.of("Compute Unit", "Kernel Name", "Module Name", "Target Frequency", "Estimated Frequency"),
            List.of(kernel + "_1", kernel, kernel, "%.6f".formatted(megahertz), "411.015198"))
        + "\nLatency Information\n"
        + table(
            List.of("Compute Unit", "Kernel Name", "Module Name", "Start Interval", "Best (cycles)", "Worst (cycles)"),
            List.of(kernel + "_1", kernel, kernel, "3 ~ 524291", "undef", "undef"))
        + "\nArea Information\n"
        + table(
            List.of("Compute Unit", "Kernel Name", "Module Name", "FF", "LUT", "DSP", "BRAM", "URAM"),
            List.of(kernel + "_1", kernel, kernel, "12000", "9000", "64", "60", "4"));
  }

  /** Columns as wide as their widest cell, two spaces between them, dashes below the names. */
  private static String table(List<String> names, List<String> row) {
    StringBuilder head = new StringBuilder();
    StringBuilder ruler = new StringBuilder();
    StringBuilder cells = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      int width = Math.max(names.get(i).length(), row.get(i).length());
      String form = "%-" + width + "s  ";
      head.append(form.formatted(names.get(i)));
      ruler.append(form.formatted("-".repeat(width)));
      cells.append(form.formatted(row.get(i)));
    }
    return head + "\n" + ruler + "\n" + cells + "\n";
  }
}
