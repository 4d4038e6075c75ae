package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A synthesis report")
class CsynthReportTest {
  private static final String MODULE =
      """
      <profile>
        <ReportVersion><Version>2023.1</Version></ReportVersion>
        <UserAssignments>
          <unit>ns</unit><Part>xcu280-fsvh2892-2L-e</Part><TopModelName>gemv</TopModelName>
          <TargetClockPeriod>3.33</TargetClockPeriod><ClockUncertainty>0.90</ClockUncertainty>
        </UserAssignments>
        <PerformanceEstimates>
          <PipelineType>no</PipelineType>
          <SummaryOfTimingAnalysis><unit>ns</unit>
            <EstimatedClockPeriod>2.433</EstimatedClockPeriod></SummaryOfTimingAnalysis>
          <SummaryOfOverallLatency>
            <unit>clock cycles</unit>
            <Best-caseLatency>948</Best-caseLatency><Average-caseLatency>undef</Average-caseLatency>
            <Worst-caseLatency>948 ~ 4728</Worst-caseLatency>
            <Interval-min>949</Interval-min><Interval-max>4729</Interval-max>
            <PipelineInitiationInterval>1</PipelineInitiationInterval>
          </SummaryOfOverallLatency>
          <SummaryOfLoopLatency>
            <gemv_rows>
              <Name>gemv_rows</Name><TripCount>undef</TripCount><Latency>?</Latency>
              <AbsoluteTimeLatency>undef</AbsoluteTimeLatency><IterationLatency>12</IterationLatency>
              <gemv_columns>
                <TripCount><range><min>1</min><max>1024</max></range></TripCount><Latency>2 ~ 1025</Latency>
                <PipelineII>2</PipelineII><PipelineDepth>13</PipelineDepth>
              </gemv_columns>
            </gemv_rows>
          </SummaryOfLoopLatency>
        </PerformanceEstimates>
        <AreaEstimates>
          <Resources><BRAM_18K>30</BRAM_18K><DSP>64</DSP><FF>1200</FF><LUT>3400</LUT><URAM>2</URAM></Resources>
          <AvailableResources>
            <BRAM_18K>4032</BRAM_18K><DSP>9024</DSP><FF>2607360</FF><LUT>1303680</LUT><URAM>960</URAM>
          </AvailableResources>
        </AreaEstimates>
      """;

  private static final String AGGREGATE =
      MODULE
          + """
            <RTLDesignHierarchy><TopModule><ModuleName>gemv</ModuleName></TopModule></RTLDesignHierarchy>
            <ModuleInformation>
              <Module><Name>entry_proc</Name>
                <PerformanceEstimates><SummaryOfOverallLatency>
                  <Best-caseLatency>0</Best-caseLatency><Worst-caseLatency>0</Worst-caseLatency>
                  <Interval-min>0</Interval-min><Interval-max>0</Interval-max>
                  <PipelineInitiationInterval>0</PipelineInitiationInterval>
                </SummaryOfOverallLatency></PerformanceEstimates>
                <AreaEstimates><Resources><DSP48E>3</DSP48E><FF>2</FF><LUT>29</LUT></Resources></AreaEstimates>
              </Module>
              <Module><Name>gemv_Pipeline_gemv_columns</Name></Module>
            </ModuleInformation>
          """;

  @TempDir private Path folder;

  @Test
  @DisplayName("of one module tells interval, latency, loops and area; what is undefined is absent")
  void module() throws IOException {
    CsynthReport report = CsynthReport.read(write("gemv_csynth.xml", MODULE));
    assertThat(report.aggregate()).isFalse();
    assertThat(report.part()).isEqualTo("xcu280-fsvh2892-2L-e");
    assertThat(report.targetPeriodNs()).hasValue(3.33);
    assertThat(report.uncertaintyNs()).hasValue(0.9);
    CsynthModule module = report.module();
    assertThat(module.name()).isEqualTo("gemv");
    assertThat(module.estimatedPeriodNs()).hasValue(2.433);
    assertThat(module.interval()).contains(new CycleRange(949, 4729));
    assertThat(module.latency()).contains(new CycleRange(948, 4728));
    CsynthLoop rows = module.loop("gemv_rows").orElseThrow();
    assertThat(rows.tripCount()).isEmpty();
    assertThat(rows.latency()).isEmpty();
    assertThat(rows.interval()).isEmpty();
    assertThat(rows.depth()).hasValue(12);
    CsynthLoop columns = module.loop("gemv_columns").orElseThrow();
    assertThat(rows.inner()).containsExactly(columns);
    assertThat(columns.tripCount()).contains(new CycleRange(1, 1024));
    assertThat(columns.latency()).contains(new CycleRange(2, 1025));
    assertThat(columns.interval()).hasValue(2);
    assertThat(columns.depth()).hasValue(13);
    assertThat(module.area().bram18k()).hasValue(30);
    assertThat(module.available().uram()).hasValue(960);
  }

  @Test
  @DisplayName("that is an aggregate lists modules but tells no interval; old names of resources are understood")
  void aggregate() throws IOException {
    CsynthReport report = CsynthReport.read(write("csynth.xml", AGGREGATE));
    assertThat(report.aggregate()).isTrue();
    assertThat(report.modules()).extracting(CsynthModule::name)
        .containsExactly("entry_proc", "gemv_Pipeline_gemv_columns");
    assertThat(report.module().interval()).isEmpty();
    assertThat(report.modules().get(0).interval()).isEmpty();
    assertThat(report.modules().get(0).area().dsp()).hasValue(3);
    assertThat(report.modules().get(0).area().uram()).isEmpty();
    assertThat(report.modules().get(1).area()).isEqualTo(Area.UNKNOWN);
  }

  @Test
  @DisplayName("is found where either flow leaves it; the interval comes from the module's own file")
  void found() throws IOException {
    for (String place : new String[] {"x/gemv/gemv/gemv/solution/syn/report", "hls/syn/report"}) {
      Path reports = Files.createDirectories(folder.resolve(place.substring(0, 1)).resolve(place));
      Files.writeString(reports.resolve("csynth.xml"), AGGREGATE + "</profile>");
      Files.writeString(reports.resolve("gemv_csynth.xml"), MODULE + "</profile>");
      CsynthReports found = CsynthReports.read(folder.resolve(place.substring(0, 1)));
      assertThat(found.aggregate()).isPresent();
      assertThat(found.interval("gemv")).contains(new CycleRange(949, 4729));
      assertThat(found.interval("entry_proc")).isEmpty();
    }
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> CsynthReports.read(empty))
        .hasMessageContaining("LM-VITIS-004")
        .hasMessageContaining("csynth");
    assertThatThrownBy(() -> CsynthReports.read(empty.resolve("no"))).hasMessageContaining("LM-VITIS-004");
  }

  @Test
  @DisplayName("that is none is refused")
  void refused() throws IOException {
    Path other = Files.writeString(folder.resolve("csynth.xml"), "<other/>");
    assertThatThrownBy(() -> CsynthReport.read(other)).hasMessageContaining("root is not profile");
    Files.writeString(other, "<!DOCTYPE p [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><profile>&e;</profile>");
    assertThatThrownBy(() -> CsynthReport.read(other)).hasMessageContaining("DOCTYPE");
    Files.writeString(other, MODULE);
    assertThatThrownBy(() -> CsynthReport.read(other)).hasMessageContaining("no XML").hasMessageContaining("" + other);
    assertThatThrownBy(() -> CsynthReport.read(folder.resolve("none"))).hasMessageContaining("LM-VITIS-004");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text + "</profile>");
  }
}
