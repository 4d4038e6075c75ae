package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedLayer;
import io.github.lightmamba.integer.QuantizedMatrix;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.quantize.TinyModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row has one owner, and the images hold what docs/formats.md says, read back by other code than wrote it. */
class ScheduleTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 31})
  void everyRowHasOneOwner(int units) {
    ModelShape shape = new ModelShape(2560, 5120, 80, 64, 128, 1, 4, 1, false, 64, 50288);
    Schedule schedule = new Schedule(shape, units, 8, 8, 128, 128);
    Set<Integer> rows = new HashSet<>();
    for (int unit = 0; unit < units; unit++) {
      for (int round = 0; round < schedule.shared().rounds(); round++) {
        int entry = schedule.shared().entry(unit, round);
        assertThat(entry < 0 || rows.add(schedule.sharedRow(entry))).isTrue();
      }
      for (int round = 0; round < schedule.channels().rounds(); round++) {
        int channel = schedule.channels().entry(unit, round);
        assertThat(channel < 0 || rows.add(schedule.xRow(channel)) && rows.add(schedule.zRow(channel))).isTrue();
      }
    }
    assertThat(rows).hasSize(shape.inProjRows());
    assertThat(rows).allMatch(row -> row >= 0 && row < shape.inProjRows());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void imagesHoldEveryWeightInOrder(int units) throws Exception {
    QuantizedModel model = TinyModels.tied();
    Schedule schedule = Schedule.of(model, units);
    for (int unit = 0; unit < units; unit++) {
      Path file = folder.resolve("unit.bin");
      ImageSize size = UnitImage.write(model, schedule, 0, unit, file);
      assertThat(size.words()).isEqualTo(UnitImage.words(schedule)).isEqualTo(Files.size(file) / 64);
      ImageReader reader = new ImageReader(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
      reader.header(model, size, unit, units);
      reader.skipWords(16);
      for (QuantizedLayer layer : model.layers()) {
        reader.shared(layer, model.shape(), unit, units);
        reader.channels(layer, model.shape(), unit, units);
        reader.plain(layer.outProj(), unit, units);
      }
      reader.plain(model.head(), unit, units);
      assertThat(reader.bytes.hasRemaining()).isFalse();
    }
  }

  /** Reads a unit image along docs/formats.md, section 2, and checks it against the model. */
  private record ImageReader(ByteBuffer bytes) {
    void skipWords(int words) {
      bytes.position(bytes.position() + 64 * words);
    }

    private void align() {
      bytes.position((bytes.position() + 63) / 64 * 64);
    }

    void header(QuantizedModel model, ImageSize size, int unit, int units) {
      ModelShape shape = model.shape();
      long stateWords = 0;
      int context = 1;
      while (context < 2 * (shape.conv() - 1) + shape.stateGroups()) {
        context *= 2;
      }
      for (QuantizedLayer layer : model.layers()) {
        for (int channel = unit; channel < shape.inner(); channel += 8 * units) {
          stateWords += (8 * context + 63) / 64;
        }
        for (int channel = unit; channel < shape.inner(); channel += units) {
          int bits = shape.state() * layer.stateBits()[channel / shape.headDim()];
          stateWords += (bits + 511) / 512;
        }
      }
      assertThat((long) bytes.getInt()).isEqualTo(stateWords).isEqualTo(size.state());
      assertThat((long) bytes.getInt()).isEqualTo(size.words());
      align();
      for (QuantizedLayer layer : model.layers()) {
        for (byte bits : layer.stateBits()) {
          assertThat(bytes.get()).isEqualTo(bits);
        }
      }
      align();
    }

    void shared(QuantizedLayer layer, ModelShape shape, int unit, int units) {
      int entries = 2 * shape.groups() * shape.state() + shape.heads();
      int rounds = (entries + units - 1) / units;
      for (int first = 0; first < rounds; first += 16) {
        int count = Math.min(16, rounds - first);
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
          int entry = (first + i) * units + unit;
          rows[i] = entry < entries ? 2 * shape.inner() + entry : -1;
          record(layer, shape, entry < 2 * shape.state() ? shape.inner() + entry : -1);
        }
        align();
        block(layer.inProj(), rows);
      }
    }

    void channels(QuantizedLayer layer, ModelShape shape, int unit, int units) {
      int rounds = (shape.inner() + units - 1) / units;
      for (int first = 0; first < rounds; first += 8) {
        int count = Math.min(8, rounds - first);
        int[] rows = new int[2 * count];
        for (int i = 0; i < count; i++) {
          int channel = (first + i) * units + unit;
          boolean padding = channel >= shape.inner();
          rows[2 * i] = padding ? -1 : shape.inner() + channel;
          rows[2 * i + 1] = padding ? -1 : channel;
          record(layer, shape, padding ? -1 : channel);
        }
        align();
        block(layer.inProj(), rows);
      }
    }

    void plain(QuantizedMatrix matrix, int unit, int units) {
      int rounds = (matrix.rows() + units - 1) / units;
      for (int first = 0; first < rounds; first += 16) {
        int[] rows = new int[Math.min(16, rounds - first)];
        for (int i = 0; i < rows.length; i++) {
          int row = (first + i) * units + unit;
          rows[i] = row < matrix.rows() ? row : -1;
        }
        block(matrix, rows);
      }
    }

    private void record(QuantizedLayer layer, ModelShape shape, int channel) {
      int start = bytes.position();
      for (int k = 0; k < shape.conv(); k++) {
        assertThat(bytes.getShort()).isEqualTo(channel < 0 ? 0 : layer.convWeights()[channel * shape.conv() + k]);
      }
      assertThat(bytes.getInt()).isEqualTo(channel < 0 ? 0 : layer.convBias()[channel]);
      assertThat(bytes.get()).isEqualTo(channel < 0 ? 0 : layer.convShifts()[channel]);
      bytes.position(start + 16);
    }

    private void block(QuantizedMatrix matrix, int[] rows) {
      for (int row : rows) {
        for (int g = 0; g < matrix.groups(); g++) {
          assertThat(bytes.get()).isEqualTo(row < 0 ? 0 : matrix.mantissas()[row * matrix.groups() + g]);
        }
        assertThat(bytes.get()).isEqualTo(row < 0 ? 0 : matrix.kappas()[row]);
      }
      align();
      byte[] expected = new byte[matrix.cols()];
      byte[] found = new byte[matrix.cols()];
      for (int row : rows) {
        if (row < 0) {
          Arrays.fill(expected, (byte) 0);
        } else {
          matrix.readRow(row, expected);
        }
        bytes.get(found);
        assertThat(found).isEqualTo(expected);
        align();
      }
    }
  }

  @Test
  void paddingIsSmallForTheLargestModel() {
    ModelShape shape = new ModelShape(2560, 5120, 80, 64, 128, 1, 4, 1, false, 64, 50288);
    Schedule schedule = new Schedule(shape, 31, 4, 8, 128, 128);
    long weights = 64L * (10576L * 2560 + 2560L * 5120) / 2 + 50288L * 2560;
    long scales = 64L * (10576L * 21 + 2560L * 41) + 50288L * 21;
    long image = 31 * UnitImage.words(schedule) * 64;
    // Conv records, padded rows and padded blocks.
    assertThat(image).isBetween(weights + scales, (long) ((weights + scales) * 1.02));
  }
}
